import { useState } from "react";
import { Button } from "react-aria-components/Button";
import { removeMedication } from "../client/medications.ts";
import { Ask } from "./ask.tsx";
import { explain } from "./explain.ts";
import { addressOf, goTo } from "./route.ts";
import { strings } from "./strings.ts";
import { useWork } from "./work.ts";

const words = strings.medication;

/** Removes a medication, after asking. */
export function RemoveMedication({ id }: { id: string }) {
  const { service, noticed } = useWork();
  const [asking, setAsking] = useState(false);
  const [trouble, setTrouble] = useState("");
  const remove = async () => {
    try {
      await removeMedication(service, id);
      goTo(addressOf.list);
    } catch (error) {
      noticed(error);
      setTrouble(explain(error));
      setAsking(false);
    }
  };
  return (
    <>
      {trouble && (
        <p className="trouble" role="alert">
          {trouble}
        </p>
      )}
      <Button className="button quiet" onPress={() => setAsking(true)}>
        {words.remove}
      </Button>
      {asking && (
        <Ask title={words.removeTitle} text={words.removeText} onCancel={() => setAsking(false)}>
          <Button className="button danger" onPress={() => void remove()}>
            {words.remove}
          </Button>
        </Ask>
      )}
    </>
  );
}
