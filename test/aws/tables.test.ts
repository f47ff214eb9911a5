import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { jobStore } from "../../aws/job-table.ts";
import { medicationStore } from "../../aws/medication-table.ts";
import { jobTable, medicationTable } from "../../contract/tables.ts";
import { expiresAt } from "../../core/jobs/job.ts";
import { synthesize } from "../../lib/synthesize.ts";
import { startDynamoDb } from "../../local/dynamodb.ts";
import { type TableWiring, wiringOf } from "../../local/template.ts";
import { bookedJob } from "../support/builders.ts";
import { storesKeepTheirPromises } from "../support/stores-contract.ts";

const CONFIG = { region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };

function tableOf(tables: readonly TableWiring[], partitionKey: string): string {
  const found = tables.find(({ definition }) => definition.KeySchema[0]?.AttributeName === partitionKey);
  if (!found) throw new Error(`no table is partitioned by ${partitionKey}`);
  return found.id;
}

/** The tables of the synthesized template, over DynamoDB's own protocol. */
let client: DynamoDBDocumentClient;
let jobs = "";
async function open() {
  const { tables } = wiringOf(synthesize());
  const server = await startDynamoDb(tables, CONFIG);
  client = DynamoDBDocumentClient.from(new DynamoDBClient({ ...CONFIG, endpoint: server.url }), {
    marshallOptions: { removeUndefinedValues: true },
  });
  jobs = tableOf(tables, jobTable.partitionKey);
  return {
    jobs: jobStore(client, jobs),
    medications: medicationStore(client, tableOf(tables, medicationTable.partitionKey)),
    close: async () => {
      client.destroy();
      await server.close();
    },
  };
}

storesKeepTheirPromises("DynamoDB", open);

describe("a job's item", () => {
  it("says in whole seconds when DynamoDB may remove it, never before its 30 days are over", async () => {
    const job = bookedJob({ id: "00000000-0000-4000-8000-000000000001" }, 1_767_604_500_001);
    await jobStore(client, jobs).create(job);
    const { Item } = await client.send(new GetCommand({ TableName: jobs, Key: { job_id: job.id } }));
    const seconds = Item?.[jobTable.timeToLive];
    expect(Number.isInteger(seconds)).toBe(true);
    expect(seconds * 1000).toBeGreaterThanOrEqual(expiresAt(job));
    expect(seconds * 1000 - expiresAt(job)).toBeLessThan(1000);
  });
});
