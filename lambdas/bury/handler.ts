import middy from "@middy/core";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { dynamoDb } from "../../aws/clients.ts";
import { jobStore } from "../../aws/job-table.ts";
import { sheetStore } from "../../aws/sheet-table.ts";
import { readEnvironment } from "../../contract/environment.ts";
import { buryArchive, burySheet } from "../../core/batches/bury.ts";
import { buryPage } from "../../core/jobs/bury.ts";
import { batchParts } from "../batch-parts.ts";
import { batchWorkOf } from "../batches-messages.ts";
import { log } from "../logging.ts";
import { pagesOf } from "../scans-messages.ts";
import { sheetOf } from "../sheets-message.ts";
import { eachMessage } from "../sqs.ts";

const env = readEnvironment(["JOB_TABLE", "BATCH_TABLE", "SHEET_TABLE", "BATCHES_QUEUE_URL"]);
const jobs = jobStore(dynamoDb(), env.JOB_TABLE);
const parts = { ...batchParts(env), sheets: sheetStore(dynamoDb(), env.SHEET_TABLE) };

/** What a queue gave up on is recorded where it belongs. A message that names nothing of ours can only be counted. */
export const handler = middy<SQSEvent, SQSBatchResponse>().handler((event) =>
  eachMessage(event, async (record) => {
    const { messageId: message_id, body } = record;
    const pages = pagesOf(body);
    const sheet = sheetOf(body);
    const work = batchWorkOf(body);
    if (!pages && !sheet && !work) log.error("buried_unreadable_message", { message_id });
    for (const { jobId, page } of pages ?? []) {
      const ended = await buryPage(jobId, page, Number(record.attributes.SentTimestamp), jobs, Date.now);
      log.error("buried", { message_id, job_id: jobId, page, ended });
    }
    if (sheet) {
      const { batch_id, index } = sheet;
      const ended = await burySheet(batch_id, index, parts);
      log.error("buried", { message_id, batch_id, sheet: index, ended });
    }
    for (const { batchId, kind } of work ?? []) {
      const begun = kind === "arrived" && (await buryArchive(batchId, parts.batches, Date.now));
      log.error("buried", { message_id, batch_id: batchId, kind, begun });
    }
  }),
);
