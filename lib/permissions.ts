import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { BATCHES_PREFIX, CANARY_PREFIX, SCANS_PREFIX } from "../contract/object-keys.ts";
import { batchTable, jobTable, sheetTable } from "../contract/tables.ts";
import { type FunctionName, give } from "./function-parts.ts";
import type { Lanes } from "./lanes.ts";
import type { PhotoStore } from "./photo-store.ts";
import type { Records } from "./records.ts";
import { expandLeaseSeconds, readLeaseSeconds, type Settings } from "./settings.ts";

/**
 * Which function is told of what, and what it may do there: all of it on one page. (What a function needs to be fed
 * from a queue comes with its event source.)
 */
export function grantEach(
  functions: Readonly<Record<FunctionName, LambdaFunction>>,
  {
    photos,
    lanes,
    records,
    settings,
  }: { photos: PhotoStore; lanes: Lanes; records: Records; settings: Settings },
): void {
  const { scans, batches, sheets } = lanes;
  const readLease = readLeaseSeconds(settings);

  const book = functions["book-scan"];
  records.giveJobs(book, "GetItem", "PutItem");
  // A presigned URL can do what its signer may do: no more than to put a photo.
  photos.giveTo(book, SCANS_PREFIX, "PutObject");
  give(book, "UPLOAD_URL_SECONDS", settings.uploadUrlSeconds);

  const status = functions["scan-status"];
  records.giveJobs(status, "GetItem");
  photos.giveTo(status, SCANS_PREFIX, "GetObject");
  photos.allowListing(status, SCANS_PREFIX);

  const retry = functions["retry-scan"];
  records.giveJobs(retry, "GetItem", "PutItem");
  records.giveMedications(retry, "Query");
  photos.giveTo(retry, SCANS_PREFIX, "GetObject");
  photos.allowListing(retry, SCANS_PREFIX);
  scans.giveTo(retry, "SendMessage");
  give(retry, "READ_LEASE_SECONDS", readLease);

  const remove = functions["delete-scan"];
  records.giveJobs(remove, "GetItem", "PutItem", "DeleteItem");
  records.giveMedications(remove, "Query", "DeleteItem");
  photos.giveTo(remove, SCANS_PREFIX, "DeleteObject");
  photos.allowListing(remove, SCANS_PREFIX);
  give(remove, "READ_LEASE_SECONDS", readLease);

  records.giveMedications(functions.medications, "GetItem", "Query", "PutItem", "DeleteItem");

  photos.giveTo(functions["upload-canary"], CANARY_PREFIX, "PutObject", "GetObject", "DeleteObject");

  const upload = functions["batch-upload"];
  records.giveBatches(upload, "GetItem", "PutItem");
  // What presigned URLs and the putting together of their parts take, and giving an upload up.
  photos.giveTo(
    upload,
    BATCHES_PREFIX,
    "PutObject",
    "GetObject",
    "DeleteObject",
    "AbortMultipartUpload",
    "ListMultipartUploadParts",
  );
  photos.allowListing(upload, BATCHES_PREFIX);
  batches.giveTo(upload, "SendMessage");
  give(upload, "UPLOAD_URL_SECONDS", settings.uploadUrlSeconds);

  const progress = functions["batch-status"];
  records.giveBatches(progress, "GetItem");
  records.allowFinding(progress, "batches", batchTable.ownerIndex);
  records.giveSheets(progress, "Query");
  records.allowFinding(progress, "sheets", sheetTable.filterIndex);
  records.allowFinding(progress, "sheets", sheetTable.taskIndex);
  records.giveSheetResults(progress, "BatchGetItem");
  photos.giveTo(progress, BATCHES_PREFIX, "GetObject");
  photos.allowListing(progress, BATCHES_PREFIX);

  const retryBatch = functions["retry-batch"];
  records.giveBatches(retryBatch, "GetItem", "PutItem");
  batches.giveTo(retryBatch, "SendMessage");

  const expander = functions["expand-batch"];
  records.giveBatches(expander, "GetItem", "PutItem", "UpdateItem");
  records.giveSheets(expander, "GetItem", "PutItem", "Query");
  records.giveSheetResults(expander, "BatchGetItem");
  photos.giveTo(expander, BATCHES_PREFIX, "GetObject", "PutObject", "AbortMultipartUpload");
  photos.allowListing(expander, BATCHES_PREFIX);
  batches.giveTo(expander, "SendMessage");
  sheets.giveTo(expander, "SendMessage");
  give(expander, "EXPAND_LEASE_SECONDS", expandLeaseSeconds(settings));

  const sheetReader = functions["read-sheet"];
  records.giveBatches(sheetReader, "GetItem", "UpdateItem");
  records.giveSheets(sheetReader, "GetItem", "PutItem");
  records.allowFinding(sheetReader, "sheets", sheetTable.contentIndex);
  records.giveSheetResults(sheetReader, "PutItem");
  photos.giveTo(sheetReader, BATCHES_PREFIX, "GetObject", "PutObject");
  photos.allowListing(sheetReader, BATCHES_PREFIX);
  batches.giveTo(sheetReader, "SendMessage");
  sheets.giveTo(sheetReader, "ChangeMessageVisibility");
  give(sheetReader, "READ_LEASE_SECONDS", readLease);

  const reader = functions["read-page"];
  records.giveJobs(reader, "GetItem", "PutItem");
  // Query and DeleteItem: a retry may see fewer medications than were seen before.
  records.giveMedications(reader, "PutItem", "Query", "DeleteItem");
  photos.giveTo(reader, SCANS_PREFIX, "GetObject", "PutObject", "DeleteObject");
  photos.allowListing(reader, SCANS_PREFIX);
  scans.giveTo(reader, "ChangeMessageVisibility");
  give(reader, "READ_LEASE_SECONDS", readLease);

  const sweep = functions.sweep;
  records.giveJobs(sweep, "GetItem", "PutItem", "DeleteItem");
  records.allowFinding(sweep, "jobs", jobTable.unfinishedIndex);
  records.giveMedications(sweep, "Query", "DeleteItem");
  photos.giveTo(sweep, SCANS_PREFIX, "GetObject", "DeleteObject");
  photos.allowListing(sweep, SCANS_PREFIX);
  scans.giveTo(sweep, "SendMessage");
  give(sweep, "READ_LEASE_SECONDS", readLease);
  records.giveBatches(sweep, "GetItem", "PutItem");
  records.allowFinding(sweep, "batches", batchTable.unfinishedIndex);
  photos.giveTo(sweep, BATCHES_PREFIX, "GetObject");
  photos.allowListing(sweep, BATCHES_PREFIX);
  batches.giveTo(sweep, "SendMessage");

  const { bury } = functions;
  records.giveJobs(bury, "GetItem", "PutItem");
  // UpdateItem: the tally.
  records.giveBatches(bury, "GetItem", "PutItem", "UpdateItem");
  records.giveSheets(bury, "GetItem", "PutItem");
  batches.giveTo(bury, "SendMessage");
}
