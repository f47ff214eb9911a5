import { readEnvironment } from "../../contract/environment.ts";
import { ProblemError } from "../../contract/problems.ts";
import { removeScan } from "../../core/jobs/remove-scan.ts";
import { httpHandler } from "../http.ts";
import { scanParts } from "../scan-parts.ts";
import { ownJob } from "../scan-views.ts";

const env = readEnvironment(["JOB_TABLE", "MEDICATION_TABLE", "PHOTO_BUCKET", "READ_LEASE_SECONDS"]);
const parts = scanParts(env);

export const handler = httpHandler("delete-scan", {
  async deleteScan(call) {
    const job = await ownJob(parts.jobs, call.parameter("job_id"), call.owner);
    const receipt = await removeScan(job.id, parts);
    if (!receipt) throw new ProblemError("job_not_found");
    return { status: 200, body: receipt };
  },
});
