import { dynamoDb, s3 } from "../../aws/clients.ts";
import { jobStore } from "../../aws/job-table.ts";
import { medicationStore } from "../../aws/medication-table.ts";
import { photoStore } from "../../aws/photo-bucket.ts";
import { readEnvironment } from "../../contract/environment.ts";
import { ProblemError } from "../../contract/problems.ts";
import { removeScan } from "../../core/jobs/remove-scan.ts";
import { httpHandler } from "../http.ts";
import { ownJob } from "../scan-views.ts";

const env = readEnvironment(["JOB_TABLE", "MEDICATION_TABLE", "PHOTO_BUCKET", "READ_LEASE_SECONDS"]);
const parts = {
  jobs: jobStore(dynamoDb(), env.JOB_TABLE),
  medications: medicationStore(dynamoDb(), env.MEDICATION_TABLE),
  photos: photoStore(s3(), env.PHOTO_BUCKET),
  now: Date.now,
  leaseMs: env.READ_LEASE_SECONDS * 1000,
};

export const handler = httpHandler("delete-scan", {
  async deleteScan(call) {
    const job = await ownJob(parts.jobs, call.parameter("job_id"), call.owner);
    const receipt = await removeScan(job.id, parts);
    if (!receipt) throw new ProblemError("job_not_found");
    return { status: 200, body: receipt };
  },
});
