import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { comeAgain, readQueue } from "../../aws/queues.ts";
import { pagesOf } from "../../lambdas/scans-messages.ts";
import { type LocalQueues, startQueues } from "../../local/queues.ts";
import { JOB_ID } from "../support/builders.ts";

const message = (page: number) => ({ type: "read_page" as const, job_id: JOB_ID, page });
const pages = (count: number) => Array.from({ length: count }, (_, index) => message(index + 1));

describe("requests to read pages", () => {
  it("go out ten at a time, with ids only", async () => {
    const sqs = mockClient(SQSClient);
    sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [] });
    await readQueue(new SQSClient({}), "https://queue").request(pages(12));
    const inputs = sqs.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input);
    expect(inputs.map(({ Entries }) => Entries?.length)).toEqual([10, 2]);
    expect(inputs[0]?.QueueUrl).toBe("https://queue");
    expect(inputs[1]?.Entries).toEqual([
      { Id: "0", MessageBody: JSON.stringify(message(11)) },
      { Id: "1", MessageBody: JSON.stringify(message(12)) },
    ]);
    sqs.restore();
  });

  it("are an error when SQS takes only some of them", async () => {
    const sqs = mockClient(SQSClient);
    sqs.on(SendMessageBatchCommand).resolves({
      Successful: [],
      Failed: [{ Id: "1", Code: "InternalError", SenderFault: false }],
    });
    await expect(readQueue(new SQSClient({}), "https://queue").request(pages(2))).rejects.toThrow(
      "SQS did not take 1 messages: InternalError",
    );
    sqs.restore();
  });

  it("are no call when there are none", async () => {
    const sqs = mockClient(SQSClient);
    await readQueue(new SQSClient({}), "https://queue").request([]);
    expect(sqs.calls()).toHaveLength(0);
    sqs.restore();
  });

  it("come again after the seconds that are asked for", async () => {
    const sqs = mockClient(SQSClient);
    sqs.on(ChangeMessageVisibilityCommand).resolves({});
    await comeAgain(new SQSClient({}), "https://queue", "receipt", 5);
    expect(sqs.commandCalls(ChangeMessageVisibilityCommand)[0]?.args[0].input).toEqual({
      QueueUrl: "https://queue",
      ReceiptHandle: "receipt",
      VisibilityTimeout: 5,
    });
    sqs.restore();
  });
});

describe("over SQS's own protocol", () => {
  let queues: LocalQueues;
  let client: SQSClient;
  const url = () => queues.urls.get("Scans") ?? "";
  beforeAll(async () => {
    queues = await startQueues(
      [
        { id: "Scans", visibilitySeconds: 60, redrive: { deadLetters: "Dead", maxReceiveCount: 2 } },
        { id: "Dead", visibilitySeconds: 60, redrive: null },
      ],
      "us-east-1",
    );
    client = new SQSClient({
      region: "us-east-1",
      endpoint: queues.url,
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
  });
  afterAll(async () => {
    client.destroy();
    await queues.close();
  });
  const receive = async (from: string) =>
    (await client.send(new ReceiveMessageCommand({ QueueUrl: from, MaxNumberOfMessages: 10 }))).Messages ??
    [];

  it("every request arrives as a message that the worker understands", async () => {
    await readQueue(client, url()).request(pages(12));
    const arrived: number[] = [];
    while (arrived.length < 12) {
      for (const { Body = "", ReceiptHandle } of await receive(url())) {
        arrived.push(...(pagesOf(Body) ?? []).map(({ page }) => page));
        await client.send(new DeleteMessageCommand({ QueueUrl: url(), ReceiptHandle }));
      }
    }
    expect(arrived.toSorted((a, b) => a - b)).toEqual(pages(12).map(({ page }) => page));
  });

  it("a failed message comes again when asked to, and is given up to the dead letters after the last time", async () => {
    await readQueue(client, url()).request([message(1)]);
    for (let time = 1; time <= 2; time++) {
      const [found] = await receive(url());
      expect(pagesOf(found?.Body ?? "")).toEqual([{ jobId: JOB_ID, page: 1 }]);
      await comeAgain(client, url(), found?.ReceiptHandle ?? "", 0);
    }
    expect(await receive(url())).toEqual([]);
    const [dead] = await receive(queues.urls.get("Dead") ?? "");
    expect(pagesOf(dead?.Body ?? "")).toEqual([{ jobId: JOB_ID, page: 1 }]);
  });
});
