import { type Message, SQSClient } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { type FauxqsServer, startFauxqs } from "fauxqs";
import { Consumer } from "sqs-consumer";
import type { EventSourceWiring, QueueWiring } from "./template.ts";

export type LocalQueues = {
  /** By the template's id. */
  urls: ReadonlyMap<string, string>;
  url: string;
  send(queueId: string, body: string): void;
  close(): Promise<void>;
};

/**
 * SQS on one machine: fauxqs in memory with the template's queues. Messages end with the process; the sweeper finds
 * unfinished work again from the tables.
 */
export async function startQueues(queues: readonly QueueWiring[], region: string): Promise<LocalQueues> {
  const server: FauxqsServer = await startFauxqs({
    port: 0,
    host: "127.0.0.1",
    logger: false,
    defaultRegion: region,
  });
  const urls = new Map<string, string>();
  const arns = new Map<string, string>();
  // Dead-letter queues first: the others name them.
  const ordered = queues.toSorted((a, b) => Number(a.redrive !== null) - Number(b.redrive !== null));
  for (const { id, visibilitySeconds, redrive } of ordered) {
    const attributes: Record<string, string> = { VisibilityTimeout: String(visibilitySeconds) };
    if (redrive) {
      const deadLetterTargetArn = arns.get(redrive.deadLetters);
      if (!deadLetterTargetArn)
        throw new Error(`queue ${id} has no dead-letter queue ${redrive.deadLetters}`);
      attributes.RedrivePolicy = JSON.stringify({
        deadLetterTargetArn,
        maxReceiveCount: redrive.maxReceiveCount,
      });
    }
    const made = server.createQueue(id, { attributes });
    urls.set(id, `${server.address}/000000000000/${id}`);
    arns.set(id, made.queueArn);
  }
  return {
    urls,
    url: server.address,
    send: (queueId, body) => {
      server.sendMessage(queueId, body);
    },
    close: () => server.stop(),
  };
}

type Invoke = (event: SQSEvent) => Promise<unknown>;

/**
 * What Lambda does for an event source mapping: takes messages, invokes the function, deletes what it did not report
 * as failed. Each of `concurrency` takes one batch at a time.
 */
export function startPollers(
  source: EventSourceWiring,
  {
    queueUrl,
    endpoint,
    region,
    credentials,
    concurrency,
    invoke,
  }: {
    queueUrl: string;
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    concurrency: number;
    invoke: Invoke;
  },
): { stop(): void } {
  const sqs = new SQSClient({ endpoint, region, credentials });
  const consumers = Array.from({ length: concurrency }, () => {
    const consumer = Consumer.create({
      sqs,
      queueUrl,
      batchSize: Math.min(source.batchSize, 10),
      waitTimeSeconds: 20,
      messageSystemAttributeNames: ["All"],
      handleMessageBatch: async (messages) => {
        const answer = (await invoke(sqsEventOf(messages, queueUrl, region))) as SQSBatchResponse | undefined;
        const failed = new Set((answer?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
        return messages.filter(({ MessageId }) => !failed.has(MessageId ?? ""));
      },
    });
    // A failed invocation leaves its messages to their visibility timeout, as on Lambda; the function has logged why.
    consumer.on("error", () => undefined);
    consumer.on("processing_error", () => undefined);
    consumer.start();
    return consumer;
  });
  return {
    stop() {
      for (const consumer of consumers) consumer.stop({ abort: true });
      sqs.destroy();
    },
  };
}

/** Received messages as the event Lambda makes of them. */
export function sqsEventOf(messages: readonly Message[], queueUrl: string, awsRegion: string): SQSEvent {
  const name = queueUrl.split("/").at(-1);
  return {
    Records: messages.map(
      ({ MessageId = "", ReceiptHandle = "", Body = "", MD5OfBody = "", Attributes }) => ({
        messageId: MessageId,
        receiptHandle: ReceiptHandle,
        body: Body,
        md5OfBody: MD5OfBody,
        attributes: {
          ApproximateReceiveCount: Attributes?.ApproximateReceiveCount ?? "1",
          SentTimestamp: Attributes?.SentTimestamp ?? "0",
          SenderId: Attributes?.SenderId ?? "",
          ApproximateFirstReceiveTimestamp: Attributes?.ApproximateFirstReceiveTimestamp ?? "0",
        },
        messageAttributes: {},
        eventSource: "aws:sqs",
        eventSourceARN: `arn:aws:sqs:${awsRegion}:000000000000:${name}`,
        awsRegion,
      }),
    ),
  };
}
