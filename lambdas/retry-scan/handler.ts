import { sqs } from "../../aws/clients.ts";
import { readQueue } from "../../aws/queues.ts";
import { readEnvironment } from "../../contract/environment.ts";
import { retryScan } from "../../core/jobs/retry-scan.ts";
import { httpHandler } from "../http.ts";
import { scanParts } from "../scan-parts.ts";
import { ownJob, statusPath } from "../scan-views.ts";

const env = readEnvironment([
  "JOB_TABLE",
  "MEDICATION_TABLE",
  "PHOTO_BUCKET",
  "SCANS_QUEUE_URL",
  "READ_LEASE_SECONDS",
]);
const parts = { ...scanParts(env), queue: readQueue(sqs(), env.SCANS_QUEUE_URL) };

export const handler = httpHandler("retry-scan", {
  async retryScan(call) {
    const job = await ownJob(parts.jobs, call.parameter("job_id"), call.owner);
    await retryScan(job, parts);
    const poll_url = statusPath(job.id);
    const message = "The kept photos are being read again: follow poll_url.";
    return {
      status: 202,
      headers: { Location: poll_url },
      body: { job_id: job.id, status: "pending", message, poll_url },
    };
  },
});
