import { useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components/Button";
import { getSheet } from "../client/batches.ts";
import type { Sheet } from "../contract/batches.ts";
import { batchStrings } from "./batch-strings.ts";
import { Doubts } from "./doubts.tsx";
import { explain } from "./explain.ts";
import { FieldShow } from "./field-row.tsx";
import { doubtsOf, type FieldName, fieldNames, placeOf } from "./fields.ts";
import { addressOf } from "./route.ts";
import { cardId } from "./sheet-cards.tsx";
import { useSheetPicture } from "./sheet-picture.ts";
import { photoOf, ShownPhoto } from "./shown-photo.tsx";
import { standingInWords, standingOfSheet } from "./standing.ts";
import { strings } from "./strings.ts";
import { useWork } from "./work.ts";

const words = batchStrings.sheet;

type SheetPageProps = {
  batchId: string;
  index: number;
  /** The sheets of the list that led here. */
  listed: readonly Sheet[];
};

/** One sheet beside what was read of it. */
export function SheetPage({ batchId, index, listed }: SheetPageProps) {
  const at = listed.findIndex((one) => one.index === index);
  const { sheet, trouble } = useSheet(batchId, index, listed[at]);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    scrollTo(0, 0);
    heading.current?.focus();
    // Back in the list, at the sheet that was looked at.
    return () =>
      void setTimeout(() => document.getElementById(cardId({ batch_id: batchId, index }))?.focus());
  }, [batchId, index]);
  const [before, after] = at < 0 ? [] : [listed[at - 1], listed[at + 1]];
  return (
    <article className="sheet">
      <nav className="sheet-ways" aria-label={words.number(index)}>
        <a className="button" href={addressOf.batch(batchId)}>
          {words.back}
        </a>
        {before && (
          <a className="button" href={addressOf.sheet(batchId, before.index)}>
            {words.before}
          </a>
        )}
        {after && (
          <a className="button" href={addressOf.sheet(batchId, after.index)}>
            {words.after}
          </a>
        )}
      </nav>
      <header className="medication-title">
        <h1 ref={heading} tabIndex={-1}>
          {sheet?.name ?? words.number(index)}
        </h1>
        {sheet && (
          <p className="standing" data-standing={standingOfSheet(sheet)}>
            {standingInWords(sheet)}
          </p>
        )}
      </header>
      {trouble && (
        <p className="trouble" role="alert">
          {trouble}
        </p>
      )}
      {!sheet && !trouble && <p role="status">{strings.loading}</p>}
      {sheet && <Comparison sheet={sheet} />}
    </article>
  );
}

/** The sheet as the list has it, which goes on; one that is not in the list is asked for. */
function useSheet(batchId: string, index: number, listed: Sheet | undefined) {
  const { service, noticed } = useWork();
  const [asked, setAsked] = useState<Sheet | null>(null);
  const [trouble, setTrouble] = useState("");
  const isListed = listed !== undefined;
  useEffect(() => {
    if (isListed) return;
    const stop = new AbortController();
    getSheet(service, batchId, index, stop.signal).then(setAsked, (error: unknown) => {
      if (stop.signal.aborted) return;
      noticed(error);
      setTrouble(explain(error));
    });
    return () => stop.abort();
  }, [service, noticed, batchId, index, isListed]);
  return { sheet: listed ?? asked, trouble: isListed ? "" : trouble };
}

function Comparison({ sheet }: { sheet: Sheet }) {
  const { results = [], text } = sheet;
  const [number, setNumber] = useState(0);
  const [selected, setSelected] = useState<FieldName | null>(null);
  const read = results[number] ?? null;
  const picture = useSheetPicture(sheet, "image");
  const doubts = read ? doubtsOf(read) : [];
  return (
    <div className="comparison">
      <div className="photo-side">
        <ShownPhoto
          picture={picture}
          size={sheet}
          read={read}
          selected={selected}
          description={words.picture}
          gone={words.noPicture}
        />
      </div>
      <div className="field-side">
        <About sheet={sheet} />
        {results.length > 1 && (
          <nav className="siblings" aria-label={words.several}>
            {[...results.entries()].map(([at, { name }]) => (
              <Button key={at} className="button" aria-pressed={at === number} onPress={() => setNumber(at)}>
                {name || words.unnamed}
              </Button>
            ))}
          </nav>
        )}
        {read && (
          <>
            <h2>
              {read.name || words.unnamed} {read.dosage}
            </h2>
            <Doubts
              doubts={doubts}
              photo={photoOf(picture, sheet)}
              placeOf={(name) => placeOf(read, name)}
              onShow={setSelected}
            />
            <ul className="fields">
              {fieldNames.map((name) => (
                <li
                  key={name}
                  className="field"
                  data-selected={selected === name}
                  data-doubt={read.fields[name]?.review != null}
                >
                  <FieldShow
                    name={name}
                    read={read}
                    isSelected={selected === name}
                    onSelect={() => setSelected(name)}
                  />
                </li>
              ))}
            </ul>
          </>
        )}
        {text && (
          <details className="advice sheet-text">
            <summary>{words.text}</summary>
            <pre>{text}</pre>
          </details>
        )}
      </div>
    </div>
  );
}

/** Its task, why it has none, and of which one it is a copy. */
function About({ sheet }: { sheet: Sheet }) {
  const { batch_id, status, task_id, task_source, reason, duplicate_of } = sheet;
  return (
    <>
      {task_id && (
        <p>
          <a className="button" href={addressOf.task(task_id)}>
            {words.allOfTask(task_id)}
          </a>
          {task_source === "printed" && ` ${words.printedTask}`}
        </p>
      )}
      {reason && <p className={status === "failed" ? "trouble" : "doubts"}>{batchStrings.reasons[reason]}</p>}
      {status === "pending" && <p className="hint">{words.waiting}</p>}
      {duplicate_of !== undefined && (
        <p>
          {words.same(duplicate_of)}.{" "}
          <a className="button" href={addressOf.sheet(batch_id, duplicate_of)}>
            {words.showSame(duplicate_of)}
          </a>
        </p>
      )}
    </>
  );
}
