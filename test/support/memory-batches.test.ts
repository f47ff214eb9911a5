import { archiveStoreKeepsItsPromises } from "./archive-contract.ts";
import { batchStoresKeepTheirPromises } from "./batch-stores-contract.ts";
import {
  memoryArchive,
  memoryBatches,
  memorySheetResults,
  memorySheets,
  memoryTally,
} from "./memory-batches.ts";

batchStoresKeepTheirPromises("memory", async () => ({
  batches: memoryBatches(),
  tally: memoryTally(),
  sheets: memorySheets(),
  results: memorySheetResults(),
}));
archiveStoreKeepsItsPromises("memory", async () => ({ archives: memoryArchive() }));
