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

/** Batches, and beside each its tally: counts that workers add to (sort key `part`). */
export const batchTable = {
  partitionKey: "batch_id",
  sortKey: "part",
  parts: ["batch", "tally"],
  timeToLive: "expires_at",
  unfinishedIndex: jobTable.unfinishedIndex,
  shards: jobTable.shards,
  /** A person's batches, newest first. Sparse: only the batches themselves are in it. */
  ownerIndex: { name: "owners", partitionKey: "owner", sortKey: "created_at" },
} as const;

/** Sheets, in their batch's order. */
export const sheetTable = {
  partitionKey: "batch_id",
  sortKey: "index",
  timeToLive: "expires_at",
  /**
   * A local index, because it can be read consistently: sheets by checksum, size and index, so that the first of
   * several alike is found for certain.
   */
  contentIndex: { name: "contents", sortKey: "content" },
  /** Sparse: sheets that have ended otherwise than simply completed, as `<batch_id>/<filter>`. */
  filterIndex: { name: "filters", partitionKey: "filter", sortKey: "index" },
  /** Sheets by `<owner>/<task_id>`, then by batch and index. */
  taskIndex: { name: "tasks", partitionKey: "task", sortKey: "task_order" },
} as const;

/** What was read from each sheet: apart from the sheets, which are counted and claimed while this is large. */
export const sheetResultTable = {
  partitionKey: "batch_id",
  sortKey: "index",
  timeToLive: "expires_at",
} as const;
