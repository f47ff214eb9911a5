import { pageKey } from "../../contract/object-keys.ts";
import { inspect } from "./job.ts";
import { type RemoveScanParts, removeScan } from "./remove-scan.ts";
import { change, type ReadQueue } from "./stores.ts";

export type SweepParts = RemoveScanParts & { queue: ReadQueue };
export type SweepReport = { looked_at: number; ended: number; sent: number; removed: number; failed: number };

/** Jobs looked at side by side: each is a handful of small requests. */
const AT_ONCE = 8;

/**
 * Looks at every job that is due: ends the ones whose photos never came or whose attempts are used up, sends again for
 * pages whose worker died or whose message was lost, and sees interrupted removals through. One job's trouble does not
 * keep it from the others: that job stays due.
 * @param takeAll looks at every unfinished job and takes running leases as lost
 */
export async function sweep(parts: SweepParts, takeAll = false): Promise<SweepReport> {
  const report: SweepReport = { looked_at: 0, ended: 0, sent: 0, removed: 0, failed: 0 };
  const due: string[] = [];
  for await (const id of parts.jobs.due(takeAll ? Number.POSITIVE_INFINITY : parts.now())) due.push(id);
  const next = due[Symbol.iterator]();
  const worker = async () => {
    for (const id of next) {
      report.looked_at += 1;
      try {
        await look(id, parts, takeAll, report);
      } catch {
        report.failed += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return report;
}

async function look(id: string, parts: SweepParts, takeAll: boolean, report: SweepReport): Promise<void> {
  const { jobs, photos, queue, now, leaseMs } = parts;
  const found = await jobs.read(id);
  if (!found) return;
  if (found.deleting) {
    await removeScan(id, parts);
    report.removed += 1;
    return;
  }
  const arrived = await Promise.all(
    found.pages.map((page, index) =>
      page.state === "waiting" ? photos.exists(pageKey(id, index + 1, "original")) : true,
    ),
  );
  const changed = await change(jobs, id, (job) => {
    if (job.deleting) return null;
    const made = inspect(job, arrived, now(), leaseMs, takeAll);
    return made.kind === "nothing" ? null : { job: made.job, told: made };
  });
  if (!changed) return;
  if (changed.told.kind === "ended") report.ended += 1;
  if (changed.told.kind === "nudged") {
    const messages = changed.told.pages.map((page) => ({ type: "read_page" as const, job_id: id, page }));
    await queue.request(messages);
    report.sent += messages.length;
  }
}
