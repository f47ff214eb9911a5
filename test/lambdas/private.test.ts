import "../support/handler-environment.ts";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { routes } from "../../contract/routes.ts";
import { handler as batchStatus } from "../../lambdas/batch-status/handler.ts";
import { handler as batchUpload } from "../../lambdas/batch-upload/handler.ts";
import { handler as bookScan } from "../../lambdas/book-scan/handler.ts";
import { handler as bury } from "../../lambdas/bury/handler.ts";
import { handler as deleteScan } from "../../lambdas/delete-scan/handler.ts";
import { handler as health } from "../../lambdas/health/handler.ts";
import { handler as medications } from "../../lambdas/medications/handler.ts";
import { handler as retryBatch } from "../../lambdas/retry-batch/handler.ts";
import { handler as retryScan } from "../../lambdas/retry-scan/handler.ts";
import { handler as scanStatus } from "../../lambdas/scan-status/handler.ts";
import { handler as sweep } from "../../lambdas/sweep/handler.ts";
import { handler as uploadCanary } from "../../lambdas/upload-canary/handler.ts";
import { BATCH_ID, bookedBatch } from "../support/batch-builders.ts";
import { completedJob, JOB_ID, stored, understood } from "../support/builders.ts";
import { httpEvent, lambdaContext, sqsEvent } from "../support/events.ts";
import { logLines, outputOf } from "../support/output.ts";

/** A mark in everything that is somebody's own: not one of them may reach a log line. */
const PATIENT = "Zyxwina Marked-Patient";
const DRUG = "Markedopril";
const FILENAME = "marked-patient.jpg";
const TOKEN = "eyJmarkedtoken";
const marks = [/marked/i, /zyxwina/i];

const dynamoDb = mockClient(DynamoDBDocumentClient);
const s3 = mockClient(S3Client);
const sqs = mockClient(SQSClient);
const handlers = {
  "book-scan": bookScan,
  "scan-status": scanStatus,
  "batch-upload": batchUpload,
  "batch-status": batchStatus,
  "retry-batch": retryBatch,
  "retry-scan": retryScan,
  "delete-scan": deleteScan,
  medications,
  health,
  "upload-canary": uploadCanary,
};

const marked = understood(DRUG, { instructions: `${PATIENT} takes one daily`, prescriber: PATIENT });
function everythingIsThere(): void {
  const job = {
    ...completedJob(),
    ocr_text: `${PATIENT}\n${DRUG}`,
    results: [{ id: stored().id, ...marked }],
  };
  const { owner, version, round, ...medication } = { ...stored(), ...marked };
  const item = { owner, version, round, id: medication.id, medication };
  dynamoDb.on(GetCommand, { TableName: "Jobs" }).resolves({ Item: { job } });
  const batch = bookedBatch({ filename: FILENAME });
  dynamoDb.on(GetCommand, { TableName: "Batches" }).resolves({ Item: { batch } });
  dynamoDb.on(GetCommand, { TableName: "Medications" }).resolves({ Item: item });
  dynamoDb.on(QueryCommand).resolves({ Items: [{ ...item, job_id: JOB_ID }] });
  dynamoDb.on(PutCommand).resolves({});
}
/** Every store fails and quotes what it was given, as parsers do. */
function everythingFails(): void {
  const quoting = new Error(`cannot store ${PATIENT}: ${DRUG}\n    at ${PATIENT}`, {
    cause: new Error(PATIENT),
  });
  dynamoDb.onAnyCommand().rejects(quoting);
  s3.onAnyCommand().rejects(quoting);
  sqs.onAnyCommand().rejects(quoting);
}
function everythingIsNonsense(): void {
  dynamoDb.onAnyCommand().resolves({
    Item: { job: { id: PATIENT }, medication: { name: DRUG } },
    Items: [{ medication: { name: DRUG } }],
  } as never);
}

beforeEach(() => {
  for (const client of [dynamoDb, s3, sqs]) client.reset();
});

const bodies = [
  { filename: FILENAME, size: 1, upload_type: "zip_with_qr" },
  { files: [{ filename: FILENAME, content_type: "image/jpeg", size: 1 }] },
  { files: [{ filename: FILENAME, content_type: DRUG, size: 1 }] },
  { name: DRUG, prescriber: PATIENT },
  { [PATIENT]: DRUG },
  `{"name": "${PATIENT}`,
];

describe.each([
  ["everything is there", everythingIsThere],
  ["every store fails", everythingFails],
  ["the stores hold nonsense", everythingIsNonsense],
] as const)("when %s", (_, arrange) => {
  it.each(routes.map((route) => [route.operation, route] as const))(
    "%s logs ids, counts and times only",
    async (_, route) => {
      for (const body of route.request ? bodies : [undefined]) {
        arrange();
        const scan = { job_id: JOB_ID, id: stored().id, page: "1", image: "image" };
        const parameters = { ...scan, batch_id: BATCH_ID, index: "0", task_id: "12345678" };
        const event = httpEvent(`${route.method} ${route.path}`, parameters, {
          ...(body === undefined ? {} : { body }),
          headers: { authorization: `Bearer ${TOKEN}`, "idempotency-key": PATIENT, cookie: TOKEN },
          query: { patient: PATIENT },
        });
        const { output } = await outputOf(async () => handlers[route.handler](event, lambdaContext()));
        for (const mark of marks) expect(output).not.toMatch(mark);
        const line = logLines(output).find(({ message }) => message === "request");
        expect(line).toMatchObject({
          route: `${route.method} ${route.path}`,
          request_id: "request-1",
          job_id: JOB_ID,
          batch_id: BATCH_ID,
          status: expect.any(Number),
          bytes_in: expect.any(Number),
          bytes_out: expect.any(Number),
          ms: expect.any(Number),
        });
      }
    },
  );

  it("the functions behind the queue and the schedule log ids and counts only", async () => {
    arrange();
    const messages = [
      `{"type":"read_page","job_id":"${JOB_ID}","page":1}`,
      `hello ${PATIENT}`,
      `{"Records":"${DRUG}"}`,
    ];
    const buried = await outputOf(async () => bury(sqsEvent(...messages), lambdaContext()));
    const swept = await outputOf(async () => sweep({}, lambdaContext()));
    for (const { output, result } of [buried, swept]) {
      // What a function throws, Lambda writes into its log.
      const thrown = result.status === "rejected" ? String(result.reason?.stack) : "";
      for (const mark of marks) expect(thrown).not.toMatch(mark);
      expect(output).not.toBe("");
      for (const mark of marks) expect(output).not.toMatch(mark);
    }
  });
});
