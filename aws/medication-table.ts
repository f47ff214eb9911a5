import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from "@aws-sdk/lib-dynamodb";
import { medication } from "../contract/medications.ts";
import { medicationTable } from "../contract/tables.ts";
import type { MedicationStore, StoredMedication } from "../core/jobs/stores.ts";
import { unlessRefused, versionedWrites } from "./items.ts";

/**
 * Medications in DynamoDB: partitioned by the person, sorted by id and so by age. What only a key or a condition needs
 * stands beside the medication.
 */
export function medicationStore(client: DynamoDBDocumentClient, table: string): MedicationStore {
  return {
    async keep(made) {
      await unlessRefused(
        client.send(
          new PutCommand({
            TableName: table,
            Item: itemOf(made),
            ConditionExpression: "attribute_not_exists(id) OR (#round < :round AND touched = :no)",
            ExpressionAttributeNames: { "#round": "round" },
            ExpressionAttributeValues: { ":round": made.round, ":no": false },
          }),
        ),
      );
    },

    async read(owner, id) {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { owner, id }, ConsistentRead: true }),
      );
      return Item ? medicationOf(Item) : null;
    },

    async list(owner, limit, after) {
      const { Items } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "#owner = :owner",
          ExpressionAttributeNames: { "#owner": "owner" },
          ExpressionAttributeValues: { ":owner": owner },
          ScanIndexForward: false,
          Limit: limit,
          ...(after === undefined ? {} : { ExclusiveStartKey: { owner, id: after } }),
        }),
      );
      return (Items ?? []).map(medicationOf);
    },

    replace: versionedWrites(client, table, medicationTable.partitionKey, itemOf).replace,

    remove: (owner, id, version) =>
      unlessRefused(
        client.send(
          new DeleteCommand({
            TableName: table,
            Key: { owner, id },
            ...(version === undefined
              ? { ConditionExpression: "attribute_exists(id)" }
              : {
                  ConditionExpression: "version = :seen",
                  ExpressionAttributeValues: { ":seen": version },
                }),
          }),
        ),
      ),

    async ofJob(owner, idPrefix) {
      const { Items } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "#owner = :owner AND begins_with(id, :prefix)",
          ExpressionAttributeNames: { "#owner": "owner" },
          ExpressionAttributeValues: { ":owner": owner, ":prefix": idPrefix },
          ConsistentRead: true,
        }),
      );
      return (Items ?? []).map(medicationOf);
    },
  };
}

function itemOf({ owner, version, round, ...rest }: StoredMedication): Record<string, unknown> {
  const touched = rest.history.some((entry) => entry.action !== "read");
  return { owner, id: rest.id, version, round, touched, medication: rest };
}

function medicationOf(item: Record<string, unknown>): StoredMedication {
  const { owner, version, round } = item;
  return {
    ...medication.parse(item.medication),
    owner: String(owner),
    version: Number(version),
    round: Number(round),
  };
}
