import { ChangeMessageVisibilityCommand, SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { BatchesQueue, SheetsQueue } from "../core/batches/stores.ts";
import type { ReadQueue } from "../core/jobs/stores.ts";

/** SQS takes at most ten messages in one request. */
const AT_ONCE = 10;

const send =
  (client: SQSClient, queueUrl: string) =>
  async (messages: readonly object[]): Promise<void> => {
    for (let start = 0; start < messages.length; start += AT_ONCE) {
      const Entries = messages
        .slice(start, start + AT_ONCE)
        .map((message, index) => ({ Id: String(index), MessageBody: JSON.stringify(message) }));
      const { Failed } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      // SQS answers 200 to a batch of which some messages were not taken.
      if (Failed?.length) throw new Error(`SQS did not take ${Failed.length} messages: ${Failed[0]?.Code}`);
    }
  };

export const readQueue = (client: SQSClient, queueUrl: string): ReadQueue => ({
  request: send(client, queueUrl),
});

export const batchesQueue = (client: SQSClient, queueUrl: string): BatchesQueue => ({
  send: send(client, queueUrl),
});

export const sheetsQueue = (client: SQSClient, queueUrl: string): SheetsQueue => ({
  send: send(client, queueUrl),
});

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
