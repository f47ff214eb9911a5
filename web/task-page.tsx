import { useCallback, useEffect } from "react";
import { listTaskSheets } from "../client/batches.ts";
import type { Sheet } from "../contract/batches.ts";
import { batchStrings } from "./batch-strings.ts";
import { FindTask, isTask } from "./find-task.tsx";
import { addressOf, goTo } from "./route.ts";
import { medicinesOf, SheetCards } from "./sheet-cards.tsx";
import { strings } from "./strings.ts";
import "./styles/batch.css";
import { type LoadSheets, useSheets } from "./use-sheets.ts";
import { useWork } from "./work.ts";

const words = batchStrings.task;

/** The sheets of one task over all batches of the person. */
export default function TaskPage({ id }: { id: string }) {
  useEffect(() => {
    document.title = `${batchStrings.title} · ${strings.product}`;
  }, []);
  return (
    <section className="batches">
      <header className="batch-title">
        <a className="button" href={addressOf.batches}>
          {batchStrings.batch.back}
        </a>
        <h1>{isTask(id) ? words.title(id) : words.findAnywhere}</h1>
      </header>
      {isTask(id) ? (
        <>
          <TaskSheets id={id} />
          <FindTask label={words.findAnother} onFind={(task) => goTo(addressOf.task(task))} />
        </>
      ) : (
        <FindTask label={words.findAnywhere} given={id} onFind={(task) => goTo(addressOf.task(task))} />
      )}
    </section>
  );
}

function TaskSheets({ id }: { id: string }) {
  const { service } = useWork();
  const load = useCallback<LoadSheets>((page) => listTaskSheets(service, id, page), [service, id]);
  const shown = useSheets(load);
  return (
    <section className="sheets" aria-label={words.sheets}>
      <p className="hint">{words.how}</p>
      <SheetCards shown={shown} none={words.none} about={whatItSays} />
    </section>
  );
}

/** Its medicines, and when it was read. */
const whatItSays = (sheet: Sheet): string[] => [
  ...medicinesOf(sheet),
  ...(sheet.completed_at ? [words.read(sheet.completed_at)] : []),
];
