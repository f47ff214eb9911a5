import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { archiveStore } from "../../aws/archive-store.ts";
import { dynamoDb, s3 } from "../../aws/clients.ts";
import { sheetResultStore } from "../../aws/sheet-result-table.ts";
import { sheetStore } from "../../aws/sheet-table.ts";
import { readEnvironment } from "../../contract/environment.ts";
import { readSheet } from "../../core/batches/read-sheet.ts";
import { openLabelReader } from "../../core/label-reader.ts";
import { batchParts } from "../batch-parts.ts";
import { comeAgainSoon, UnreadableMessage } from "../come-again.ts";
import { log } from "../logging.ts";
import { READ_AGAIN_SECONDS, readingWithin } from "../reading.ts";
import { sheetOf } from "../sheets-message.ts";
import { eachMessage, PutOff } from "../sqs.ts";

const env = readEnvironment([
  "BATCH_TABLE",
  "SHEET_TABLE",
  "SHEET_RESULT_TABLE",
  "PHOTO_BUCKET",
  "BATCHES_QUEUE_URL",
  "SHEETS_QUEUE_URL",
  "READ_LEASE_SECONDS",
]);
/** Models and workers are loaded once per process, while Lambda's init still has the whole CPU. */
const reader = await openLabelReader();

const parts = {
  ...batchParts(env),
  sheets: sheetStore(dynamoDb(), env.SHEET_TABLE),
  results: sheetResultStore(dynamoDb(), env.SHEET_RESULT_TABLE),
  archives: archiveStore(s3(), env.PHOTO_BUCKET),
  leaseMs: env.READ_LEASE_SECONDS * 1000,
};

export const handler = middy<SQSEvent, SQSBatchResponse>().handler((event, context) =>
  eachMessage(
    event,
    async (record) => {
      const sheet = sheetOf(record.body);
      if (sheet === null) throw new UnreadableMessage();
      await read(sheet.batch_id, sheet.index, context);
    },
    comeAgainSoon(env.SHEETS_QUEUE_URL, READ_AGAIN_SECONDS),
  ),
);

async function read(batchId: string, index: number, context: Context): Promise<void> {
  const began = performance.now();
  const outcome = await readSheet(batchId, index, { ...parts, ...readingWithin(reader, context) });
  const ms = Math.round(performance.now() - began);
  log.info("read_sheet", { batch_id: batchId, sheet: index, ms, ...outcome });
  if (outcome.kind === "held") throw new PutOff(Math.max(1, Math.ceil((outcome.until - Date.now()) / 1000)));
}
