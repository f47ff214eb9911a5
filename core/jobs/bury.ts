import { bury } from "./job.ts";
import { change, type JobStore } from "./stores.ts";

/**
 * Records on its job that a message was given up by the queue: the job ends as failed, so that nobody waits for it.
 * @returns whether that ended the job
 */
export async function buryPage(
  jobId: string,
  page: number,
  jobs: JobStore,
  now: () => number,
): Promise<boolean> {
  const buried = await change(jobs, jobId, (job) => {
    const ended = bury(job, page, now());
    return ended && { job: ended, told: null };
  });
  return buried !== null;
}
