/** Names that the tables' definitions and the code that reads them must share. */

export const jobTable = {
  partitionKey: "job_id",
  /** DynamoDB removes the item some time after this epoch second. */
  timeToLive: "expires_at",
  /** Sparse: only unfinished jobs are in it. Partitioned by shard so that no one partition takes every booking. */
  unfinishedIndex: { name: "unfinished", partitionKey: "open", sortKey: "due_at" },
  shards: ["0", "1", "2", "3"],
} as const;

export const medicationTable = { partitionKey: "owner", sortKey: "id" } as const;
