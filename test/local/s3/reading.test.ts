import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUCKET, type Harness, sdkRefusal, startHarness } from "./harness.ts";

let s3: Harness;
let url: string;
let etag: string;
let modified: Date;
beforeAll(async () => {
  s3 = await startHarness();
  const client = s3.client();
  const put = await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "ten", Body: "0123456789" }));
  etag = put.ETag ?? "";
  const got = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "ten" }));
  modified = got.LastModified ?? new Date(0);
  url = await getSignedUrl(client, new GetObjectCommand({ Bucket: BUCKET, Key: "ten" }));
});
afterAll(async () => {
  expect(s3.faults).toEqual([]);
  await s3.stop();
});

const get = async (headers: Record<string, string>) => {
  const response = await fetch(url, { headers });
  return { status: response.status, text: await response.text(), headers: response.headers };
};

describe("ranges", () => {
  it.each([
    ["bytes=0-0", "0", "bytes 0-0/10"],
    ["bytes=4-", "456789", "bytes 4-9/10"],
    ["bytes=-3", "789", "bytes 7-9/10"],
    ["bytes=8-100", "89", "bytes 8-9/10"],
    ["bytes=-100", "0123456789", "bytes 0-9/10"],
  ])("answers %s with those bytes", async (range, text, contentRange) => {
    const answer = await get({ range });
    expect([answer.status, answer.text]).toEqual([206, text]);
    expect(answer.headers.get("content-range")).toBe(contentRange);
    expect(answer.headers.get("content-length")).toBe(String(text.length));
  });

  it.each(["bytes=5-4", "bytes=0-1,3-4", "lines=1-2", "bytes=-"])(
    "ignores %s, which is none or several",
    async (range) => {
      expect(await get({ range })).toMatchObject({ status: 200, text: "0123456789" });
    },
  );

  it.each(["bytes=10-", "bytes=-0"])("refuses %s, which the object does not have", async (range) => {
    const answer = await get({ range });
    expect(answer.status).toBe(416);
    expect(answer.text).toContain("<Code>InvalidRange</Code>");
    expect(answer.headers.get("content-range")).toBe("bytes */10");
  });

  it("pins a range to the bytes it was meant for", async () => {
    const client = s3.client();
    const ranged = (IfMatch: string) =>
      client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "pinned", Range: "bytes=0-3", IfMatch }));
    const first = await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "pinned", Body: "first" }));
    expect((await ranged(first.ETag ?? "")).ContentRange).toBe("bytes 0-3/5");
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "pinned", Body: "second" }));
    expect(await sdkRefusal(ranged(first.ETag ?? ""))).toEqual({ status: 412, code: "PreconditionFailed" });
  });

  it("sends the whole object when If-Range names another", async () => {
    expect((await get({ range: "bytes=0-0", "if-range": '"other"' })).status).toBe(200);
    expect((await get({ range: "bytes=0-0", "if-range": etag })).status).toBe(206);
  });

  it("finishes reading an object that is replaced and deleted meanwhile", async () => {
    const client = s3.client();
    const Body = Buffer.alloc(20 * 1024 * 1024, "old");
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "long", Body }));
    const got = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "long" }));
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "long", Body: "new" }));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(Body)).toBe(true);
    const after = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "long" }));
    expect(await after.Body?.transformToString()).toBe("new");
  });
});

describe("conditions", () => {
  const minutes = (count: number) => new Date(modified.getTime() + count * 60_000).toUTCString();

  it("answers 304 for what the client has", async () => {
    const answer = await get({ "if-none-match": etag });
    expect([answer.status, answer.text]).toEqual([304, ""]);
    expect(answer.headers.get("etag")).toBe(etag);
    expect((await get({ "if-modified-since": minutes(0) })).status).toBe(304);
    expect((await get({ "if-none-match": `"x", ${etag}` })).status).toBe(304);
  });

  it("answers 412 for what the client did not mean", async () => {
    expect((await get({ "if-match": '"x"' })).status).toBe(412);
    expect((await get({ "if-unmodified-since": minutes(-1) })).status).toBe(412);
  });

  it("sends the object otherwise, and an ETag counts more than a date", async () => {
    expect((await get({ "if-match": etag, "if-unmodified-since": minutes(-1) })).status).toBe(200);
    expect((await get({ "if-none-match": '"x"', "if-modified-since": minutes(1) })).status).toBe(200);
    expect((await get({ "if-modified-since": minutes(-1) })).status).toBe(200);
  });

  it("replaces an object only while it is the one that was meant", async () => {
    const client = s3.client();
    const put = (input: { Key: string; IfMatch: string }) =>
      client.send(new PutObjectCommand({ Bucket: BUCKET, Body: "x", ...input }));
    const first = await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "cas", Body: "1" }));
    await put({ Key: "cas", IfMatch: first.ETag ?? "" });
    expect(await sdkRefusal(put({ Key: "cas", IfMatch: first.ETag ?? "" }))).toMatchObject({ status: 412 });
    expect(await sdkRefusal(put({ Key: "never", IfMatch: '"x"' }))).toEqual({
      status: 404,
      code: "NoSuchKey",
    });
  });
});
