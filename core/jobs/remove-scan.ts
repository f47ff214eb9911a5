import { scanPrefix } from "../../contract/object-keys.ts";
import type { DeletionReceipt } from "../../contract/scans.ts";
import { isHeld, type Job, startDeleting } from "./job.ts";
import { medicationIdPrefix } from "./medication-id.ts";
import { change, type JobStore, type MedicationStore, type PhotoStore } from "./stores.ts";

export type RemoveScanParts = {
  jobs: JobStore;
  medications: MedicationStore;
  photos: PhotoStore;
  now: () => number;
  leaseMs: number;
};

/**
 * Removes a scan with its photos, readings and medications. The job is hidden first and its record goes last, so that
 * an interrupted removal is seen through by the sweeper and nothing is ever left without an owner. While a worker may
 * still be at the scan its record stays, hidden and without anything that was read: the sweeper comes once the lease is
 * over and takes what that worker may have put there since.
 * @returns the receipt; null when the job is gone already
 */
export async function removeScan(jobId: string, parts: RemoveScanParts): Promise<DeletionReceipt | null> {
  const { jobs, now, leaseMs } = parts;
  const hidden = await change(jobs, jobId, (job: Job) => ({
    job: job.deleting ? job : startDeleting(job, now(), leaseMs),
    told: null,
  }));
  if (!hidden) return null;
  const { objects, records } = await removeContents(hidden.job, parts);
  if (!isHeld(hidden.job, now())) await jobs.remove(jobId);
  return {
    job_id: jobId,
    deleted_at: new Date(now()).toISOString(),
    objects,
    records: [`job/${jobId}`, ...records],
  };
}

/** Removes what was made of a scan: its medications and its objects. */
export async function removeContents(
  job: Job,
  { medications, photos }: Pick<RemoveScanParts, "medications" | "photos">,
): Promise<Pick<DeletionReceipt, "objects" | "records">> {
  const records: string[] = [];
  for (const { owner, id } of await medications.ofJob(job.owner, medicationIdPrefix(job))) {
    if (await medications.remove(owner, id)) records.push(`medication/${id}`);
  }
  return { objects: await photos.removeAll(scanPrefix(job.id)), records };
}
