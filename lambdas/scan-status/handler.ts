import { dynamoDb, s3 } from "../../aws/clients.ts";
import { jobStore } from "../../aws/job-table.ts";
import { downloadUrl, photoStore } from "../../aws/photo-bucket.ts";
import { readEnvironment } from "../../contract/environment.ts";
import { pageImages, pageKey } from "../../contract/object-keys.ts";
import { ProblemError } from "../../contract/problems.ts";
import { httpHandler, names } from "../http.ts";
import { ownJob, retryAfter, scanStatusOf } from "../scan-views.ts";

const env = readEnvironment(["JOB_TABLE", "PHOTO_BUCKET"]);
const jobs = jobStore(dynamoDb(), env.JOB_TABLE);
const photos = photoStore(s3(), env.PHOTO_BUCKET);

/** Long enough to load a picture over a poor connection, short enough to be worthless in a log. */
const PICTURE_URL_SECONDS = 300;

export const handler = httpHandler("scan-status", {
  async getScanStatus(call) {
    const job = await ownJob(jobs, call.parameter("job_id"), call.owner);
    // Every write counts the version up, so it is the entity tag.
    const headers = { ETag: `"${job.version}"`, "Cache-Control": "private, no-cache", ...retryAfter(job) };
    if (names(call.headers["if-none-match"], headers.ETag)) return { status: 304, headers };
    return { status: 200, headers, body: scanStatusOf(job) };
  },

  async getScanResult(call) {
    const job = await ownJob(jobs, call.parameter("job_id"), call.owner);
    if (job.status === "failed") {
      throw new ProblemError(job.error.code, { status: 500, job_id: job.id, detail: job.error.message });
    }
    if (job.status === "completed") return { status: 200, body: job.results[0] };
    return { status: 202, headers: retryAfter(job), body: scanStatusOf(job) };
  },

  async getPageImage(call) {
    const job = await ownJob(jobs, call.parameter("job_id"), call.owner);
    const number = Number(call.parameter("page"));
    const image = pageImages.find((name) => name === call.parameter("image"));
    if (!image || !job.pages[number - 1]) throw new ProblemError("page_not_found", { job_id: job.id });
    const key = pageKey(job.id, number, image);
    if (!(await photos.exists(key))) throw new ProblemError("image_not_ready", { job_id: job.id });
    const Location = await downloadUrl(s3(), env.PHOTO_BUCKET, key, PICTURE_URL_SECONDS);
    return { status: 302, headers: { Location } };
  },
});
