import { dynamoDb, s3 } from "../../aws/clients.ts";
import { jobStore } from "../../aws/job-table.ts";
import { uploadSigner } from "../../aws/photo-bucket.ts";
import { readEnvironment } from "../../contract/environment.ts";
import { bookScanRequest } from "../../contract/scans.ts";
import { bookScan } from "../../core/jobs/book-scan.ts";
import { httpHandler, idempotencyKeyOf } from "../http.ts";
import { statusPath } from "../scan-views.ts";

const env = readEnvironment(["JOB_TABLE", "PHOTO_BUCKET", "UPLOAD_URL_SECONDS"]);
const parts = {
  jobs: jobStore(dynamoDb(), env.JOB_TABLE),
  signUpload: uploadSigner(s3(), env.PHOTO_BUCKET),
  uploadSeconds: env.UPLOAD_URL_SECONDS,
  now: Date.now,
};

export const handler = httpHandler("book-scan", {
  async bookScan(call) {
    const idempotencyKey = idempotencyKeyOf(call);
    const request = call.body(bookScanRequest);
    const { job, uploads } = await bookScan({ owner: call.owner, request, idempotencyKey }, parts);
    const poll_url = statusPath(job.id);
    const message =
      uploads.length > 0
        ? "PUT each photo to its URL with exactly its headers, then follow poll_url."
        : "This scan was booked before and its photos are here: follow poll_url.";
    return {
      status: 201,
      headers: { Location: poll_url },
      body: { job_id: job.id, status: job.status, message, poll_url, uploads },
    };
  },
});
