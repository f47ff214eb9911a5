import "../support/handler-environment.ts";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { mockClient } from "aws-sdk-client-mock";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { MedicationResult, Review } from "../../contract/medications.ts";
import { openApi } from "../../contract/openapi.ts";
import { jobFailureCodes } from "../../contract/problems.ts";
import type { Box, QualityIssue } from "../../contract/reading.ts";
import { type Route, routes } from "../../contract/routes.ts";
import { complete, fail, type Job, settle } from "../../core/jobs/job.ts";
import { medicationId } from "../../core/jobs/medication-id.ts";
import { handler as bookScan } from "../../lambdas/book-scan/handler.ts";
import { handler as medications } from "../../lambdas/medications/handler.ts";
import { handler as scanStatus } from "../../lambdas/scan-status/handler.ts";
import { bookedJob, claimed, JOB_ID, LEASE_MS, made, stored, understood } from "../support/builders.ts";
import { httpEvent, lambdaContext } from "../support/events.ts";
import { outputOf } from "../support/output.ts";

/** Whatever is in the stores and whatever is asked: what leaves is what the published document says. */

const document = JSON.parse(JSON.stringify(openApi())) as {
  paths: Record<string, Record<string, { responses: Record<string, { content?: object }> }>>;
};
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(document, "api");

function expectDocumented(
  route: Route,
  { statusCode, headers, body }: APIGatewayProxyStructuredResultV2,
): void {
  const method = route.method.toLowerCase();
  const response = document.paths[route.path]?.[method]?.responses[String(statusCode)];
  const type = String(headers?.["Content-Type"] ?? "");
  const told = `${route.operation} answered ${statusCode} ${type}`;
  expect(Object.keys(response?.content ?? {}), told).toContain(type);
  const steps = ["paths", route.path, method, "responses", String(statusCode), "content", type, "schema"];
  const validate = ajv.getSchema(
    `api#/${steps.map((step) => encodeURIComponent(step.replaceAll("/", "~1"))).join("/")}`,
  );
  if (!validate) throw new Error(`${told}, which has no schema`);
  expect([validate(JSON.parse(body ?? "")), validate.errors]).toEqual([true, null]);
}

const routeOf = (operation: string): Route => {
  const found = routes.find((route) => route.operation === operation);
  if (!found) throw new Error(operation);
  return found;
};

const dynamoDb = mockClient(DynamoDBDocumentClient);
afterEach(() => {
  dynamoDb.reset();
});

type Handler = typeof bookScan;
async function documented(operation: string, handler: Handler, more: Parameters<typeof httpEvent>[2] = {}) {
  const route = routeOf(operation);
  const event = httpEvent(`${route.method} ${route.path}`, { job_id: JOB_ID, id: stored().id }, more);
  const { result } = await outputOf(async () => handler(event, lambdaContext()));
  if (result.status === "rejected") throw result.reason;
  expectDocumented(route, result.value);
  return result.value.statusCode;
}

const text = fc.string({ unit: "grapheme", maxLength: 30 });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const pixel = fc.integer({ min: 0, max: 9000 });
const box: fc.Arbitrary<Box> = fc.tuple(pixel, pixel, pixel, pixel);
const review: fc.Arbitrary<Review> = fc.record(
  { code: fc.stringMatching(/^[a-z_]{1,12}$/), message: text, readings: fc.array(text, { maxLength: 3 }) },
  { requiredKeys: ["code", "message"] },
);
const quality: fc.Arbitrary<QualityIssue> = fc.record({
  issue: fc.constantFrom("blurred", "glare", "cut_off", "too_small", "too_dark", "no_text"),
  where: fc.option(box),
  advice: text,
});
const evidence = <T>(value: fc.Arbitrary<T>) =>
  fc.record({
    value,
    raw: text,
    confidence: share,
    page: fc.integer({ min: 1, max: 8 }),
    box: fc.option(box),
    review: fc.option(review),
  });
const result: fc.Arbitrary<Omit<MedicationResult, "id">> = fc
  .record({
    name: text,
    quantity: fc.option(fc.double({ min: 0, max: 1000, noNaN: true })),
    refills: fc.option(fc.nat(99)),
    review: fc.array(review, { maxLength: 2 }),
    fields: fc.record(
      { name: evidence(text), quantity: evidence(fc.option(fc.nat(99))) },
      { requiredKeys: [] },
    ),
  })
  .map((some) => understood("", { ...some, needs_review: some.review.length > 0 }));

