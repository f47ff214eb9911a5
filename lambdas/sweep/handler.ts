import middy from "@middy/core";
import { archiveStore } from "../../aws/archive-store.ts";
import { s3, sqs } from "../../aws/clients.ts";
import { readQueue } from "../../aws/queues.ts";
import { readEnvironment } from "../../contract/environment.ts";
import { type SweepEvent, sweepEvent } from "../../contract/messages.ts";
import { type SweepBatchesReport, sweepBatches } from "../../core/batches/sweep.ts";
import { type SweepReport, sweep } from "../../core/jobs/sweep.ts";
import { batchParts } from "../batch-parts.ts";
import { errorFields, log } from "../logging.ts";
import { scanParts } from "../scan-parts.ts";

const env = readEnvironment([
  "JOB_TABLE",
  "MEDICATION_TABLE",
  "PHOTO_BUCKET",
  "SCANS_QUEUE_URL",
  "READ_LEASE_SECONDS",
  "BATCH_TABLE",
  "BATCHES_QUEUE_URL",
]);
const scans = { ...scanParts(env), queue: readQueue(sqs(), env.SCANS_QUEUE_URL) };
const batches = { ...batchParts(env), archives: archiveStore(s3(), env.PHOTO_BUCKET) };

type Report = { scans: SweepReport; batches: SweepBatchesReport };

export const handler = middy<unknown, Report>().handler(async (event) => {
  const { scope } = sweepEvent.parse(event);
  // Side by side: trouble with the one must not keep it from the other.
  const [ofScans, ofBatches] = await Promise.allSettled([
    swept("sweep", scope, sweep(scans, scope === "all")),
    swept("sweep_batches", scope, sweepBatches(batches, scope === "all")),
  ]);
  if (ofScans.status === "rejected") throw ofScans.reason;
  if (ofBatches.status === "rejected") throw ofBatches.reason;
  return { scans: ofScans.value, batches: ofBatches.value };
});

async function swept<R extends { failed: number }>(
  what: string,
  scope: SweepEvent["scope"],
  sweeping: Promise<R>,
): Promise<R> {
  const report = await sweeping.catch((error: unknown) => {
    // Lambda writes the message of what a function throws into its log: only our own words may be in it.
    log.error(`${what}_failed`, errorFields(error));
    throw new Error("what is due could not be found");
  });
  log.info(what, { scope, ...report });
  // The others were seen to; the failed ones are still due, and the alarm on this function's errors should know.
  if (report.failed > 0) throw new Error("some of what is due could not be looked at");
  return report;
}
