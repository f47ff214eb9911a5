import { batchStore, tallyStore } from "../aws/batch-table.ts";
import { dynamoDb, sqs } from "../aws/clients.ts";
import { batchesQueue } from "../aws/queues.ts";
import type { SheetEndedParts } from "../core/batches/stores.ts";

/** What every function that takes a batch's life further works with. */
export function batchParts(env: {
  BATCH_TABLE: string;
  BATCHES_QUEUE_URL: string;
}): SheetEndedParts & { now: () => number } {
  return {
    batches: batchStore(dynamoDb(), env.BATCH_TABLE),
    tally: tallyStore(dynamoDb(), env.BATCH_TABLE),
    batchesQueue: batchesQueue(sqs(), env.BATCHES_QUEUE_URL),
    now: Date.now,
  };
}
