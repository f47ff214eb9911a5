import { ProblemError } from "../contract/problems.ts";
import { jobId, type ScanStatus } from "../contract/scans.ts";
import { isGone, isOpen, type Job } from "../core/jobs/job.ts";
import type { JobStore } from "../core/jobs/stores.ts";

/** How a job looks from outside. */

export const statusPath = (id: string): string => `/meds/extract/${id}/status`;

/** Seconds until it is worth asking again: the least there is, for a label is often read within one. */
export const retryAfter = (job: Job): Record<string, string> => (isOpen(job) ? { "Retry-After": "1" } : {});

/**
 * The person's job.
 * @throws ProblemError job_not_found, alike for one that never was, one that is gone and somebody else's
 */
export async function ownJob(jobs: Pick<JobStore, "read">, id: string, owner: string): Promise<Job> {
  const job = jobId.safeParse(id).success ? await jobs.read(id) : null;
  if (!job || job.owner !== owner || isGone(job, Date.now())) throw new ProblemError("job_not_found");
  return job;
}

export function scanStatusOf(job: Job): ScanStatus {
  return {
    job_id: job.id,
    status: job.status,
    created_at: new Date(job.created_at).toISOString(),
    pages: job.pages.map((page, index) => ({
      page: index + 1,
      state: page.state,
      ...(page.state === "read" ? { width: page.width, height: page.height, quality: page.quality } : {}),
    })),
    ...(isOpen(job) ? {} : { completed_at: new Date(job.completed_at).toISOString() }),
    ...(job.status === "completed"
      ? {
          ...(job.results[0] ? { result: job.results[0] } : {}),
          results: job.results,
          ocr_text: job.ocr_text,
        }
      : {}),
    ...(job.status === "failed" ? { error: job.error } : {}),
  };
}
