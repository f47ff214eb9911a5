import type { Bucket, Service } from "./service.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html, as far as this server goes. */
export type LifecycleRule = {
  readonly prefix?: string;
  /** Objects older than this are deleted; in a versioned bucket with all their versions. */
  readonly expireAfterDays?: number;
  /** Multipart uploads opened longer ago than this are aborted, whatever their prefix. */
  readonly abortUploadsAfterDays?: number;
};

const DAY_MS = 24 * 60 * 60 * 1000;
/** An upload is remembered at least so long after its start, so that completing it twice answers the same. */
const DEFAULT_UPLOAD_DAYS = 7;
/** So many objects are deleted between two turns of the event loop. */
const BATCH = 500;

/** Deletes what is over its time. No event is sent for it. */
export async function expire(service: Service): Promise<void> {
  for (const bucket of service.buckets.values()) {
    await expireUploads(service, bucket);
    for (const rule of bucket.lifecycle ?? []) {
      if (rule.expireAfterDays !== undefined) {
        await expireObjects(service, bucket, rule.prefix ?? "", daysAgo(service, rule.expireAfterDays));
      }
    }
  }
}

async function expireUploads(service: Service, bucket: Bucket): Promise<void> {
  const days = (bucket.lifecycle ?? []).flatMap((rule) => rule.abortUploadsAfterDays ?? []);
  const oldest = daysAgo(service, Math.min(DEFAULT_UPLOAD_DAYS, ...days));
  for (const { uploadId } of service.uploads.startedBefore(bucket.name, oldest)) {
    await service.files.remove(service.catalog.transaction(() => service.uploads.forget(uploadId)));
  }
}

async function expireObjects(service: Service, bucket: Bucket, prefix: string, oldest: Date): Promise<void> {
  for (;;) {
    const gone = service.catalog.transaction(() =>
      service.catalog.forgetOlder(bucket.name, prefix, oldest, BATCH),
    );
    for (const pieces of gone) await service.files.remove(pieces);
    if (gone.length < BATCH) return;
  }
}

function daysAgo(service: Service, days: number): Date {
  return new Date(service.now().getTime() - days * DAY_MS);
}
