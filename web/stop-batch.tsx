import { useState } from "react";
import { Button } from "react-aria-components/Button";
import { cancelBatch } from "../client/batches.ts";
import { Ask } from "./ask.tsx";
import { explain } from "./explain.ts";
import { useWork } from "./work.ts";

type StopBatchProps = {
  batchId: string;
  title: string;
  text: string;
  action: string;
  /** Before the service is told. */
  onStopping?: () => void;
  onStopped: () => void;
  onClose: () => void;
};

/** Asks whether a batch is to be stopped, and stops it. */
export function StopBatch(props: StopBatchProps) {
  const { batchId, title, text, action, onStopping = () => undefined, onStopped, onClose } = props;
  const { service, noticed } = useWork();
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  const stop = async () => {
    setBusy(true);
    onStopping();
    try {
      await cancelBatch(service, batchId);
      onClose();
      onStopped();
    } catch (error) {
      noticed(error);
      setTrouble(explain(error));
      setBusy(false);
    }
  };
  return (
    <Ask title={title} text={text} onCancel={onClose}>
      {trouble && (
        <p className="trouble" role="alert">
          {trouble}
        </p>
      )}
      <Button className="button danger" isDisabled={busy} onPress={() => void stop()}>
        {action}
      </Button>
    </Ask>
  );
}
