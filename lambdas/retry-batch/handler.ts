import { batchStore, tallyStore } from "../../aws/batch-table.ts";
import { dynamoDb, sqs } from "../../aws/clients.ts";
import { batchesQueue } from "../../aws/queues.ts";
import { readEnvironment } from "../../contract/environment.ts";
import { retryBatch } from "../../core/batches/retry-batch.ts";
import { ownBatch, progressPath } from "../batch-views.ts";
import { httpHandler } from "../http.ts";

const env = readEnvironment(["BATCH_TABLE", "BATCHES_QUEUE_URL"]);
const parts = {
  batches: batchStore(dynamoDb(), env.BATCH_TABLE),
  tally: tallyStore(dynamoDb(), env.BATCH_TABLE),
  queue: batchesQueue(sqs(), env.BATCHES_QUEUE_URL),
  now: Date.now,
};

export const handler = httpHandler("retry-batch", {
  async retryFailedSheets(call) {
    const batch = await ownBatch(parts.batches, call.parameter("batch_id"), call.owner);
    await retryBatch(batch, parts);
    const progress_url = progressPath(batch.id);
    const message = "The sheets that failed or were left are being read: follow progress_url.";
    return {
      status: 202,
      headers: { Location: progress_url },
      body: { batch_id: batch.id, message, progress_url },
    };
  },
});
