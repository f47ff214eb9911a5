import middy from "@middy/core";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { dynamoDb } from "../../aws/clients.ts";
import { jobStore } from "../../aws/job-table.ts";
import { readEnvironment } from "../../contract/environment.ts";
import { buryPage } from "../../core/jobs/bury.ts";
import { log } from "../logging.ts";
import { pagesOf } from "../scans-messages.ts";
import { eachMessage } from "../sqs.ts";

const env = readEnvironment(["JOB_TABLE"]);
const jobs = jobStore(dynamoDb(), env.JOB_TABLE);

/** What the queue gave up on is recorded on its job. A message that names no job can only be counted. */
export const handler = middy<SQSEvent, SQSBatchResponse>().handler((event) =>
  eachMessage(event, async (record) => {
    const pages = pagesOf(record.body);
    if (pages === null) log.error("buried_unreadable_message", { message_id: record.messageId });
    for (const { jobId, page } of pages ?? []) {
      const ended = await buryPage(jobId, page, Number(record.attributes.SentTimestamp), jobs, Date.now);
      log.error("buried", { message_id: record.messageId, job_id: jobId, page, ended });
    }
  }),
);
