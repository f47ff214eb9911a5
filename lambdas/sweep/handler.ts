import middy from "@middy/core";
import { sqs } from "../../aws/clients.ts";
import { readQueue } from "../../aws/queues.ts";
import { readEnvironment } from "../../contract/environment.ts";
import { sweepEvent } from "../../contract/messages.ts";
import { type SweepReport, sweep } from "../../core/jobs/sweep.ts";
import { errorFields, log } from "../logging.ts";
import { scanParts } from "../scan-parts.ts";

const env = readEnvironment([
  "JOB_TABLE",
  "MEDICATION_TABLE",
  "PHOTO_BUCKET",
  "SCANS_QUEUE_URL",
  "READ_LEASE_SECONDS",
]);
const parts = { ...scanParts(env), queue: readQueue(sqs(), env.SCANS_QUEUE_URL) };

export const handler = middy<unknown, SweepReport>().handler(async (event) => {
  const { scope } = sweepEvent.parse(event);
  const report = await sweep(parts, scope === "all").catch((error: unknown) => {
    // Lambda writes the message of what a function throws into its log: only our own words may be in it.
    log.error("sweep_failed", errorFields(error));
    throw new Error("the due jobs could not be found");
  });
  log.info("sweep", { scope, ...report });
  // The others were seen to; the failed ones are still due, and the alarm on this function's errors should know.
  if (report.failed > 0) throw new Error("some jobs could not be looked at");
  return report;
});
