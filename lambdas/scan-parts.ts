import { dynamoDb, s3 } from "../aws/clients.ts";
import { jobStore } from "../aws/job-table.ts";
import { medicationStore } from "../aws/medication-table.ts";
import { photoStore } from "../aws/photo-bucket.ts";
import type { RemoveScanParts } from "../core/jobs/remove-scan.ts";

type Named = {
  JOB_TABLE: string;
  MEDICATION_TABLE: string;
  PHOTO_BUCKET: string;
  READ_LEASE_SECONDS: number;
};

/** What every function that takes a scan's life further works with. */
export function scanParts(env: Named): RemoveScanParts {
  return {
    jobs: jobStore(dynamoDb(), env.JOB_TABLE),
    medications: medicationStore(dynamoDb(), env.MEDICATION_TABLE),
    photos: photoStore(s3(), env.PHOTO_BUCKET),
    now: Date.now,
    leaseMs: env.READ_LEASE_SECONDS * 1000,
  };
}
