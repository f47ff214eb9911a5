import { randomUUID } from "node:crypto";
import { pageKey } from "../../contract/object-keys.ts";
import { ProblemError } from "../../contract/problems.ts";
import { type BookScanRequest, MAX_PHOTO_BYTES, photoTypes, type Upload } from "../../contract/scans.ts";
import { base64Of, fingerprintOf, idOfKey } from "../booking.ts";
import { book, extendUpload, isGone, isOpen, type Job } from "./job.ts";
import { change, type JobStore } from "./stores.ts";

/** What an upload URL is bound to: the PUT must carry exactly this. */
export type UploadTerms = {
  key: string;
  contentType: string;
  /** Bytes. */
  size: number;
  /** Base64. */
  sha256?: string;
  seconds: number;
};
export type UploadSigner = (terms: UploadTerms) => Promise<{ url: string; headers: Record<string, string> }>;

type Booking = { owner: string; request: BookScanRequest; idempotencyKey?: string | undefined };
type BookScanParts = { jobs: JobStore; signUpload: UploadSigner; uploadSeconds: number; now: () => number };

/**
 * Books a job and signs an upload URL for each photo. A booking repeated under its Idempotency-Key answers the same
 * job, with fresh URLs for the photos that are still to come.
 * @throws ProblemError not_an_image, file_too_large, idempotency_key_reused
 */
export async function bookScan(
  { owner, request, idempotencyKey }: Booking,
  { jobs, signUpload, uploadSeconds, now }: BookScanParts,
): Promise<{ job: Job; uploads: Upload[] }> {
  checkFiles(request);
  const fingerprint = fingerprintOf(request.files);
  const id = idempotencyKey === undefined ? randomUUID() : idOfKey(owner, idempotencyKey);
  const wanted = book({ id, owner, pages: request.files.length, fingerprint, uploadSeconds }, now());
  const job = (await jobs.create(wanted))
    ? wanted
    : await bookedBefore(id, fingerprint, { jobs, now, uploadSeconds });
  const expires_at = new Date(job.upload_expires_at).toISOString();
  const waiting = request.files.flatMap((file, index) =>
    isOpen(job) && job.pages[index]?.state === "waiting" ? [{ file, page: index + 1 }] : [],
  );
  const uploads = await Promise.all(
    waiting.map(async ({ file, page }): Promise<Upload> => {
      const terms: UploadTerms = {
        key: pageKey(job.id, page, "original"),
        contentType: file.content_type,
        size: file.size,
        seconds: uploadSeconds,
        ...(file.sha256 === undefined ? {} : { sha256: base64Of(file.sha256) }),
      };
      return { page, method: "PUT", ...(await signUpload(terms)), expires_at };
    }),
  );
  return { job, uploads };
}

function checkFiles(request: BookScanRequest): void {
  const wrongType = request.files.flatMap((file, index) =>
    (photoTypes as readonly string[]).includes(file.content_type)
      ? []
      : [{ path: `files.${index}.content_type`, message: `must be one of ${photoTypes.join(", ")}` }],
  );
  if (wrongType.length > 0) throw new ProblemError("not_an_image", { errors: wrongType });
  const tooLarge = request.files.flatMap((file, index) =>
    file.size > MAX_PHOTO_BYTES
      ? [{ path: `files.${index}.size`, message: `is over ${MAX_PHOTO_BYTES} bytes` }]
      : [],
  );
  if (tooLarge.length > 0) throw new ProblemError("file_too_large", { errors: tooLarge });
}

async function bookedBefore(
  id: string,
  fingerprint: string,
  { jobs, now, uploadSeconds }: Pick<BookScanParts, "jobs" | "now" | "uploadSeconds">,
): Promise<Job> {
  const changed = await change(jobs, id, (job) => {
    if (isGone(job, now())) return null;
    if (job.fingerprint !== fingerprint) throw new ProblemError("idempotency_key_reused", { job_id: id });
    const extended = extendUpload(job, now() + uploadSeconds * 1000);
    return { job: extended ?? job, told: null };
  });
  // Being deleted at this very moment, or past its time and not yet swept: its key is free again shortly.
  if (!changed) throw new ProblemError("unavailable", { job_id: id });
  return changed.job;
}