/** A job in any state a scan can be in. */
const anyJob: fc.Arbitrary<Job> = fc
  .record({
    end: fc.constantFrom("pending", "processing", "completed", "failed"),
    pages: fc.integer({ min: 1, max: 8 }),
    quality: fc.array(quality, { maxLength: 2 }),
    results: fc.array(result, { minLength: 1, maxLength: 3 }),
    ocr_text: text,
    code: fc.constantFrom(...jobFailureCodes),
  })
  .map(({ end, pages, quality, results, ocr_text, code }) => {
    const now = Date.now();
    let job = bookedJob({ pages }, now);
    if (end === "pending") return job;
    if (end === "failed") return fail(job, code, now, pages);
    let joining = 0;
    for (let page = 1; page <= pages; page++) {
      const held = claimed(job, page, now);
      if (end === "processing" && page === pages) return held.job;
      const settled = made(
        settle(held.job, page, held.fence, { width: 640, height: 480, quality }, now, LEASE_MS),
      );
      joining = settled.joining ?? 0;
      job = settled.job;
    }
    const named = results.map((one, index) => ({ id: medicationId(job, index), ...one }));
    return made(complete(job, joining, { results: named, ocr_text }, now));
  });

describe("every answer validates against the published document", () => {
  it("of any job's status and result", async () => {
    const seen = new Set<number | undefined>();
    await fc.assert(
      fc.asyncProperty(anyJob, fc.constantFrom("nurse", "stranger"), async (job, sub) => {
        dynamoDb.on(GetCommand).resolves({ Item: { job } });
        await documented("getScanStatus", scanStatus, { sub });
        seen.add(await documented("getScanResult", scanStatus, { sub }));
      }),
      { numRuns: 80, seed: 7 },
    );
    expect([...seen].toSorted()).toEqual([200, 202, 404, 500]);
  });

  it("of any medication, listed and alone, and of any correction of it", async () => {
    const seen = new Set<number | undefined>();
    const anything = fc.oneof(
      fc.record({ name: text, quantity: fc.option(fc.nat(99)) }, { requiredKeys: [] }),
      fc.jsonValue(),
    );
    await fc.assert(
      fc.asyncProperty(result, anything, async (read, body) => {
        const { owner, version, round, ...medication } = stored(read);
        const Item = { owner, version, round, id: medication.id, medication };
        dynamoDb.on(GetCommand).resolves({ Item });
        dynamoDb.on(QueryCommand).resolves({ Items: [Item, Item] });
        dynamoDb.on(PutCommand).resolves({});
        for (const accept of ["application/json", "application/fhir+json"]) {
          await documented("getMedication", medications, { headers: { accept } });
          await documented("listMedications", medications, {
            headers: { accept },
            query: { page_size: "1" },
          });
        }
        seen.add(await documented("correctMedication", medications, { body: JSON.stringify(body) }));
        await documented("confirmMedication", medications);
      }),
      { numRuns: 40, seed: 8 },
    );
    expect([...seen].toSorted()).toEqual([200, 400]);
  });

  it("of any booking, sensible or not", async () => {
    const seen = new Set<number | undefined>();
    const file = fc.record({
      filename: text,
      content_type: fc.constantFrom("image/jpeg", "image/png", "text/plain"),
      size: fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 1, max: 20e6 }) },
        { weight: 1, arbitrary: fc.integer() },
      ),
    });
    const body = fc.oneof(
      { weight: 3, arbitrary: fc.record({ files: fc.array(file, { maxLength: 9 }) }) },
      { weight: 1, arbitrary: fc.jsonValue() },
    );
    const taken = new ConditionalCheckFailedException({ message: "", $metadata: {} });
    await fc.assert(
      fc.asyncProperty(
        body,
        fc.constantFrom("application/json", "multipart/form-data"),
        fc.boolean(),
        async (body, type, before) => {
          dynamoDb.reset();
          dynamoDb.on(PutCommand).resolves({});
          if (before) dynamoDb.on(PutCommand).rejectsOnce(taken).resolves({});
          dynamoDb.on(GetCommand).resolves({ Item: { job: bookedJob({}, Date.now()) } });
          const headers = { "content-type": type, ...(before ? { "idempotency-key": "k" } : {}) };
          seen.add(await documented("bookScan", bookScan, { body: JSON.stringify(body), headers }));
        },
      ),
      { numRuns: 60, seed: 9 },
    );
    expect([...seen].toSorted()).toEqual([201, 400, 413, 415, 422]);
  });
});
