import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { variables } from "../../contract/environment.ts";
import { functionNamed, functions, grantsOf, resourcesOf } from "./template.ts";

const JOBS = "{RecordsJobs}";
const MEDICATIONS = "{RecordsMedications}";
const SCANS = "{PhotoStorePhotos}/scans/*";
const CANARY = "{PhotoStorePhotos}/canary/*";
const ARCHIVES = "{PhotoStorePhotos}/batches/*";
const BATCHES = "{RecordsBatches}";
const SHEETS = "{RecordsSheets}";
const RESULTS = "{RecordsSheetResults}";
const QUEUE = "{ScansQueue}";
const BATCHES_QUEUE = "{BatchesQueue}";
const SHEETS_QUEUE = "{SheetsQueue}";
const listing = (prefix: string): string =>
  `s3:ListBucket {PhotoStorePhotos} if {"StringLikeIfExists":{"s3:prefix":"${prefix}/*"}}`;
const LISTING = listing("scans");
const LISTING_BATCHES = listing("batches");

const on = (what: string, ...actions: string[]): string[] => actions.map((action) => `${action} ${what}`);

const consume = (queue: string): string[] =>
  ["ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl", "ReceiveMessage"].map(
    (action) => `sqs:${action} ${queue}`,
  );

/** All that each function may do besides writing its own log. */
const granted: Record<string, string[]> = {
  "book-scan": [`dynamodb:GetItem ${JOBS}`, `dynamodb:PutItem ${JOBS}`, `s3:PutObject ${SCANS}`],
  "scan-status": [`dynamodb:GetItem ${JOBS}`, `s3:GetObject ${SCANS}`, LISTING],
  "retry-scan": [
    `dynamodb:GetItem ${JOBS}`,
    `dynamodb:PutItem ${JOBS}`,
    `dynamodb:Query ${MEDICATIONS}`,
    `s3:GetObject ${SCANS}`,
    LISTING,
    `sqs:SendMessage ${QUEUE}`,
  ],
  "delete-scan": [
    `dynamodb:GetItem ${JOBS}`,
    `dynamodb:PutItem ${JOBS}`,
    `dynamodb:DeleteItem ${JOBS}`,
    `dynamodb:Query ${MEDICATIONS}`,
    `dynamodb:DeleteItem ${MEDICATIONS}`,
    `s3:DeleteObject ${SCANS}`,
    LISTING,
  ],
  medications: ["GetItem", "Query", "PutItem", "DeleteItem"].map(
    (action) => `dynamodb:${action} ${MEDICATIONS}`,
  ),
  health: [],
  "upload-canary": [`s3:PutObject ${CANARY}`, `s3:GetObject ${CANARY}`, `s3:DeleteObject ${CANARY}`],
  "read-page": [
    `dynamodb:GetItem ${JOBS}`,
    `dynamodb:PutItem ${JOBS}`,
    `dynamodb:PutItem ${MEDICATIONS}`,
    `dynamodb:Query ${MEDICATIONS}`,
    `dynamodb:DeleteItem ${MEDICATIONS}`,
    `s3:GetObject ${SCANS}`,
    `s3:PutObject ${SCANS}`,
    `s3:DeleteObject ${SCANS}`,
    LISTING,
    ...consume(QUEUE),
  ],
  "batch-upload": [
    ...on(BATCHES, "dynamodb:GetItem", "dynamodb:PutItem"),
    ...on(ARCHIVES, "s3:PutObject", "s3:GetObject", "s3:DeleteObject"),
    ...on(ARCHIVES, "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
    LISTING_BATCHES,
    `sqs:SendMessage ${BATCHES_QUEUE}`,
  ],
  "batch-status": [
    `dynamodb:GetItem ${BATCHES}`,
    `dynamodb:Query ${BATCHES}/index/owners`,
    `dynamodb:Query ${SHEETS}`,
    `dynamodb:Query ${SHEETS}/index/filters`,
    `dynamodb:Query ${SHEETS}/index/tasks`,
    `dynamodb:BatchGetItem ${RESULTS}`,
    `s3:GetObject ${ARCHIVES}`,
    LISTING_BATCHES,
  ],
  "retry-batch": [...on(BATCHES, "dynamodb:GetItem", "dynamodb:PutItem"), `sqs:SendMessage ${BATCHES_QUEUE}`],
  "expand-batch": [
    ...on(BATCHES, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
    ...on(SHEETS, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"),
    `dynamodb:BatchGetItem ${RESULTS}`,
    ...on(ARCHIVES, "s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"),
    LISTING_BATCHES,
    ...on(BATCHES_QUEUE, "sqs:SendMessage"),
    ...on(SHEETS_QUEUE, "sqs:SendMessage"),
    ...consume(BATCHES_QUEUE),
  ],
  "read-sheet": [
    ...on(BATCHES, "dynamodb:GetItem", "dynamodb:UpdateItem"),
    ...on(SHEETS, "dynamodb:GetItem", "dynamodb:PutItem"),
    `dynamodb:Query ${SHEETS}/index/contents`,
    `dynamodb:PutItem ${RESULTS}`,
    ...on(ARCHIVES, "s3:GetObject", "s3:PutObject"),
    LISTING_BATCHES,
    `sqs:SendMessage ${BATCHES_QUEUE}`,
    ...consume(SHEETS_QUEUE),
  ],
  sweep: [
    ...on(BATCHES, "dynamodb:GetItem", "dynamodb:PutItem"),
    `dynamodb:Query ${BATCHES}/index/unfinished`,
    `s3:GetObject ${ARCHIVES}`,
    LISTING_BATCHES,
    `sqs:SendMessage ${BATCHES_QUEUE}`,
    `dynamodb:GetItem ${JOBS}`,
    `dynamodb:PutItem ${JOBS}`,
    `dynamodb:DeleteItem ${JOBS}`,
    `dynamodb:Query ${JOBS}/index/unfinished`,
    `dynamodb:Query ${MEDICATIONS}`,
    `dynamodb:DeleteItem ${MEDICATIONS}`,
    `s3:GetObject ${SCANS}`,
    `s3:DeleteObject ${SCANS}`,
    LISTING,
    `sqs:SendMessage ${QUEUE}`,
  ],
  bury: [
    ...on(JOBS, "dynamodb:GetItem", "dynamodb:PutItem"),
    ...on(BATCHES, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
    ...on(SHEETS, "dynamodb:GetItem", "dynamodb:PutItem"),
    `sqs:SendMessage ${BATCHES_QUEUE}`,
    ...["Scans", "Batches", "Sheets"].flatMap((lane) => consume(`{${lane}DeadLetters}`)),
  ],
};

const isOwnLog = (grant: string): boolean => /^logs:(CreateLogStream|PutLogEvents) \{\w+Log\}$/.test(grant);

describe("least grants", () => {
  it.each([...functions.keys()])("allows %s what it does, and nothing else", (name) => {
    expect(grantsOf(name).filter((grant) => !isOwnLog(grant))).toEqual([...(granted[name] ?? ["?"])].sort());
    expect(grantsOf(name).filter(isOwnLog)).toHaveLength(2);
  });

  it("has no wildcard in any action, and none in a resource but behind a prefix of keys", () => {
    for (const name of functions.keys()) {
      for (const grant of grantsOf(name)) {
        const [action = "", resource = ""] = grant.split(" ");
        expect(action).not.toContain("*");
        if (resource.includes("*")) expect([SCANS, ARCHIVES, CANARY]).toContain(resource);
      }
    }
  });

  it("gives no function a policy that AWS can widen", () => {
    for (const { id, properties } of resourcesOf<{ ManagedPolicyArns?: unknown }>("AWS::IAM::Role")) {
      expect(properties.ManagedPolicyArns, id).toBeUndefined();
    }
  });

  it("gives every function a role of its own", () => {
    const roles = [...functions.values()].map(({ properties }) => JSON.stringify(properties.Role));
    expect(new Set(roles).size).toBe(functions.size);
  });
});

/** The variables that a handler reads at its start, by its source. */
function readsOf(name: string): string[] {
  const source = readFileSync(new URL(`../../lambdas/${name}/handler.ts`, import.meta.url), "utf8");
  const names = /readEnvironment\(\[([^\]]*)\]/.exec(source)?.[1] ?? "";
  return [...names.matchAll(/"([A-Z_]+)"/g)].map(([, name = ""]) => name);
}

describe("the environment", () => {
  it.each([...functions.keys()])("of %s has every variable that it reads, and no other", (name) => {
    const given = Object.keys(functionNamed(name).properties.Environment.Variables);
    // NODE_OPTIONS is Node's own; LOG_LEVEL is the logger's.
    expect(given.sort()).toEqual([...readsOf(name), "LOG_LEVEL", "NODE_OPTIONS"].sort());
  });

  it("has a use for every variable of the contract", () => {
    const given = [...functions.values()].flatMap(({ properties }) =>
      Object.keys(properties.Environment.Variables),
    );
    expect(new Set(given)).toEqual(new Set([...Object.keys(variables), "NODE_OPTIONS"]));
  });
});
