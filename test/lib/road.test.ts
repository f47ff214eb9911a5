import { describe, expect, it } from "vitest";
import { batchTable, jobTable, medicationTable, sheetTable } from "../../contract/tables.ts";
import { functionNamed, listOf, only, resourcesOf, type Statement, template, words } from "./template.ts";

type QueueProperties = {
  VisibilityTimeout: number;
  SqsManagedSseEnabled: boolean;
  MessageRetentionPeriod?: number;
  RedrivePolicy?: { deadLetterTargetArn: unknown; maxReceiveCount: number };
};
type SourceProperties = {
  EventSourceArn: unknown;
  FunctionName: { Ref: string };
  BatchSize: number;
  FunctionResponseTypes: string[];
  ScalingConfig?: { MaximumConcurrency: number };
};
const queues = resourcesOf<QueueProperties>("AWS::SQS::Queue");
const sources = resourcesOf<SourceProperties>("AWS::Lambda::EventSourceMapping");
const sourceOf = (name: string): SourceProperties =>
  only(sources.filter(({ properties }) => properties.FunctionName.Ref === functionNamed(name).id)).properties;

const policiesOf = (type: string): Statement[] =>
  resourcesOf<{ PolicyDocument: { Statement: Statement[] } }>(type).flatMap(
    ({ properties }) => properties.PolicyDocument.Statement,
  );
const refusesPlainHttp = ({ Effect, Condition, Principal }: Statement): boolean =>
  Effect === "Deny" &&
  JSON.stringify(Principal) === '{"AWS":"*"}' &&
  JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}';

describe("the bucket", () => {
  const buckets = resourcesOf<Record<string, unknown>>("AWS::S3::Bucket");
  const bucket = only(buckets.filter(({ id }) => id.startsWith("PhotoStore")));

  it("is closed to the public and encrypted", () => {
    expect(bucket.properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
      },
    });
  });

  it("refuses plain HTTP", () => {
    const refusals = policiesOf("AWS::S3::BucketPolicy").filter(refusesPlainHttp);
    expect(refusals.map(({ Action }) => Action)).toEqual(buckets.map(() => "s3:*"));
  });

  it("refuses to write over an original, whoever asks", () => {
    const refusal = only(
      policiesOf("AWS::S3::BucketPolicy").filter(({ Action }) => Action === "s3:PutObject"),
    );
    expect(refusal).toMatchObject({
      Effect: "Deny",
      Principal: { AWS: "*" },
      Condition: { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } },
    });
    expect(listOf(refusal.Resource).map(words)).toEqual([
      "{PhotoStorePhotos}/batches/*/images/*",
      "{PhotoStorePhotos}/scans/*/original",
    ]);
  });

  it("forgets scans and batches after 30 days, canaries and unfinished uploads after one", () => {
    expect(bucket.properties.LifecycleConfiguration).toEqual({
      Rules: [
        { Id: "scans", Prefix: "scans/", ExpirationInDays: 30, Status: "Enabled" },
        { Id: "batches", Prefix: "batches/", ExpirationInDays: 30, Status: "Enabled" },
        { Id: "canary", Prefix: "canary/", ExpirationInDays: 1, Status: "Enabled" },
        {
          Id: "unfinished-uploads",
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
          Status: "Enabled",
        },
      ],
    });
  });

  it("really forgets: it keeps no older versions", () => {
    expect(bucket.properties.VersioningConfiguration).toBeUndefined();
  });

  it("takes a tablet's upload with every header the upload signs", () => {
    expect(bucket.properties.CorsConfiguration).toEqual({
      CorsRules: [
        {
          AllowedOrigins: ["http://localhost:3000", "https://*.cloudfront.net"],
          AllowedMethods: ["PUT", "GET"],
          AllowedHeaders: ["Content-Type", "If-None-Match", "x-amz-checksum-sha256"],
          ExposedHeaders: ["ETag"],
          MaxAge: 3600,
        },
      ],
    });
  });

  it("announces every original and every archive, each on its lane, and nothing else", () => {
    const { QueueConfigurations, ...others } = bucket.properties.NotificationConfiguration as {
      QueueConfigurations: { Queue: unknown }[];
    };
    expect(others).toEqual({});
    const announced = (prefix: string, suffix: string) => ({
      Event: "s3:ObjectCreated:*",
      Filter: {
        S3Key: {
          Rules: [
            { Name: "prefix", Value: prefix },
            { Name: "suffix", Value: suffix },
          ],
        },
      },
    });
    expect(QueueConfigurations.map(({ Queue, ...rest }) => [words(Queue), rest])).toEqual([
      ["{ScansQueue}", announced("scans/", "/original")],
      ["{BatchesQueue}", announced("batches/", "/archive")],
    ]);
  });

  it("is made after the queues have agreed to hear from it", () => {
    const policies = resourcesOf<{ Queues: unknown[] }>("AWS::SQS::QueuePolicy").filter(({ properties }) =>
      ["{ScansQueue}", "{BatchesQueue}"].includes(properties.Queues.map(words).join()),
    );
    expect(policies).toHaveLength(2);
    expect(template.Resources[bucket.id]).toMatchObject({ DependsOn: policies.map(({ id }) => id).sort() });
  });
});

