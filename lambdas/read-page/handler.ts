import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { sqs } from "../../aws/clients.ts";
import { comeAgain } from "../../aws/queues.ts";
import { readEnvironment } from "../../contract/environment.ts";
import { readPage } from "../../core/jobs/read-page.ts";
import { openLabelReader } from "../../core/label-reader.ts";
import { PhotoRefused } from "../../core/reading/photo-refused.ts";
import { log } from "../logging.ts";
import { scanParts } from "../scan-parts.ts";
import { pagesOf } from "../scans-messages.ts";
import { eachMessage } from "../sqs.ts";

const env = readEnvironment([
  "JOB_TABLE",
  "MEDICATION_TABLE",
  "PHOTO_BUCKET",
  "SCANS_QUEUE_URL",
  "READ_LEASE_SECONDS",
]);
/** Models and workers are loaded once per process, while Lambda's init still has the whole CPU. */
const reader = await openLabelReader();

const parts = scanParts(env);

/** Left to give the page back in good order instead of being killed with it in hand. */
const GIVE_BACK_MS = 3_000;
/** What passes soon (a throttled store, a lost connection) is tried soon, and then less soon. */
const RETRY_SECONDS = [5, 30] as const;

export const handler = middy<SQSEvent, SQSBatchResponse>().handler((event, context) =>
  eachMessage(
    event,
    async (record) => {
      const pages = pagesOf(record.body);
      if (pages === null) throw new UnreadableMessage();
      for (const { jobId, page } of pages) await read(jobId, page, context);
    },
    async (record) => {
      const receives = Number(record.attributes.ApproximateReceiveCount);
      const seconds = RETRY_SECONDS[Math.min(receives, RETRY_SECONDS.length) - 1] ?? RETRY_SECONDS[0];
      await comeAgain(sqs(), env.SCANS_QUEUE_URL, record.receiptHandle, seconds);
    },
  ),
);

async function read(jobId: string, page: number, context: Context): Promise<void> {
  const began = performance.now();
  const signal = AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - GIVE_BACK_MS));
  const outcome = await readPage(jobId, page, {
    ...parts,
    readPhoto: (photo, onPictures) => reader.readPhoto(photo, { signal, onPictures }),
    refusalOf: (error) => (error instanceof PhotoRefused ? error.code : null),
    understand: reader.understand,
  });
  log.info("read_page", { job_id: jobId, page, ms: Math.round(performance.now() - began), ...outcome });
}

/** No message of ours: it goes to the dead-letter queue, where somebody can look at it. */
class UnreadableMessage extends Error {
  override readonly name = "UnreadableMessage";
}
