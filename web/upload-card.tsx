import { useState } from "react";
import { Button } from "react-aria-components/Button";
import { batchStrings, timeLeft } from "./batch-strings.ts";
import type { OpenUpload, UploadState } from "./batch-uploads.ts";
import { Meter } from "./meter.tsx";
import { StopBatch } from "./stop-batch.tsx";
import { strings } from "./strings.ts";
import { useUploads } from "./use-uploads.ts";

const words = batchStrings.upload;

type UploadCardProps = {
  upload: OpenUpload /** When the person has stopped it for good. */;
  onStopped?: () => void;
};

/** An upload of this page: how far it is, and pausing, going on and stopping it. */
export function UploadCard({ upload, onStopped = () => undefined }: UploadCardProps) {
  const { uploads } = useUploads();
  const [asking, setAsking] = useState(false);
  const { id, batchId, name, sent, total, state } = upload;
  const stopped = () => {
    uploads.remove(id);
    onStopped();
  };
  return (
    <section className="card upload" aria-label={`${words.title}: ${name}`}>
      <Meter label={stepInWords(state)} percent={(sent / total) * 100} note={noteOf(upload)} />
      {state.step === "failed" ? (
        <p className="trouble" role="alert">
          {state.message}
        </p>
      ) : (
        <p className="hint">{words.keepOpen}</p>
      )}
      <div className="choices">
        {state.step === "paused" ? (
          <Button className="button primary" onPress={() => uploads.goOn(id)}>
            {words.goOn}
          </Button>
        ) : state.step === "failed" ? (
          <Button className="button" onPress={() => uploads.goOn(id)}>
            {strings.tryAgain}
          </Button>
        ) : (
          <Button className="button" onPress={() => uploads.pause(id)}>
            {words.pause}
          </Button>
        )}
        <Button className="button quiet" onPress={() => (batchId ? setAsking(true) : stopped())}>
          {words.stop}
        </Button>
      </div>
      {asking && batchId && (
        <StopBatch
          batchId={batchId}
          title={words.stopTitle}
          text={words.stopText}
          action={words.stop}
          onStopping={() => uploads.pause(id)}
          onStopped={stopped}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}

/** What is happening with an upload now. */
export function stepInWords({ step }: UploadState): string {
  return words.steps[step];
}

function noteOf({ sent, total, state }: OpenUpload): string {
  const bytes = words.of(sent, total);
  return state.step === "sending" && state.secondsLeft !== null
    ? `${bytes}, ${timeLeft(state.secondsLeft)}`
    : bytes;
}
