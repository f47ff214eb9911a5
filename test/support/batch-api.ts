import "./handler-environment.ts";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import type { Service } from "../../client/transport.ts";
import { routes } from "../../contract/routes.ts";
import { type Batch, batch } from "../../core/batches/batch.ts";
import { CREDENTIALS, type Harness, REGION, startHarness } from "../local/s3/harness.ts";
import { httpEvent, lambdaContext } from "./events.ts";

/** The calls of an upload, answered by their real handlers over HTTP, with the local S3 and a table in memory behind. */
export type BatchApi = {
  service: Service;
  s3: Harness;
  /** Batches as they are kept, by id. */
  kept: Map<string, Batch>;
  /** What was sent to the queue. */
  sent: unknown[];
  /** Every call that came, as `POST /batches/{batch_id}/chunks`. */
  calls: string[];
  close(): Promise<void>;
};

export async function startBatchApi(): Promise<BatchApi> {
  const s3 = await startHarness();
  Object.assign(process.env, {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_S3: s3.url,
    LOG_LEVEL: "ERROR",
  });
  const kept = tableInMemory();
  const sent: unknown[] = [];
  mockClient(SQSClient)
    .on(SendMessageBatchCommand)
    .callsFake(({ Entries }: { Entries: { MessageBody: string }[] }) => {
      sent.push(...Entries.map(({ MessageBody }) => JSON.parse(MessageBody)));
      return {};
    });
  // They read the environment when they are loaded.
  const { handler } = await import("../../lambdas/batch-upload/handler.ts");
  const calls: string[] = [];
  const server = createServer(async (request, response) => {
    const event = await eventOf(request);
    calls.push(event.routeKey);
    const { statusCode = 500, headers = {}, body } = await handler(event, lambdaContext());
    response.writeHead(statusCode, headers as Record<string, string>).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    service: { url: `http://127.0.0.1:${port}`, token: "nurse" },
    s3,
    kept,
    sent,
    calls,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await s3.stop();
    },
  };
}

/** One table of batches; the conditions are those of its store. */
function tableInMemory(): Map<string, Batch> {
  const kept = new Map<string, Batch>();
  const dynamoDb = mockClient(DynamoDBDocumentClient);
  dynamoDb.on(GetCommand).callsFake(({ Key }: { Key: { batch_id: string; part: string } }) => {
    const found = Key.part === "batch" ? kept.get(Key.batch_id) : undefined;
    return found ? { Item: { batch: structuredClone(found) } } : {};
  });
  dynamoDb.on(PutCommand).callsFake(({ Item }: { Item: { batch: unknown } }) => {
    const wanted = batch.parse(Item.batch);
    const before = kept.get(wanted.id)?.version ?? 0;
    if (before !== wanted.version - 1)
      throw new ConditionalCheckFailedException({ message: "", $metadata: {} });
    kept.set(wanted.id, wanted);
    return {};
  });
  return kept;
}

/** The call as API Gateway hands it over; the bearer token is the person. */
async function eventOf(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://api");
  const headers = request.headers as Record<string, string>;
  const sub = headers.authorization?.replace("Bearer ", "") ?? null;
  for (const { method, path } of routes) {
    const shape = new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`);
    const match = method === request.method ? shape.exec(pathname) : null;
    if (!match) continue;
    return httpEvent(
      `${method} ${path}`,
      { ...match.groups },
      {
        sub,
        headers,
        query: Object.fromEntries(searchParams),
        ...(text ? { body: text } : {}),
      },
    );
  }
  return httpEvent(`${request.method} ${pathname}`);
}
