import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUCKET, type Harness, sdkRefusal, startHarness } from "./harness.ts";

let s3: Harness;
beforeAll(async () => {
  s3 = await startHarness();
});
afterAll(async () => {
  expect(s3.faults).toEqual([]);
  await s3.stop();
});

const bytesOf = async (output: { Body?: { transformToByteArray(): Promise<Uint8Array> } }) =>
  Buffer.from((await output.Body?.transformToByteArray()) ?? []);

describe("objects", () => {
  it("gives back the bytes, type and metadata that were put", async () => {
    const client = s3.client();
    const body = Buffer.from("a label");
    const put = await client.send(
      new PutObjectCommand({
        Bucket: BUCKET,
        Key: "scans/1/photo",
        Body: body,
        ContentType: "image/jpeg",
        CacheControl: "no-store",
        Metadata: { page: "1" },
      }),
    );
    expect(put.ETag).toBe(`"${createHash("md5").update(body).digest("hex")}"`);
    const got = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "scans/1/photo" }));
    expect(await bytesOf(got)).toEqual(body);
    expect(got).toMatchObject({
      ContentType: "image/jpeg",
      CacheControl: "no-store",
      Metadata: { page: "1" },
      ETag: put.ETag,
      ContentLength: 7,
    });
    const head = await client.send(
      new HeadObjectCommand({ Bucket: BUCKET, Key: "scans/1/photo", ChecksumMode: "ENABLED" }),
    );
    expect(head).toMatchObject({ ContentLength: 7, ETag: put.ETag, ChecksumCRC32: put.ChecksumCRC32 });
  });

  it("keeps objects over a restart", async () => {
    const client = s3.client();
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "kept", Body: "still here" }));
    await s3.restart();
    const got = await s3.client().send(new GetObjectCommand({ Bucket: BUCKET, Key: "kept" }));
    expect((await bytesOf(got)).toString()).toBe("still here");
  });

  it("takes a streamed body, which the SDK sends in chunks with a trailing checksum", async () => {
    const client = s3.client();
    const pieces = Array.from({ length: 50 }, (_, index) => Buffer.alloc(10_007, index));
    const put = await client.send(
      new PutObjectCommand({
        Bucket: BUCKET,
        Key: "streamed",
        Body: Readable.from(pieces),
        ContentLength: 50 * 10_007,
        ContentEncoding: "identity",
      }),
    );
    expect(put.ChecksumCRC32).toBeDefined();
    const got = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "streamed" }));
    expect(got.ContentEncoding).toBe("identity");
    expect((await bytesOf(got)).equals(Buffer.concat(pieces))).toBe(true);
  });

  it.each([
    "with spaces and + and %2F and %",
    "a/../../../etc/passwd",
    "..",
    "./.",
    "//double//slashes/",
    "ünïcödé/薬/💊",
    "quotes'\"()*!~&=?#;:@,$",
    "é".repeat(512),
  ])("stores under any key, and only that key: %s", async (key) => {
    const client = s3.client();
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: key }));
    const got = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
    expect((await bytesOf(got)).toString()).toBe(key);
    const listed = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: key }));
    expect(listed.Contents?.map(({ Key }) => Key)).toEqual([key]);
    await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }));
    expect(await sdkRefusal(client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key })))).toEqual({
      status: 404,
      code: "NoSuchKey",
    });
  });

  it("refuses a key of more than 1024 bytes", async () => {
    const put = s3.client().send(new PutObjectCommand({ Bucket: BUCKET, Key: "é".repeat(513), Body: "" }));
    expect(await sdkRefusal(put)).toEqual({ status: 400, code: "KeyTooLongError" });
  });

  it("knows no other bucket", async () => {
    const client = s3.client();
    expect(
      await sdkRefusal(client.send(new PutObjectCommand({ Bucket: "other", Key: "k", Body: "" }))),
    ).toEqual({
      status: 404,
      code: "NoSuchBucket",
    });
    expect((await sdkRefusal(client.send(new HeadBucketCommand({ Bucket: "other" })))).status).toBe(404);
    expect((await sdkRefusal(client.send(new HeadBucketCommand({ Bucket: BUCKET })))).status).toBe(200);
  });

  it("deletes many at once, and what is not there without complaint", async () => {
    const client = s3.client();
    for (const key of ["gone/1", "gone/2 & <3>", "gone/\r\n4"]) {
      await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: "x" }));
    }
    const deleted = await client.send(
      new DeleteObjectsCommand({
        Bucket: BUCKET,
        Delete: {
          Objects: [{ Key: "gone/1" }, { Key: "gone/2 & <3>" }, { Key: "gone/\r\n4" }, { Key: "never" }],
        },
      }),
    );
    expect(deleted.Deleted).toHaveLength(4);
    const left = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: "gone/" }));
    expect(left.KeyCount).toBe(0);
  });
});