const laneOf = (name: string) =>
  only(queues.filter(({ id }) => words({ Ref: id }) === `{${name}Queue}`)).properties;

describe("the lanes", () => {
  it("hide a message for at least six times its reader's timeout", () => {
    expect(sources).toHaveLength(6);
    for (const { properties } of sources) {
      const queue = only(queues.filter(({ id }) => words({ Ref: id }) === words(properties.EventSourceArn)));
      const reader = template.Resources[properties.FunctionName.Ref]?.Properties as { Timeout: number };
      expect(queue.properties.VisibilityTimeout, queue.id).toBeGreaterThanOrEqual(6 * reader.Timeout);
    }
  });

  it.each([
    ["Scans", 3],
    ["Batches", 3],
    ["Sheets", 10],
  ])("give a message up to their own dead letters, and keep it there for 14 days: %s", (name, times) => {
    expect(laneOf(name).RedrivePolicy?.maxReceiveCount).toBe(times);
    expect(words(laneOf(name).RedrivePolicy?.deadLetterTargetArn)).toBe(`{${name}DeadLetters}`);
    const deadLetters = queues.filter(({ properties }) => !properties.RedrivePolicy);
    expect(deadLetters).toHaveLength(3);
    for (const { properties } of deadLetters) expect(properties.MessageRetentionPeriod).toBe(14 * 24 * 3600);
  });

  it("never forget a sheet that waits behind half a million others", () => {
    expect(laneOf("Sheets").MessageRetentionPeriod).toBe(14 * 24 * 3600);
  });

  it("are encrypted and refuse plain HTTP, as do their dead letters", () => {
    for (const { id, properties } of queues) expect(properties.SqsManagedSseEnabled, id).toBe(true);
    expect(policiesOf("AWS::SQS::QueuePolicy").filter(refusesPlainHttp)).toHaveLength(queues.length);
  });

  it("let only this account's buckets of this stack send, and only photos and archives", () => {
    const consents = policiesOf("AWS::SQS::QueuePolicy").filter(({ Effect }) => Effect === "Allow");
    for (const consent of consents) {
      expect(consent).toMatchObject({
        Action: "sqs:SendMessage",
        Principal: { Service: "s3.amazonaws.com" },
        Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
      });
    }
    expect(consents.map(({ Resource }) => words(Resource)).sort()).toEqual([
      "{BatchesQueue}",
      "{ScansQueue}",
    ]);
  });

  it("hand the reader one photo at a time, and at most so many readers", () => {
    const source = sourceOf("read-page");
    expect(words(source.EventSourceArn)).toBe("{ScansQueue}");
    expect(source).toMatchObject({
      BatchSize: 1,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      ScalingConfig: { MaximumConcurrency: 5 },
    });
  });

  it.each([
    ["read-sheet", "{SheetsQueue}"],
    ["expand-batch", "{BatchesQueue}"],
  ])("never share: %s has its own, and its own two at a time", (name, queue) => {
    const source = sourceOf(name);
    expect(words(source.EventSourceArn)).toBe(queue);
    expect(source).toMatchObject({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } });
  });

  it("hand their dead letters to bury, each to be told of by itself", () => {
    const ofBury = sources
      .map(({ properties }) => properties)
      .filter(({ FunctionName }) => FunctionName.Ref === functionNamed("bury").id);
    expect(ofBury.map(({ EventSourceArn }) => words(EventSourceArn)).sort()).toEqual([
      "{BatchesDeadLetters}",
      "{ScansDeadLetters}",
      "{SheetsDeadLetters}",
    ]);
    for (const { FunctionResponseTypes } of ofBury)
      expect(FunctionResponseTypes).toEqual(["ReportBatchItemFailures"]);
  });
});

describe("the readers", () => {
  const readers = [
    ["read-page", "Scans", "READ_LEASE_SECONDS"],
    ["read-sheet", "Sheets", "READ_LEASE_SECONDS"],
    ["expand-batch", "Batches", "EXPAND_LEASE_SECONDS"],
  ] as const;

  it.each(readers)("hold what they read a little longer than they can run: %s", (name, _, variable) => {
    const { properties } = functionNamed(name);
    const lease = Number(properties.Environment.Variables[variable]);
    expect(lease).toBeGreaterThan(properties.Timeout);
  });

  it.each(readers)(
    "have their lease run out before the message comes again, so that no attempt finds it held: %s",
    (name, lane, variable) => {
      const lease = Number(functionNamed(name).properties.Environment.Variables[variable]);
      expect(lease).toBeLessThan(laneOf(lane).VisibilityTimeout);
    },
  );

  it("of photos and of sheets are the same image, told which handler to run", () => {
    const [page, sheet] = (["read-page", "read-sheet"] as const).map(
      (name) =>
        functionNamed(name).properties as { PackageType?: string; Code?: unknown; ImageConfig?: unknown },
    );
    expect([page?.PackageType, sheet?.PackageType]).toEqual(["Image", "Image"]);
    expect(sheet?.Code).toEqual(page?.Code);
    expect(page?.ImageConfig).toEqual({ Command: ["read-page.handler"] });
    expect(sheet?.ImageConfig).toEqual({ Command: ["read-sheet.handler"] });
  });
});

