import { useCallback, useEffect, useState } from "react";
import { Button } from "react-aria-components/Button";
import { listSheets } from "../client/batches.ts";
import type { BatchProgress, Sheet } from "../contract/batches.ts";
import { batchStrings } from "./batch-strings.ts";
import { FindTask } from "./find-task.tsx";
import { medicinesOf, SheetCards } from "./sheet-cards.tsx";
import { type LoadSheets, useSheets } from "./use-sheets.ts";
import { useWork } from "./work.ts";

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
  const { service } = useWork();
  const [chosen, setChosen] = useState<Chosen>({ filter: "all" });
  const load = useCallback<LoadSheets>(
    (page) =>
      listSheets(service, batch_id, {
        ...page,
        ...("task" in chosen ? { taskId: chosen.task } : {}),
        ...("filter" in chosen && chosen.filter !== "all" ? { status: chosen.filter } : {}),
      }),
    [service, batch_id, chosen],
  );
  const shown = useSheets(load, JSON.stringify([status, counts]));
  const { list } = shown;
  useEffect(() => {
    if (list) onListed(list.sheets);
  }, [list, onListed]);
  return (
    <section className="sheets" aria-label={batchStrings.list.sheets(counts.total)}>
      <Filters counts={counts} chosen={chosen} onChoose={setChosen} />
      <SheetCards shown={shown} none={words.none} about={whatItSays} />
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
      <FindTask label={words.findTask} onFind={(task) => onChoose({ task })} />
      {"task" in chosen && (
        <p className="found" role="status">
          {words.anyTask(chosen.task)}
        </p>
      )}
    </div>
  );
}

/** The medicine and the task of a sheet that was read; why one was not; of which one it is a copy. */
function whatItSays(sheet: Sheet): string[] {
  const { reason, duplicate_of, task_id } = sheet;
  if (reason) return [batchStrings.reasons[reason]];
  if (duplicate_of !== undefined) return [batchStrings.sheet.same(duplicate_of)];
  const medicines = medicinesOf(sheet);
  return medicines.length > 0 && task_id ? [...medicines, batchStrings.sheet.task(task_id)] : medicines;
}
