import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { readEnvironment } from "../../contract/environment.ts";
import { readPage } from "../../core/jobs/read-page.ts";
import { openLabelReader } from "../../core/label-reader.ts";
import { comeAgainSoon, UnreadableMessage } from "../come-again.ts";
import { log } from "../logging.ts";
import { READ_AGAIN_SECONDS, readingWithin } from "../reading.ts";
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

export const handler = middy<SQSEvent, SQSBatchResponse>().handler((event, context) =>
  eachMessage(
    event,
    async (record) => {
      const pages = pagesOf(record.body);
      if (pages === null) throw new UnreadableMessage();
      for (const { jobId, page } of pages) await read(jobId, page, context);
    },
    comeAgainSoon(env.SCANS_QUEUE_URL, READ_AGAIN_SECONDS),
  ),
);

async function read(jobId: string, page: number, context: Context): Promise<void> {
  const began = performance.now();
  const outcome = await readPage(jobId, page, { ...parts, ...readingWithin(reader, context) });
  log.info("read_page", { job_id: jobId, page, ms: Math.round(performance.now() - began), ...outcome });
}
