import { bury } from "./job.ts";
import { change, type JobStore } from "./stores.ts";

/**
 * Records on its job that a message was given up by the queue: the job ends as failed, so that nobody waits for it.
 * @param sentAt when the message was first sent, ms
 * @returns whether that ended the job
 */
export async function buryPage(
  jobId: string,
  page: number,
  sentAt: number,
  jobs: JobStore,
  now: () => number,
): Promise<boolean> {
  const buried = await change(jobs, jobId, (job) => {
    const ended = bury(job, page, sentAt, now());
    return ended && { job: ended, told: null };
  });
  return buried !== null;
}
