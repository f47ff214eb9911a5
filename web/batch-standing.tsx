import { useState } from "react";
import { Button } from "react-aria-components/Button";
import { getResults, retryBatch } from "../client/batches.ts";
import type { BatchProgress, ResultFormat } from "../contract/batches.ts";
import { batchStrings, timeLeft } from "./batch-strings.ts";
import { explain } from "./explain.ts";
import { Meter } from "./meter.tsx";
import { StopBatch } from "./stop-batch.tsx";
import { useWork } from "./work.ts";

const words = batchStrings.batch;

type BatchStandingProps = { batch: BatchProgress; again: () => void };

/** How far a batch is that has arrived, and what can be done with it. */
export function BatchStanding({ batch, again }: BatchStandingProps) {
  const { status, progress_percentage, eta_seconds, counts, error } = batch;
  return (
    <section className="card standing-card" aria-label={batchStrings.statuses[status]}>
      {status !== "failed" && (
        <Meter
          label={inWords(batch)}
          percent={progress_percentage}
          note={[
            words.readAndWaiting(counts.completed, counts.pending),
            ...(eta_seconds === undefined ? [] : [timeLeft(eta_seconds)]),
          ].join(" · ")}
          spoken={isRunning(batch) ? words.quarters(Math.floor(progress_percentage / 25)) : inWords(batch)}
        />
      )}
      {error && (
        <p className="trouble" role="alert">
          {batchStrings.faults[error.code]}
        </p>
      )}
      <Actions batch={batch} again={again} />
    </section>
  );
}

function Actions({ batch, again }: BatchStandingProps) {
  const { service, noticed } = useWork();
  const [trouble, setTrouble] = useState("");
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const { batch_id, status, counts } = batch;

  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setTrouble("");
    setSaid("");
    try {
      await work();
    } catch (failure) {
      noticed(failure);
      setTrouble(explain(failure));
    } finally {
      setBusy(false);
    }
  };
  const retry = () =>
    attempt(async () => {
      await retryBatch(service, batch_id);
      setSaid(words.retried);
      again();
    });
  const download = (format: ResultFormat) =>
    attempt(async () => {
      const response = await getResults(service, batch_id, format);
      // Only its address is wanted: the browser loads the file itself, onto its disk and not into this page.
      await response.body?.cancel();
      location.assign(response.url);
    });

  const toRetry = whatToRetry(batch);
  const hasResults = status === "completed" || status === "completed_with_errors";
  return (
    <>
      <p className="trouble" role="alert">
        {trouble}
      </p>
      <p className="said" role="status">
        {said}
      </p>
      <div className="choices">
        {toRetry && (
          <Button className="button primary" isDisabled={busy} onPress={() => void retry()}>
            {toRetry}
          </Button>
        )}
        {hasResults && counts.total > 0 && (
          <>
            <Button className="button" isDisabled={busy} onPress={() => void download("csv")}>
              {words.csv}
            </Button>
            <Button className="button" isDisabled={busy} onPress={() => void download("ndjson")}>
              {words.ndjson}
            </Button>
          </>
        )}
        {isRunning(batch) && (
          <Button className="button" onPress={() => setAsking(true)}>
            {words.stop}
          </Button>
        )}
      </div>
      {asking && (
        <StopBatch
          batchId={batch_id}
          title={words.stopTitle}
          text={words.stopText}
          action={words.stop}
          onStopped={again}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

const isRunning = ({ status }: BatchProgress): boolean => status === "expanding" || status === "processing";

/** What reading again would take up, if anything. */
function whatToRetry({ status, counts, error }: BatchProgress): string | null {
  if (status === "completed_with_errors" && counts.failed > 0) return words.retry(counts.failed);
  if (status === "cancelled" && counts.total > 0) return words.readRest;
  return status === "failed" && error?.retryable ? words.openAgain : null;
}

function inWords({ status, counts: { total, pending } }: BatchProgress): string {
  if (status === "expanding") return words.expanding;
  if (status === "processing") return words.reading(total - pending, total);
  if (status === "cancelled") return words.stopped(total - pending, total);
  return words.finished(total);
}
