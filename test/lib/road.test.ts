import { describe, expect, it } from "vitest";
import { jobTable, medicationTable } from "../../contract/tables.ts";
import { functionNamed, only, resourcesOf, type Statement, template, words } from "./template.ts";

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
    expect(words(refusal.Resource)).toBe("{PhotoStorePhotos}/scans/*/original");
  });

  it("forgets scans after 30 days, canaries and unfinished uploads after one", () => {
    expect(bucket.properties.LifecycleConfiguration).toEqual({
      Rules: [
        { Id: "scans", Prefix: "scans/", ExpirationInDays: 30, Status: "Enabled" },
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

  it("announces every original on the lane, and nothing else", () => {
    const { QueueConfigurations, ...others } = bucket.properties.NotificationConfiguration as {
      QueueConfigurations: { Queue: unknown }[];
    };
    expect(others).toEqual({});
    const { Queue, ...rest } = only(QueueConfigurations);
    expect(words(Queue)).toBe("{ScansQueue}");
    expect(rest).toEqual({
      Event: "s3:ObjectCreated:*",
      Filter: {
        S3Key: {
          Rules: [
            { Name: "prefix", Value: "scans/" },
            { Name: "suffix", Value: "/original" },
          ],
        },
      },
    });
  });

  it("is made after the queue has agreed to hear from it", () => {
    const policy = only(
      resourcesOf<{ Queues: unknown[] }>("AWS::SQS::QueuePolicy").filter(({ properties }) =>
        properties.Queues.map(words).includes("{ScansQueue}"),
      ),
    );
    expect(template.Resources[bucket.id]).toMatchObject({ DependsOn: [policy.id] });
  });
});

describe("the lane", () => {
  it("hides a message for at least six times its reader's timeout", () => {
    expect(sources).toHaveLength(2);
    for (const { properties } of sources) {
      const queue = only(queues.filter(({ id }) => words({ Ref: id }) === words(properties.EventSourceArn)));
      const reader = template.Resources[properties.FunctionName.Ref]?.Properties as { Timeout: number };
      expect(queue.properties.VisibilityTimeout, queue.id).toBeGreaterThanOrEqual(6 * reader.Timeout);
    }
  });

  it("gives a message up to the dead letters after three attempts, and keeps it there for 14 days", () => {
    const lane = only(queues.filter(({ properties }) => properties.RedrivePolicy));
    expect(lane.properties.RedrivePolicy?.maxReceiveCount).toBe(3);
    expect(words(lane.properties.RedrivePolicy?.deadLetterTargetArn)).toBe("{ScansDeadLetters}");
    const deadLetters = only(queues.filter(({ id }) => id !== lane.id));
    expect(deadLetters.properties.MessageRetentionPeriod).toBe(14 * 24 * 3600);
  });

  it("is encrypted and refuses plain HTTP, as do its dead letters", () => {
    for (const { id, properties } of queues) expect(properties.SqsManagedSseEnabled, id).toBe(true);
    expect(policiesOf("AWS::SQS::QueuePolicy").filter(refusesPlainHttp)).toHaveLength(queues.length);
  });

  it("lets only this account's buckets of this stack send, and only to the lane", () => {
    const consent = only(policiesOf("AWS::SQS::QueuePolicy").filter(({ Effect }) => Effect === "Allow"));
    expect(consent).toMatchObject({
      Action: "sqs:SendMessage",
      Principal: { Service: "s3.amazonaws.com" },
      Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
    });
    expect(words(consent.Resource)).toBe("{ScansQueue}");
  });

  it("hands the reader one photo at a time, and at most so many readers", () => {
    const source = sourceOf("read-page");
    expect(words(source.EventSourceArn)).toBe("{ScansQueue}");
    expect(source).toMatchObject({
      BatchSize: 1,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      ScalingConfig: { MaximumConcurrency: 5 },
    });
  });

  it("hands its dead letters to bury, each to be told of by itself", () => {
    const source = sourceOf("bury");
    expect(words(source.EventSourceArn)).toBe("{ScansDeadLetters}");
    expect(source.FunctionResponseTypes).toEqual(["ReportBatchItemFailures"]);
  });
});

describe("the reader", () => {
  it("is a container that holds a page a little longer than it can run", () => {
    const { properties } = functionNamed("read-page");
    expect(properties.PackageType).toBe("Image");
    const lease = Number(properties.Environment.Variables.READ_LEASE_SECONDS);
    expect(lease).toBeGreaterThan(properties.Timeout);
  });

  it("has its lease run out before the message comes again, so that no attempt finds the page held", () => {
    const lease = Number(functionNamed("read-page").properties.Environment.Variables.READ_LEASE_SECONDS);
    const lane = only(queues.filter(({ properties }) => properties.RedrivePolicy));
    expect(lease).toBeLessThan(lane.properties.VisibilityTimeout);
  });
});

describe("the records", () => {
  type TableProperties = {
    KeySchema: { AttributeName: string; KeyType: string }[];
    PointInTimeRecoverySpecification?: { PointInTimeRecoveryEnabled: boolean };
    DeletionProtectionEnabled?: boolean;
    TimeToLiveSpecification?: unknown;
    GlobalSecondaryIndexes?: unknown;
    AttributeDefinitions: unknown;
    BillingMode: string;
  };
  const tables = resourcesOf<TableProperties>("AWS::DynamoDB::Table");
  const keyedBy = (name: string) =>
    only(tables.filter(({ properties }) => properties.KeySchema[0]?.AttributeName === name)).properties;

  it("can be put back to any second of the last 35 days, and survive the stack", () => {
    expect(tables).toHaveLength(2);
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

  it("keep medications under the person they belong to", () => {
    expect(keyedBy(medicationTable.partitionKey).KeySchema).toEqual([
      { AttributeName: "owner", KeyType: "HASH" },
      { AttributeName: "id", KeyType: "RANGE" },
    ]);
  });
});
