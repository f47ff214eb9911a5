import { once } from "node:events";
import type { Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
} from "@aws-sdk/client-dynamodb";
import type { IndexWiring, TableWiring } from "./template.ts";

/** dynalite has no types of its own. */
const dynalite = createRequire(import.meta.url)("dynalite") as (options: {
  path?: string;
  createTableMs: number;
}) => Server;

export type LocalDynamoDb = { url: string; close(): Promise<void> };
type ClientConfig = { region: string; credentials: { accessKeyId: string; secretAccessKey: string } };

/**
 * DynamoDB on one machine: dynalite over LevelDB in `folder` (in memory without one), with the template's tables.
 * @throws Error when the folder is in use, or holds a table with other keys than the template's
 */
export async function startDynamoDb(
  tables: readonly TableWiring[],
  { folder, ...config }: ClientConfig & { folder?: string },
): Promise<LocalDynamoDb> {
  const server = dynalite({ ...(folder ? { path: folder } : {}), createTableMs: 0 });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // Idle connections are kept as long as the clients keep theirs, or a request would meet a closing one.
  server.keepAliveTimeout = 60_000;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new DynamoDBClient({ ...config, endpoint: url });
  const close = async () => {
    client.destroy();
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  try {
    for (const table of tables) await ensureTable(client, table);
  } catch (error) {
    await close();
    throw error;
  }
  return { url, close };
}

async function ensureTable(client: DynamoDBClient, { id, definition }: TableWiring): Promise<void> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: id }));
    if (JSON.stringify(Table?.KeySchema) === JSON.stringify(definition.KeySchema)) return;
    throw new Error(`the data folder holds a table ${id} with other keys: start with a new RXSCAN_DATA`);
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  const { AttributeDefinitions, KeySchema, BillingMode, GlobalSecondaryIndexes, LocalSecondaryIndexes } =
    definition;
  await client.send(
    new CreateTableCommand({
      TableName: id,
      AttributeDefinitions,
      KeySchema,
      BillingMode,
      ...(GlobalSecondaryIndexes ? { GlobalSecondaryIndexes: GlobalSecondaryIndexes.map(indexOf) } : {}),
      ...(LocalSecondaryIndexes ? { LocalSecondaryIndexes: LocalSecondaryIndexes.map(indexOf) } : {}),
    }),
  );
}

/** Without what is undefined, which the SDK's types do not take. */
const indexOf = ({ Projection: { ProjectionType, NonKeyAttributes }, ...index }: IndexWiring) => ({
  ...index,
  Projection: { ProjectionType, ...(NonKeyAttributes ? { NonKeyAttributes } : {}) },
});
