import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { errorFields, log } from "./logging.ts";

/** Nothing went wrong: the message should only come again later. */
export class PutOff extends Error {
  override readonly name = "PutOff";
  readonly seconds: number;

  constructor(seconds: number) {
    super("put off");
    this.seconds = seconds;
  }
}

/**
 * Runs each message of a batch by itself and answers which failed, so that SQS brings back those and only those.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 * @param onFailure seen to for each failed message; its own failure changes nothing
 */
export async function eachMessage(
  event: SQSEvent,
  each: (record: SQSRecord) => Promise<void>,
  onFailure?: (record: SQSRecord, error: unknown) => Promise<void>,
): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchResponse["batchItemFailures"] = [];
  for (const record of event.Records) {
    try {
      await each(record);
    } catch (error) {
      batchItemFailures.push({ itemIdentifier: record.messageId });
      const about = { message_id: record.messageId, receives: receivesOf(record) };
      if (error instanceof PutOff) log.info("message_put_off", { ...about, seconds: error.seconds });
      else log.error("message_failed", { ...about, ...errorFields(error) });
      await onFailure?.(record, error).catch((cause: unknown) =>
        log.warn("message_not_delayed", errorFields(cause)),
      );
    }
  }
  return { batchItemFailures };
}

/** How often SQS has handed the message out, this time included. */
export const receivesOf = (record: SQSRecord): number => Number(record.attributes.ApproximateReceiveCount);
