import { fail, isOpen } from "./job.ts";
import { change, type JobStore } from "./stores.ts";

/**
 * Records on its job that a message was given up: the job ends as failed, so that nobody waits for it.
 * @returns whether the job was still open; one that ended in the meantime stays as it is
 */
export async function bury(jobId: string, page: number, jobs: JobStore, now: () => number): Promise<boolean> {
  const buried = await change(jobs, jobId, (job) =>
    isOpen(job) && !job.deleting ? { job: fail(job, "attempts_exhausted", now(), page), told: null } : null,
  );
  return buried !== null;
}
