import { pageKey } from "../../contract/object-keys.ts";
import { ProblemError } from "../../contract/problems.ts";
import { isOpen, type Job, retry } from "./job.ts";
import { medicationIdPrefix } from "./medication-id.ts";
import { change, type JobStore, type MedicationStore, type PhotoStore, type ReadQueue } from "./stores.ts";

export type RetryScanParts = {
  jobs: JobStore;
  medications: Pick<MedicationStore, "ofJob">;
  photos: Pick<PhotoStore, "exists">;
  queue: ReadQueue;
  now: () => number;
  leaseMs: number;
};

/**
 * Sends an ended scan's kept photos to be read again.
 * @throws ProblemError job_running, photo_missing, medication_reviewed
 */
export async function retryScan(found: Job, parts: RetryScanParts): Promise<void> {
  const { jobs, medications, photos, queue, now, leaseMs } = parts;
  const job_id = found.id;
  if (isOpen(found)) throw new ProblemError("job_running", { job_id });
  const made = await medications.ofJob(found.owner, medicationIdPrefix(found));
  if (made.some((one) => one.history.some((entry) => entry.action !== "read"))) {
    throw new ProblemError("medication_reviewed", { job_id });
  }
  const numbers = found.pages.map((_, index) => index + 1);
  const there = await Promise.all(numbers.map((page) => photos.exists(pageKey(job_id, page, "original"))));
  if (!there.every(Boolean)) throw new ProblemError("photo_missing", { job_id });
  const begun = await change(jobs, job_id, (job) => {
    const again = retry(job, now(), leaseMs);
    return again && { job: again, told: null };
  });
  if (!begun) throw new ProblemError("job_running", { job_id });
  // Should this fail, the sweeper finds the job due and sends for its pages.
  await queue.request(numbers.map((page) => ({ type: "read_page", job_id, page })));
}
