import { useEffect, useState } from "react";
import type { BatchProgress, Sheet } from "../contract/batches.ts";
import { BatchStanding } from "./batch-standing.tsx";
import { batchStrings } from "./batch-strings.ts";
import { addressOf } from "./route.ts";
import { SheetList } from "./sheet-list.tsx";
import { SheetPage } from "./sheet-page.tsx";
import { standingOf } from "./standing.ts";
import { strings } from "./strings.ts";
import "./styles/batch.css";
import { TakeUp } from "./take-up.tsx";
import { Trouble } from "./trouble.tsx";
import { UploadCard } from "./upload-card.tsx";
import { useBatch } from "./use-batch.ts";
import { useUploads } from "./use-uploads.ts";

const words = batchStrings.batch;

type BatchPageProps = { id: string; sheet: number | undefined };

/** A batch as it goes on, its sheets, and one of them beside what was read of it. */
export default function BatchPage({ id, sheet }: BatchPageProps) {
  const { batch, trouble, again } = useBatch(id);
  const [listed, setListed] = useState<readonly Sheet[]>([]);
  useEffect(() => {
    // A file may be called after a patient: its name stays out of the browser's history.
    document.title = `${batchStrings.title} · ${strings.product}`;
  }, []);
  if (!batch) {
    return (
      <section className="medication-loading">
        {trouble === "" ? (
          <p role="status">{strings.loading}</p>
        ) : (
          <Trouble message={trouble} onAgain={again} />
        )}
      </section>
    );
  }
  return (
    <>
      {sheet !== undefined && <SheetPage key={sheet} batchId={id} index={sheet} listed={listed} />}
      {/* Kept while a sheet is looked at: the way back leads to the same place of the same list. */}
      <article className="batch" hidden={sheet !== undefined}>
        {trouble && <Trouble message={trouble} onAgain={again} />}
        <Overview batch={batch} again={again} />
        {batch.counts.total > 0 && <SheetList batch={batch} onListed={setListed} />}
      </article>
    </>
  );
}

function Overview({ batch, again }: { batch: BatchProgress; again: () => void }) {
  const { batch_id, filename, created_at, size, task_id, skipped, status } = batch;
  return (
    <>
      <header className="batch-title">
        <a className="button" href={addressOf.batches}>
          {words.back}
        </a>
        <div className="medication-title">
          <h1>{filename}</h1>
          {status !== "uploading" && (
            <p className="standing" data-standing={standingOf(batch)}>
              {batchStrings.statuses[status]}
            </p>
          )}
        </div>
        <p className="hint">
          {words.handedIn(created_at, size)}
          {task_id && ` · ${words.task(task_id)}`}
          {skipped > 0 && ` · ${words.skipped(skipped)}`}
        </p>
      </header>
      {status === "uploading" ? (
        <Sending key={batch_id} batch={batch} again={again} />
      ) : (
        <BatchStanding batch={batch} again={again} />
      )}
    </>
  );
}

/** The upload of this page, or how to go on with one that was begun before. */
function Sending({ batch, again }: { batch: BatchProgress; again: () => void }) {
  const { open } = useUploads();
  const upload = open.find(({ batchId }) => batchId === batch.batch_id);
  const isUnderWay = upload !== undefined;
  const [wasUnderWay, setWasUnderWay] = useState(false);
  useEffect(() => {
    if (isUnderWay) return setWasUnderWay(true);
    // It has arrived: what becomes of it is worth knowing at once.
    if (wasUnderWay) again();
  }, [isUnderWay, wasUnderWay, again]);
  if (!upload && wasUnderWay) return <p role="status">{strings.loading}</p>;
  return (
    <>
      {upload && <UploadCard upload={upload} onStopped={again} />}
      {(!upload || upload.state.step === "failed") && <TakeUp batch={batch} onStopped={again} />}
    </>
  );
}