describe("the records", () => {
  type TableProperties = {
    KeySchema: { AttributeName: string; KeyType: string }[];
    PointInTimeRecoverySpecification?: { PointInTimeRecoveryEnabled: boolean };
    DeletionProtectionEnabled?: boolean;
    TimeToLiveSpecification?: unknown;
    GlobalSecondaryIndexes?: { IndexName: string; KeySchema: { AttributeName: string }[] }[];
    LocalSecondaryIndexes?: unknown;
    AttributeDefinitions: unknown;
    BillingMode: string;
  };
  const tables = resourcesOf<TableProperties>("AWS::DynamoDB::Table");
  const named = (name: string) =>
    only(tables.filter(({ id }) => words({ Ref: id }) === `{Records${name}}`)).properties;
  const indexesOf = ({ GlobalSecondaryIndexes = [] }: TableProperties) =>
    GlobalSecondaryIndexes.map(({ IndexName, KeySchema }) => [
      IndexName,
      ...KeySchema.map(({ AttributeName }) => AttributeName),
    ]);
  const keyedBy = (name: string) =>
    only(tables.filter(({ properties }) => properties.KeySchema[0]?.AttributeName === name)).properties;

  it("can be put back to any second of the last 35 days, and survive the stack", () => {
    expect(tables).toHaveLength(5);
    for (const { id, properties } of tables) {
      expect(properties.PointInTimeRecoverySpecification, id).toEqual({ PointInTimeRecoveryEnabled: true });
      expect(properties.DeletionProtectionEnabled, id).toBe(true);
      expect(template.Resources[id]?.DeletionPolicy, id).toBe("Retain");
    }
  });

  it("let go of a job at its expiry", () => {
    expect(keyedBy(jobTable.partitionKey).TimeToLiveSpecification).toEqual({
      AttributeName: jobTable.timeToLive,
      Enabled: true,
    });
  });

  it("find unfinished jobs by when they are due", () => {
    const { name, partitionKey, sortKey } = jobTable.unfinishedIndex;
    const jobs = keyedBy(jobTable.partitionKey);
    expect(jobs.GlobalSecondaryIndexes).toEqual([
      {
        IndexName: name,
        KeySchema: [
          { AttributeName: partitionKey, KeyType: "HASH" },
          { AttributeName: sortKey, KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "KEYS_ONLY" },
      },
    ]);
    expect(jobs.AttributeDefinitions).toEqual([
      { AttributeName: "job_id", AttributeType: "S" },
      { AttributeName: "open", AttributeType: "S" },
      { AttributeName: "due_at", AttributeType: "N" },
    ]);
  });

  it("find unfinished batches as they find unfinished jobs, and a person's batches", () => {
    const { unfinishedIndex, ownerIndex } = batchTable;
    expect(indexesOf(named("Batches"))).toEqual([
      [unfinishedIndex.name, unfinishedIndex.partitionKey, unfinishedIndex.sortKey],
      [ownerIndex.name, ownerIndex.partitionKey, ownerIndex.sortKey],
    ]);
  });

  it("find sheets by what they are, by how they ended, and by task; those alike in a consistent read", () => {
    const { contentIndex, filterIndex, taskIndex } = sheetTable;
    expect(indexesOf(named("Sheets"))).toEqual([
      [filterIndex.name, filterIndex.partitionKey, filterIndex.sortKey],
      [taskIndex.name, taskIndex.partitionKey, taskIndex.sortKey],
    ]);
    expect(named("Sheets").LocalSecondaryIndexes).toMatchObject([
      { IndexName: contentIndex.name, KeySchema: [{}, { AttributeName: contentIndex.sortKey }] },
    ]);
  });

  it("let go of batches, sheets and results at their expiry", () => {
    for (const name of ["Batches", "Sheets", "SheetResults"]) {
      expect(named(name).TimeToLiveSpecification).toEqual({ AttributeName: "expires_at", Enabled: true });
    }
  });

  it("keep medications under the person they belong to", () => {
    expect(keyedBy(medicationTable.partitionKey).KeySchema).toEqual([
      { AttributeName: "owner", KeyType: "HASH" },
      { AttributeName: "id", KeyType: "RANGE" },
    ]);
  });
});
