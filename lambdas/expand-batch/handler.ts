import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { archiveStore } from "../../aws/archive-store.ts";
import { dynamoDb, s3, sqs } from "../../aws/clients.ts";
import { sheetsQueue } from "../../aws/queues.ts";
import { sheetResultStore } from "../../aws/sheet-result-table.ts";
import { sheetStore } from "../../aws/sheet-table.ts";
import { readEnvironment } from "../../contract/environment.ts";
import { expandBatch } from "../../core/batches/expand.ts";
import { recountBatch } from "../../core/batches/recount.ts";
import { batchParts } from "../batch-parts.ts";
import { type BatchWork, batchWorkOf } from "../batches-messages.ts";
import { comeAgainSoon, UnreadableMessage } from "../come-again.ts";
import { log } from "../logging.ts";
import { eachMessage } from "../sqs.ts";

const env = readEnvironment([
  "BATCH_TABLE",
  "SHEET_TABLE",
  "SHEET_RESULT_TABLE",
  "PHOTO_BUCKET",
  "BATCHES_QUEUE_URL",
  "SHEETS_QUEUE_URL",
  "EXPAND_LEASE_SECONDS",
]);

const parts = {
  ...batchParts(env),
  sheets: sheetStore(dynamoDb(), env.SHEET_TABLE),
  sheetResults: sheetResultStore(dynamoDb(), env.SHEET_RESULT_TABLE),
  archives: archiveStore(s3(), env.PHOTO_BUCKET),
  sheetsQueue: sheetsQueue(sqs(), env.SHEETS_QUEUE_URL),
  leaseMs: env.EXPAND_LEASE_SECONDS * 1000,
};

/** What passes soon is tried soon; three attempts should outlast a few minutes in which a store does not answer. */
const RETRY_SECONDS = [10, 60, 180] as const;

export const handler = middy<SQSEvent, SQSBatchResponse>().handler((event, context) =>
  eachMessage(
    event,
    async (record) => {
      const works = batchWorkOf(record.body);
      if (works === null) throw new UnreadableMessage();
      for (const work of works) await take(work, context);
    },
    comeAgainSoon(env.BATCHES_QUEUE_URL, RETRY_SECONDS),
  ),
);

async function take(work: BatchWork, context: Context): Promise<void> {
  const began = performance.now();
  const all = { ...parts, timeLeftMs: () => context.getRemainingTimeInMillis() };
  const { batchId, kind } = work;
  // What is not listed to its end cannot be counted: the listing sends for the recount when it is done.
  const listed = kind === "recount" && (await parts.batches.read(batchId))?.status !== "expanding";
  const outcome = listed
    ? await recountBatch(batchId, work.resend, all)
    : await expandBatch(
        batchId,
        { arrived: kind === "arrived", resend: kind === "recount" && work.resend },
        all,
      );
  const ms = Math.round(performance.now() - began);
  const { kind: came, ...told } = outcome;
  log.info(listed ? "recount_batch" : "expand_batch", { batch_id: batchId, ms, outcome: came, ...told });
}
