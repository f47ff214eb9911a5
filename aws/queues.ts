import { ChangeMessageVisibilityCommand, SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { ReadQueue } from "../core/jobs/stores.ts";

/** SQS takes at most ten messages in one request. */
const BATCH = 10;

export function readQueue(client: SQSClient, queueUrl: string): ReadQueue {
  return {
    async request(messages) {
      for (let start = 0; start < messages.length; start += BATCH) {
        const Entries = messages
          .slice(start, start + BATCH)
          .map((message, index) => ({ Id: String(index), MessageBody: JSON.stringify(message) }));
        const { Failed } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
        // SQS answers 200 to a batch of which some messages were not taken.
        if (Failed?.length) throw new Error(`SQS did not take ${Failed.length} messages: ${Failed[0]?.Code}`);
      }
    },
  };
}

/** Lets a failed message come again after `seconds` instead of after the queue's whole visibility timeout. */
export async function comeAgain(
  client: SQSClient,
  queueUrl: string,
  receiptHandle: string,
  seconds: number,
): Promise<void> {
  await client.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: queueUrl,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: seconds,
    }),
  );
}
