import "../support/handler-environment.ts";
import {
  DeleteObjectsCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NotFound,
  S3Client,
} from "@aws-sdk/client-s3";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from "@aws-sdk/lib-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { deletionReceipt, retryResponse } from "../../contract/scans.ts";
import type { Job } from "../../core/jobs/job.ts";
import type { StoredMedication } from "../../core/jobs/stores.ts";
import { handler as deleteScan } from "../../lambdas/delete-scan/handler.ts";
import { handler as retryScan } from "../../lambdas/retry-scan/handler.ts";
import { ask, problemIn } from "../support/answers.ts";
import { bookedJob, completedJob, corrected, JOB_ID, stored, T0 } from "../support/builders.ts";
import { httpEvent } from "../support/events.ts";

const dynamoDb = mockClient(DynamoDBDocumentClient);
const s3 = mockClient(S3Client);
const sqs = mockClient(SQSClient);
beforeEach(() => {
  vi.useFakeTimers({ now: T0, toFake: ["Date"] });
  for (const client of [dynamoDb, s3, sqs]) client.reset();
  dynamoDb.on(PutCommand).resolves({});
  dynamoDb.on(DeleteCommand).resolves({});
  dynamoDb.on(QueryCommand).resolves({ Items: [] });
  s3.on(HeadObjectCommand).resolves({});
  sqs.on(SendMessageBatchCommand).resolves({});
});

function there(job: Job | null, medications: StoredMedication[] = []): void {
  dynamoDb.on(GetCommand).resolves(job ? { Item: { job } } : {});
  const Items = medications.map(({ owner, version, round, ...medication }) => ({
    owner,
    version,
    round,
    id: medication.id,
    medication,
  }));
  dynamoDb.on(QueryCommand).resolves({ Items });
}
const retry = () => ask(retryScan, httpEvent("POST /meds/extract/{job_id}/retry", { job_id: JOB_ID }));
const remove = () => ask(deleteScan, httpEvent("DELETE /meds/extract/{job_id}", { job_id: JOB_ID }));

describe("POST /meds/extract/{job_id}/retry", () => {
  it("answers 202 once the job's next round is written and every page is sent for", async () => {
    there(completedJob({ pages: 2 }));
    const answer = await retry();
    expect(answer.status).toBe(202);
    expect(answer.headers.Location).toBe(retryResponse.parse(answer.body).poll_url);
    expect(dynamoDb.commandCalls(PutCommand)[0]?.args[0].input.Item).toMatchObject({
      job: { status: "pending", round: 2 },
    });
    const bodies = sqs.commandCalls(SendMessageBatchCommand)[0]?.args[0].input.Entries ?? [];
    expect(bodies.map(({ MessageBody }) => JSON.parse(MessageBody ?? ""))).toEqual([
      { type: "read_page", job_id: JOB_ID, page: 1 },
      { type: "read_page", job_id: JOB_ID, page: 2 },
    ]);
  });

  it("is 409 while the scan is running, and changes nothing", async () => {
    there(bookedJob());
    expect(problemIn(await retry())).toMatchObject({ status: 409, code: "job_running", job_id: JOB_ID });
    expect(dynamoDb.commandCalls(PutCommand)).toHaveLength(0);
  });

  it("is 409 when a photo is not there any more, or a person has reviewed what was read", async () => {
    there(completedJob());
    s3.on(HeadObjectCommand).rejects(new NotFound({ message: "", $metadata: {} }));
    expect(problemIn(await retry()).code).toBe("photo_missing");
    there(completedJob(), [corrected(stored())]);
    expect(problemIn(await retry()).code).toBe("medication_reviewed");
  });

  it("is 404 for somebody else's scan", async () => {
    there(completedJob({ owner: "stranger" }));
    expect(problemIn(await retry()).code).toBe("job_not_found");
  });
});

describe("DELETE /meds/extract/{job_id}", () => {
  it("answers a receipt of every object and record", async () => {
    there(completedJob(), [stored()]);
    s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: `scans/${JOB_ID}/pages/1/original` }] });
    s3.on(DeleteObjectsCommand).resolves({});
    const answer = await remove();
    expect(answer.status).toBe(200);
    expect(deletionReceipt.parse(answer.body)).toEqual({
      job_id: JOB_ID,
      deleted_at: expect.any(String),
      objects: [`scans/${JOB_ID}/pages/1/original`],
      records: [`job/${JOB_ID}`, `medication/${stored().id}`],
    });
  });

  it("says that something went wrong when an object is still there, and keeps the job's record for another try", async () => {
    there(completedJob());
    s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: "k" }] });
    s3.on(DeleteObjectsCommand).resolves({ Errors: [{ Key: "k", Code: "InternalError" }] });
    expect(problemIn(await remove()).status).toBe(500);
    expect(dynamoDb.commandCalls(DeleteCommand)).toHaveLength(0);
  });

  it("is 404 for somebody else's scan, of which nothing is touched", async () => {
    there(completedJob({ owner: "stranger" }));
    expect(problemIn(await remove()).code).toBe("job_not_found");
    expect(s3.calls()).toHaveLength(0);
  });
});
