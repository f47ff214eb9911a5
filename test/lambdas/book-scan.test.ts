import "../support/handler-environment.ts";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { bookScanResponse } from "../../contract/scans.ts";
import { handler } from "../../lambdas/book-scan/handler.ts";
import { ask, problemIn } from "../support/answers.ts";
import { httpEvent } from "../support/events.ts";

const dynamoDb = mockClient(DynamoDBDocumentClient);
beforeEach(() => {
  dynamoDb.reset();
  dynamoDb.on(PutCommand).resolves({});
});

const photo = { filename: "a.jpg", content_type: "image/jpeg", size: 1000 };
type More = Parameters<typeof httpEvent>[2];
const book = (more: More = {}) =>
  ask(handler, httpEvent("POST /meds/extract", {}, { body: { files: [photo] }, ...more }));
const writes = () => dynamoDb.commandCalls(PutCommand).length;

describe("POST /meds/extract", () => {
  it("answers 201 with the job, where to ask for it, and one upload for each photo", async () => {
    const answer = await book({ body: { files: [photo, { ...photo, content_type: "image/png", size: 2 }] } });
    expect(answer.status).toBe(201);
    const booked = bookScanResponse.parse(answer.body);
    expect(booked.status).toBe("pending");
    expect(answer.headers.Location).toBe(`/meds/extract/${booked.job_id}/status`);
    expect(booked.poll_url).toBe(answer.headers.Location);
    expect(
      booked.uploads.map(({ page, method, headers }) => [page, method, headers["Content-Type"]]),
    ).toEqual([
      [1, "PUT", "image/jpeg"],
      [2, "PUT", "image/png"],
    ]);
    expect(new URL(booked.uploads[0]?.url ?? "").pathname).toBe(`/scans/${booked.job_id}/pages/1/original`);
    expect(dynamoDb.commandCalls(PutCommand)[0]?.args[0].input.Item).toMatchObject({
      job_id: booked.job_id,
      job: { owner: "nurse", pages: [{ state: "waiting" }, { state: "waiting" }] },
    });
  });

  it("keeps no filename: people name files after patients", async () => {
    await book({ body: { files: [{ ...photo, filename: "mrs-miller.jpg" }] } });
    expect(JSON.stringify(dynamoDb.commandCalls(PutCommand)[0]?.args[0].input)).not.toContain("miller");
  });

  it("answers the same job to the same booking under the same Idempotency-Key, and 422 to another", async () => {
    const headers = { "idempotency-key": "k" };
    const first = bookScanResponse.parse((await book({ headers })).body);
    const kept = dynamoDb.commandCalls(PutCommand)[0]?.args[0].input.Item;
    const refused = new ConditionalCheckFailedException({ message: "", $metadata: {} });
    dynamoDb.on(PutCommand, { ConditionExpression: "attribute_not_exists(job_id)" }).rejects(refused);
    dynamoDb.on(GetCommand).resolves({ Item: { job: kept?.job } });
    const again = await book({ headers });
    expect(again.status).toBe(201);
    expect(bookScanResponse.parse(again.body)).toMatchObject({
      job_id: first.job_id,
      uploads: [{ page: 1 }],
    });
    const other = problemIn(await book({ headers, body: { files: [{ ...photo, size: 7 }] } }));
    expect(other).toMatchObject({ status: 422, code: "idempotency_key_reused", job_id: first.job_id });
  });

  it.each(["", "k".repeat(256)])("refuses an Idempotency-Key of no sensible length", async (key) => {
    const told = problemIn(await book({ headers: { "idempotency-key": key } }));
    expect(told).toMatchObject({ status: 400, errors: [{ path: "Idempotency-Key" }] });
  });

  it("takes a body that the gateway handed over as base64", async () => {
    expect((await book({ base64: true })).status).toBe(201);
  });

  it.each<[string, More, number, string]>([
    ["a body that is not JSON", { body: "{" }, 400, "body_not_json"],
    ["no body", { body: "" }, 400, "body_not_json"],
    ["no files", { body: { files: [] } }, 400, "invalid_request"],
    ["nine files", { body: { files: Array(9).fill(photo) } }, 400, "invalid_request"],
    ["a file of 0 bytes", { body: { files: [{ ...photo, size: 0 }] } }, 400, "invalid_request"],
    ["a file of half a byte", { body: { files: [{ ...photo, size: 0.5 }] } }, 400, "invalid_request"],
    ["a file of 30 MB", { body: { files: [{ ...photo, size: 30e6 }] } }, 413, "file_too_large"],
    ["a PDF", { body: { files: [{ ...photo, content_type: "application/pdf" }] } }, 400, "not_an_image"],
    ["a checksum that is none", { body: { files: [{ ...photo, sha256: "abc" }] } }, 400, "invalid_request"],
    ["plain text", { headers: { "content-type": "text/plain" } }, 415, "unsupported_media_type"],
    ["no token's claims", { sub: null }, 401, "unauthorized"],
  ])("refuses %s before anything is written", async (_, more, status, code) => {
    expect(problemIn(await book(more))).toMatchObject({ status, code });
    expect(writes()).toBe(0);
  });

  it("tells whoever sends files here how to upload them instead", async () => {
    const told = problemIn(await book({ headers: { "content-type": "multipart/form-data; boundary=x" } }));
    expect(told).toMatchObject({ status: 415, code: "multipart_not_accepted" });
    expect(told.detail).toMatch(/PUT each photo to the URL/);
  });

  it("names each part of the request that is not valid", async () => {
    const told = problemIn(
      await book({ body: { files: [photo, { filename: "", content_type: "image/png" }] } }),
    );
    expect(told.errors?.map(({ path }) => path).toSorted()).toEqual(["files.1.filename", "files.1.size"]);
  });

  it("says that it is worth trying again when a store does not answer, and 500 when nobody knows why", async () => {
    dynamoDb.on(PutCommand).rejectsOnce(Object.assign(new Error("slow"), { name: "TimeoutError" }));
    const unavailable = await book();
    expect(problemIn(unavailable)).toMatchObject({ status: 503, code: "unavailable", retryable: true });
    expect(unavailable.headers["Retry-After"]).toBe("2");
    dynamoDb.on(PutCommand).rejects(new TypeError("a bug"));
    expect(problemIn(await book())).toMatchObject({ status: 500, code: "internal_error" });
  });

  it("does not know other addresses", async () => {
    expect(problemIn(await ask(handler, httpEvent("GET /meds/extract")))).toMatchObject({
      code: "route_not_found",
    });
  });
});
