import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DeleteObjectsCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NotFound,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from "@aws-sdk/lib-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { jobStore } from "../../aws/job-table.ts";
import { medicationStore } from "../../aws/medication-table.ts";
import { photoStore } from "../../aws/photo-bucket.ts";
import { jobTable } from "../../contract/tables.ts";
import { bookedJob, completedJob, corrected, JOB_ID, stored } from "../support/builders.ts";

/** The very requests that leave for AWS. */

const dynamoDb = mockClient(DynamoDBDocumentClient);
const s3 = mockClient(S3Client);
const table = DynamoDBDocumentClient.from(new DynamoDBClient({ region: "us-east-1" }));
const jobs = jobStore(table, "Jobs");
const medications = medicationStore(table, "Medications");
const photos = photoStore(new S3Client({ region: "us-east-1" }), "bucket");
const refused = new ConditionalCheckFailedException({ message: "", $metadata: {} });

beforeEach(() => {
  dynamoDb.reset();
  s3.reset();
});
const puts = () => dynamoDb.commandCalls(PutCommand).map(({ args }) => args[0].input);

describe("jobs", () => {
  it("are created under the condition that there is none, with what the index and the expiry need beside them", async () => {
    const job = bookedJob();
    dynamoDb.on(PutCommand).resolves({});
    expect(await jobs.create(job)).toBe(true);
    expect(puts()).toEqual([
      {
        TableName: "Jobs",
        Item: {
          job_id: JOB_ID,
          version: 1,
          expires_at: job.created_at / 1000 + 30 * 24 * 3600,
          open: expect.stringMatching(/^[0-3]$/),
          due_at: job.due_at,
          job,
        },
        ConditionExpression: "attribute_not_exists(job_id)",
      },
    ]);
  });

  it("are replaced under the condition that the version before is there; ended ones leave the index", async () => {
    const job = { ...completedJob(), version: 4 };
    dynamoDb.on(PutCommand).resolves({});
    expect(await jobs.replace(job)).toBe(true);
    const [input] = puts();
    expect(input).toMatchObject({
      ConditionExpression: "version = :before",
      ExpressionAttributeValues: { ":before": 3 },
    });
    expect(Object.keys(input?.Item ?? {}).toSorted()).toEqual(["expires_at", "job", "job_id", "version"]);
  });

  it("answer false to a refused condition and throw whatever else went wrong", async () => {
    dynamoDb.on(PutCommand).rejectsOnce(refused).rejects(new Error("throttled"));
    expect(await jobs.create(bookedJob())).toBe(false);
    await expect(jobs.create(bookedJob())).rejects.toThrow("throttled");
  });

  it("are read consistently", async () => {
    dynamoDb.on(GetCommand).resolves({ Item: { job: bookedJob() } });
    await jobs.read(JOB_ID);
    expect(dynamoDb.commandCalls(GetCommand)[0]?.args[0].input).toEqual({
      TableName: "Jobs",
      Key: { job_id: JOB_ID },
      ConsistentRead: true,
    });
  });

  it("that are no job any more are an error, not half a job", async () => {
    dynamoDb.on(GetCommand).resolves({ Item: { job: { ...bookedJob(), pages: [] } } });
    await expect(jobs.read(JOB_ID)).rejects.toThrow();
  });

  it("are found due on every shard, over as many pages as there are", async () => {
    dynamoDb.on(QueryCommand).resolves({ Items: [] });
    dynamoDb
      .on(QueryCommand, { ExpressionAttributeValues: { ":shard": "2", ":at": 7 } })
      .resolvesOnce({ Items: [{ job_id: "a" }], LastEvaluatedKey: { job_id: "a" } })
      .resolvesOnce({ Items: [{ job_id: "b" }] });
    const found: string[] = [];
    for await (const id of jobs.due(7)) found.push(id);
    expect(found).toEqual(["a", "b"]);
    const inputs = dynamoDb.commandCalls(QueryCommand).map(({ args }) => args[0].input);
    expect(inputs).toHaveLength(jobTable.shards.length + 1);
    expect(inputs[0]).toMatchObject({
      TableName: "Jobs",
      IndexName: "unfinished",
      KeyConditionExpression: "#open = :shard AND due_at <= :at",
      ExpressionAttributeNames: { "#open": "open" },
    });
    expect(inputs[3]?.ExclusiveStartKey).toEqual({ job_id: "a" });
  });
});

