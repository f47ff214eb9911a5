import { type FormEvent, useEffect, useMemo, useState } from "react";
import { Button } from "react-aria-components/Button";
import { FieldError } from "react-aria-components/FieldError";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { TextField } from "react-aria-components/TextField";
import { type BatchProgress, type Sheet, taskId } from "../contract/batches.ts";
import { batchStrings } from "./batch-strings.ts";
import { addressOf } from "./route.ts";
import { useSheetPicture } from "./sheet-picture.ts";
import { standingInWords, standingOfSheet } from "./standing.ts";
import { strings } from "./strings.ts";
import { Trouble } from "./trouble.tsx";
import { SHEETS_SHOWN, useSheets, type Wanted } from "./use-sheets.ts";

const words = batchStrings.batch;

type Chosen = { filter: (typeof FILTERS)[number] } | { task: string };

type SheetListProps = {
  batch: BatchProgress;
  /** Told which sheets are shown. */
  onListed: (sheets: readonly Sheet[]) => void;
};

/** The sheets of a batch, a page at a time, filling in while they are read. */
export function SheetList({ batch, onListed }: SheetListProps) {
  const { batch_id, counts, status } = batch;
  const [chosen, setChosen] = useState<Chosen>({ filter: "all" });
  /** The tokens of the pages before this one and of this one; the first page has none. */
  const [tokens, setTokens] = useState<readonly string[]>([]);
  const pageToken = tokens.at(-1);
  const wanted = useMemo<Wanted>(
    () => ({
      ...("task" in chosen ? { taskId: chosen.task } : {}),
      ...("filter" in chosen && chosen.filter !== "all" ? { status: chosen.filter } : {}),
      ...(pageToken === undefined ? {} : { pageToken }),
    }),
    [chosen, pageToken],
  );
  const { list, trouble, again } = useSheets(batch_id, wanted, JSON.stringify([status, counts]));
  useEffect(() => {
    if (list) onListed(list.sheets);
  }, [list, onListed]);

  const choose = (next: Chosen) => {
    setChosen(next);
    setTokens([]);
  };
  const first = tokens.length * SHEETS_SHOWN + 1;
  const next = list?.next_page_token;
  return (
    <section className="sheets" aria-label={batchStrings.list.sheets(counts.total)}>
      <Filters counts={counts} chosen={chosen} onChoose={choose} />
      {trouble && <Trouble message={trouble} onAgain={again} />}
      {!list && !trouble && <p role="status">{strings.loading}</p>}
      {list?.sheets.length === 0 && <p className="hint">{words.none}</p>}
      <ul className="cards">
        {list?.sheets.map((sheet) => (
          <Row key={sheet.index} sheet={sheet} />
        ))}
      </ul>
      {list && (next || tokens.length > 0) && (
        <nav className="pager" aria-label={words.filters}>
          <Button
            className="button"
            isDisabled={tokens.length === 0}
            onPress={() => setTokens(tokens.slice(0, -1))}
          >
            {words.before}
          </Button>
          <p>{list.sheets.length > 0 && words.shown(first, first + list.sheets.length - 1)}</p>
          <Button
            className="button"
            isDisabled={!next}
            onPress={() => {
              if (next) setTokens([...tokens, next]);
            }}
          >
            {words.after}
          </Button>
        </nav>
      )}
    </section>
  );
}

/**
 * In the order in which somebody works through them. What is to be checked is counted nowhere. Those that were read or
 * wait are not asked for by themselves: no index has them, and the last one that waits is found by looking at all.
 */
const FILTERS = ["all", "review", "failed", "unmatched", "duplicate"] as const;

type FiltersProps = {
  counts: BatchProgress["counts"];
  chosen: Chosen;
  onChoose: (chosen: Chosen) => void;
};

function Filters({ counts, chosen, onChoose }: FiltersProps) {
  const countOf = (filter: (typeof FILTERS)[number]): number | null => {
    if (filter === "review") return null;
    return filter === "all" ? counts.total : counts[filter];
  };
  return (
    <div className="filters">
      <fieldset className="filter-buttons">
        <legend className="unseen">{words.filters}</legend>
        {FILTERS.map((filter) => {
          const number = countOf(filter);
          return (
            <Button
              key={filter}
              className="button"
              aria-pressed={"filter" in chosen && chosen.filter === filter}
              onPress={() => onChoose({ filter })}
            >
              {batchStrings.filters[filter]}
              {number !== null && <span className="number">{batchStrings.count(number)}</span>}
            </Button>
          );
        })}
      </fieldset>
      <p className="hint">{words.readAndWaiting(counts.completed, counts.pending)}</p>
      <FindTask onFind={(task) => onChoose({ task })} />
      {"task" in chosen && (
        <p className="found" role="status">
          {words.anyTask(chosen.task)}
        </p>
      )}
    </div>
  );
}

function FindTask({ onFind }: { onFind: (task: string) => void }) {
  const [typed, setTyped] = useState("");
  const [trouble, setTrouble] = useState("");
  const find = (event: FormEvent) => {
    event.preventDefault();
    const task = typed.trim();
    const isTask = taskId.safeParse(task).success;
    setTrouble(isTask ? "" : batchStrings.handIn.notATask);
    if (isTask) onFind(task);
  };
  return (
    <form className="find-task" onSubmit={find} noValidate>
      <TextField value={typed} onChange={setTyped} isInvalid={trouble !== ""}>
        <Label>{words.findTask}</Label>
        <Input className="input" inputMode="numeric" autoComplete="off" maxLength={8} />
        <FieldError className="trouble">{trouble}</FieldError>
      </TextField>
      <Button className="button" type="submit">
        {words.find}
      </Button>
    </form>
  );
}

function Row({ sheet }: { sheet: Sheet }) {
  const { batch_id, index, name } = sheet;
  const { url } = useSheetPicture(sheet, "thumbnail");
  return (
    <li>
      <a id={rowId(index)} href={addressOf.sheet(batch_id, index)}>
        <span className="small-picture">{url && <img src={url} alt="" />}</span>
        <span className="card-text">
          <strong>{name}</strong>
          <span>{whatItSays(sheet)}</span>
        </span>
        <span className="standing" data-standing={standingOfSheet(sheet)}>
          {standingInWords(sheet)}
        </span>
      </a>
    </li>
  );
}

export const rowId = (index: number): string => `sheet-${index}`;

/** The medicine and the task of a sheet that was read; why one was not; of which one it is a copy. */
function whatItSays({ reason, duplicate_of, result, results = [], task_id }: Sheet): string {
  if (reason) return batchStrings.reasons[reason];
  if (duplicate_of !== undefined) return batchStrings.sheet.same(duplicate_of);
  if (!result) return "";
  const medicines = results.map(({ name, dosage }) =>
    `${name || batchStrings.sheet.unnamed} ${dosage}`.trim(),
  );
  return [...medicines, ...(task_id ? [batchStrings.sheet.task(task_id)] : [])].join(" · ");
}
