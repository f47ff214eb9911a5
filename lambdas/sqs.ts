import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { errorFields, log } from "./logging.ts";

/**
 * Runs each message of a batch by itself and answers which failed, so that SQS brings back those and only those.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 * @param onFailure seen to for each failed message; its own failure changes nothing
 */
export async function eachMessage(
  event: SQSEvent,
  each: (record: SQSRecord) => Promise<void>,
  onFailure?: (record: SQSRecord) => Promise<void>,
): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchResponse["batchItemFailures"] = [];
  for (const record of event.Records) {
    try {
      await each(record);
    } catch (error) {
      batchItemFailures.push({ itemIdentifier: record.messageId });
      log.error("message_failed", {
        message_id: record.messageId,
        receives: Number(record.attributes.ApproximateReceiveCount),
        ...errorFields(error),
      });
      await onFailure?.(record).catch((cause: unknown) =>
        log.warn("message_not_delayed", errorFields(cause)),
      );
    }
  }
  return { batchItemFailures };
}