describe("medications", () => {
  it("are kept only where there is none, or an earlier round's that no person has touched", async () => {
    dynamoDb.on(PutCommand).resolves({});
    const { owner, version, round, ...medication } = stored({ round: 2 });
    await medications.keep(stored({ round: 2 }));
    expect(puts()).toEqual([
      {
        TableName: "Medications",
        Item: { owner, id: medication.id, version, round, touched: false, medication },
        ConditionExpression: "attribute_not_exists(id) OR (#round < :round AND touched = :no)",
        ExpressionAttributeNames: { "#round": "round" },
        ExpressionAttributeValues: { ":round": 2, ":no": false },
      },
    ]);
  });

  it("carry beside them that a person has touched them", async () => {
    dynamoDb.on(PutCommand).resolves({});
    await medications.replace(corrected(stored()));
    expect(puts()[0]).toMatchObject({
      Item: { touched: true, version: 2 },
      ConditionExpression: "version = :before",
      ExpressionAttributeValues: { ":before": 1 },
    });
  });

  it("are asked for by their person, never by a scan of the table", async () => {
    dynamoDb.on(QueryCommand).resolves({ Items: [] });
    await medications.list("nurse", 21, "last-id");
    await medications.ofJob("nurse", "0199");
    const inputs = dynamoDb.commandCalls(QueryCommand).map(({ args }) => args[0].input);
    expect(inputs).toEqual([
      {
        TableName: "Medications",
        KeyConditionExpression: "#owner = :owner",
        ExpressionAttributeNames: { "#owner": "owner" },
        ExpressionAttributeValues: { ":owner": "nurse" },
        ScanIndexForward: false,
        Limit: 21,
        ExclusiveStartKey: { owner: "nurse", id: "last-id" },
      },
      {
        TableName: "Medications",
        KeyConditionExpression: "#owner = :owner AND begins_with(id, :prefix)",
        ExpressionAttributeNames: { "#owner": "owner" },
        ExpressionAttributeValues: { ":owner": "nurse", ":prefix": "0199" },
        ConsistentRead: true,
      },
    ]);
  });

  it("are removed under the condition that there is one, of the version that was seen", async () => {
    dynamoDb.on(DeleteCommand).resolves({});
    await medications.remove("nurse", "id");
    await medications.remove("nurse", "id", 3);
    expect(dynamoDb.commandCalls(DeleteCommand).map(({ args }) => args[0].input)).toEqual([
      {
        TableName: "Medications",
        Key: { owner: "nurse", id: "id" },
        ConditionExpression: "attribute_exists(id)",
      },
      {
        TableName: "Medications",
        Key: { owner: "nurse", id: "id" },
        ConditionExpression: "version = :seen",
        ExpressionAttributeValues: { ":seen": 3 },
      },
    ]);
  });
});

describe("photos", () => {
  it("are not there when S3 says 404, and an error when it says anything else", async () => {
    s3.on(HeadObjectCommand)
      .rejectsOnce(new NotFound({ message: "", $metadata: { httpStatusCode: 404 } }))
      .rejects(new Error("access denied"));
    expect(await photos.exists("key")).toBe(false);
    await expect(photos.exists("key")).rejects.toThrow("access denied");
  });

  it("are put with their length, their type and a SHA-256 for S3 to check", async () => {
    s3.on(PutObjectCommand).resolves({});
    const body = Buffer.from("abc");
    await photos.put("key", body, "image/webp");
    expect(s3.commandCalls(PutObjectCommand)[0]?.args[0].input).toEqual({
      Bucket: "bucket",
      Key: "key",
      Body: body,
      ContentType: "image/webp",
      ContentLength: 3,
      ChecksumAlgorithm: "SHA256",
    });
  });

  it("are removed page by page of the listing, and only under their prefix", async () => {
    s3.on(ListObjectsV2Command)
      .resolvesOnce({
        Contents: [{ Key: "p/1" }, { Key: "p/2" }],
        IsTruncated: true,
        NextContinuationToken: "t",
      })
      .resolvesOnce({ Contents: [{ Key: "p/3" }] });
    s3.on(DeleteObjectsCommand).resolves({});
    expect(await photos.removeAll("p/")).toEqual(["p/1", "p/2", "p/3"]);
    expect(s3.commandCalls(ListObjectsV2Command).map(({ args }) => args[0].input)).toMatchObject([
      { Bucket: "bucket", Prefix: "p/" },
      { Bucket: "bucket", Prefix: "p/", ContinuationToken: "t" },
    ]);
    expect(s3.commandCalls(DeleteObjectsCommand).map(({ args }) => args[0].input)).toEqual([
      { Bucket: "bucket", Delete: { Objects: [{ Key: "p/1" }, { Key: "p/2" }], Quiet: true } },
      { Bucket: "bucket", Delete: { Objects: [{ Key: "p/3" }], Quiet: true } },
    ]);
  });

  it("that S3 did not remove are an error, though S3 answered 200", async () => {
    s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: "p/1" }] });
    s3.on(DeleteObjectsCommand).resolves({ Errors: [{ Key: "p/1", Code: "AccessDenied" }] });
    await expect(photos.removeAll("p/")).rejects.toThrow("S3 did not remove 1 objects: AccessDenied");
  });
});
