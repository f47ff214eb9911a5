import type { SQSRecord } from "aws-lambda";
import { sqs } from "../aws/clients.ts";
import { comeAgain } from "../aws/queues.ts";
import { PutOff, receivesOf } from "./sqs.ts";

/**
 * Has a failed message come again soon, and one that was put off when it said.
 * @param after seconds until it comes again, by how often it has failed; the last for every time after
 */
export const comeAgainSoon =
  (queueUrl: string, after: readonly [number, ...number[]]) =>
  async (record: SQSRecord, error: unknown): Promise<void> => {
    const soon = after[Math.min(receivesOf(record), after.length) - 1] ?? after[0];
    const seconds = error instanceof PutOff ? error.seconds : soon;
    await comeAgain(sqs(), queueUrl, record.receiptHandle, seconds);
  };

/** No message of ours: it goes to the dead-letter queue, where somebody can look at it. */
export class UnreadableMessage extends Error {
  override readonly name = "UnreadableMessage";
}
