import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { CANARY_PREFIX, SCANS_PREFIX } from "../contract/object-keys.ts";
import { type FunctionName, give } from "./function-parts.ts";
import type { Lane } from "./lanes.ts";
import type { PhotoStore } from "./photo-store.ts";
import type { Records } from "./records.ts";
import { leaseSeconds, type Settings } from "./settings.ts";

/**
 * Which function is told of what, and what it may do there: all of it on one page. (What a function needs to be fed
 * from a queue comes with its event source.)
 */
export function grantEach(
  functions: Readonly<Record<FunctionName, LambdaFunction>>,
  {
    photos,
    lane,
    records,
    settings,
  }: { photos: PhotoStore; lane: Lane; records: Records; settings: Settings },
): void {
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
  lane.giveTo(retry, "SendMessage");
  give(retry, "READ_LEASE_SECONDS", leaseSeconds(settings));

  const remove = functions["delete-scan"];
  records.giveJobs(remove, "GetItem", "PutItem", "DeleteItem");
  records.giveMedications(remove, "Query", "DeleteItem");
  photos.giveTo(remove, SCANS_PREFIX, "DeleteObject");
  photos.allowListing(remove, SCANS_PREFIX);
  give(remove, "READ_LEASE_SECONDS", leaseSeconds(settings));

  records.giveMedications(functions.medications, "GetItem", "Query", "PutItem", "DeleteItem");

  photos.giveTo(functions["upload-canary"], CANARY_PREFIX, "PutObject", "GetObject", "DeleteObject");

  const reader = functions["read-page"];
  records.giveJobs(reader, "GetItem", "PutItem");
  // Query and DeleteItem: a retry may see fewer medications than were seen before.
  records.giveMedications(reader, "PutItem", "Query", "DeleteItem");
  photos.giveTo(reader, SCANS_PREFIX, "GetObject", "PutObject", "DeleteObject");
  photos.allowListing(reader, SCANS_PREFIX);
  lane.giveTo(reader, "ChangeMessageVisibility");
  give(reader, "READ_LEASE_SECONDS", leaseSeconds(settings));

  const sweep = functions.sweep;
  records.giveJobs(sweep, "GetItem", "PutItem", "DeleteItem");
  records.allowFindingUnfinished(sweep);
  records.giveMedications(sweep, "Query", "DeleteItem");
  photos.giveTo(sweep, SCANS_PREFIX, "GetObject", "DeleteObject");
  photos.allowListing(sweep, SCANS_PREFIX);
  lane.giveTo(sweep, "SendMessage");
  give(sweep, "READ_LEASE_SECONDS", leaseSeconds(settings));

  records.giveJobs(functions.bury, "GetItem", "PutItem");
}
