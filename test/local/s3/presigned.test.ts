import { createHash } from "node:crypto";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { BUCKET, CREDENTIALS, type Harness, refusal, sdkRefusal, startHarness } from "./harness.ts";

const PHOTO = Buffer.from("\xff\xd8\xff a photo of a label", "latin1");
const SHA256 = createHash("sha256").update(PHOTO).digest("base64");
const EXPIRES_S = 300;

let s3: Harness;
beforeAll(async () => {
  s3 = await startHarness();
});
beforeEach(() => {
  s3.clock.offsetMs = 0;
});
afterAll(async () => {
  expect(s3.faults).toEqual([]);
  await s3.stop();
});

/** An upload as the project books it: length, type, SHA-256 and If-None-Match signed as headers. */
async function book(key: string): Promise<{ url: string; headers: Record<string, string> }> {
  const client = s3.client({ requestChecksumCalculation: "WHEN_REQUIRED" });
  const headers = {
    "content-type": "image/jpeg",
    "x-amz-checksum-sha256": SHA256,
    "if-none-match": "*",
  };
  const url = await getSignedUrl(
    client,
    new PutObjectCommand({
      Bucket: BUCKET,
      Key: key,
      ContentLength: PHOTO.length,
      ContentType: "image/jpeg",
      ChecksumSHA256: SHA256,
      IfNoneMatch: "*",
    }),
    {
      expiresIn: EXPIRES_S,
      signableHeaders: new Set(["content-type", "content-length", "if-none-match"]),
      unhoistableHeaders: new Set(["x-amz-checksum-sha256"]),
    },
  );
  return { url, headers };
}

const put = (url: string, headers: Record<string, string>, body: Buffer<ArrayBuffer> | string = PHOTO) =>
  fetch(url, { method: "PUT", headers, body });

describe("presigned uploads", () => {
  it("takes exactly the upload that was booked", async () => {
    const { url, headers } = await book("booked");
    const response = await put(url, headers);
    expect(response.status).toBe(200);
    expect(response.headers.get("x-amz-checksum-sha256")).toBe(SHA256);
    const head = await s3
      .client()
      .send(new HeadObjectCommand({ Bucket: BUCKET, Key: "booked", ChecksumMode: "ENABLED" }));
    expect(head).toMatchObject({
      ContentType: "image/jpeg",
      ContentLength: PHOTO.length,
      ChecksumSHA256: SHA256,
    });
  });

  it("refuses a second upload on the same URL and keeps the first", async () => {
    const { url, headers } = await book("once");
    expect((await put(url, headers)).status).toBe(200);
    expect(await refusal(await put(url, headers))).toEqual({ status: 412, code: "PreconditionFailed" });
    expect(
      await sdkRefusal(s3.client().send(new HeadObjectCommand({ Bucket: BUCKET, Key: "once" }))),
    ).toEqual({
      status: 200,
      code: "",
    });
  });

  it("lets one of two simultaneous uploads win", async () => {
    const { url, headers } = await book("race");
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => put(url, headers)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412]);
  });

  it.each([
    ["another length", { body: `${PHOTO.toString("latin1")}!`, code: "SignatureDoesNotMatch", status: 403 }],
    [
      "another type",
      { headers: { "content-type": "image/png" }, code: "SignatureDoesNotMatch", status: 403 },
    ],
    [
      "another promised checksum",
      {
        headers: { "x-amz-checksum-sha256": createHash("sha256").update("x").digest("base64") },
        code: "SignatureDoesNotMatch",
        status: 403,
      },
    ],
    ["other bytes of the same length", { body: "x".repeat(PHOTO.length), code: "BadDigest", status: 400 }],
    [
      "an extra header that was not signed",
      { headers: { "x-amz-meta-a": "b" }, code: "AccessDenied", status: 403 },
    ],
  ])("refuses %s", async (what, { body, headers: changed, code, status }: RefusedUpload) => {
    const { url, headers } = await book(`refused ${what}`);
    const response = await put(url, { ...headers, ...changed }, body ?? PHOTO);
    expect(await refusal(response)).toEqual({ status, code });
    const head = s3.client().send(new HeadObjectCommand({ Bucket: BUCKET, Key: `refused ${what}` }));
    expect((await sdkRefusal(head)).status).toBe(404);
  });

  it.each(["content-type", "x-amz-checksum-sha256", "if-none-match"])(
    "refuses an upload without %s",
    async (name) => {
      const { url, headers } = await book(`without ${name}`);
      const { [name as keyof typeof headers]: _, ...rest } = headers;
      expect(await refusal(await put(url, rest))).toEqual({ status: 403, code: "SignatureDoesNotMatch" });
    },
  );

  it.each([
    [
      "a forged signature",
      (url: URL) => url.searchParams.set("X-Amz-Signature", "0".repeat(64)),
      403,
      "SignatureDoesNotMatch",
    ],
    [
      "a longer life",
      (url: URL) => url.searchParams.set("X-Amz-Expires", "3600"),
      403,
      "SignatureDoesNotMatch",
    ],
    [
      "a life of more than a week",
      (url: URL) => url.searchParams.set("X-Amz-Expires", "604801"),
      400,
      "AuthorizationQueryParametersError",
    ],
    [
      "another key",
      (url: URL) => {
        url.pathname = `/${BUCKET}/elsewhere`;
      },
      403,
      "SignatureDoesNotMatch",
    ],
    ["another query", (url: URL) => url.searchParams.set("versionId", "1"), 403, "SignatureDoesNotMatch"],
    [
      "no signature",
      (url: URL) => url.searchParams.delete("X-Amz-Signature"),
      400,
      "AuthorizationQueryParametersError",
    ],
    [
      "no authentication at all",
      (url: URL) => {
        url.search = "";
      },
      403,
      "AccessDenied",
    ],
    [
      "another access key",
      (url: URL) =>
        url.searchParams.set(
          "X-Amz-Credential",
          (url.searchParams.get("X-Amz-Credential") ?? "").replace(CREDENTIALS.accessKeyId, "AKIAOTHER"),
        ),
      403,
      "InvalidAccessKeyId",
    ],
    [
      "another region",
      (url: URL) =>
        url.searchParams.set(
          "X-Amz-Credential",
          (url.searchParams.get("X-Amz-Credential") ?? "").replace("eu-west-1", "us-east-1"),
        ),
      400,
      "AuthorizationQueryParametersError",
    ],
  ] satisfies [string, (url: URL) => void, number, string][])(
    "refuses a URL with %s",
    async (_, change, status, code) => {
      const { url, headers } = await book("tampered");
      const changed = new URL(url);
      change(changed);
      expect(await refusal(await put(changed.href, headers))).toEqual({ status, code });
    },
  );

  it("takes the URL until its last second and refuses it after that", async () => {
    const { url, headers } = await book("late");
    s3.clock.offsetMs = (EXPIRES_S + 2) * 1000;
    const response = await put(url, headers);
    expect(response.status).toBe(403);
    const text = await response.text();
    expect(text).toContain("<Code>AccessDenied</Code>");
    expect(text).toContain("<Message>Request has expired</Message>");
    s3.clock.offsetMs = (EXPIRES_S - 5) * 1000;
    expect((await put(url, headers)).status).toBe(200);
  });

  it("refuses a URL from the future", async () => {
    const { url, headers } = await book("early");
    s3.clock.offsetMs = -16 * 60 * 1000;
    expect(await refusal(await put(url, headers))).toEqual({ status: 403, code: "AccessDenied" });
  });

  it("rejects the checksum of an empty body that the SDK bakes into a URL by default", async () => {
    const command = new PutObjectCommand({ Bucket: BUCKET, Key: "trap", ContentType: "image/jpeg" });
    const url = await getSignedUrl(s3.client(), command);
    expect(new URL(url).searchParams.get("x-amz-checksum-crc32")).toBe("AAAAAA==");
    expect(await refusal(await put(url, {}))).toEqual({ status: 400, code: "BadDigest" });
    const fit = await getSignedUrl(s3.client({ requestChecksumCalculation: "WHEN_REQUIRED" }), command);
    expect((await put(fit, {})).status).toBe(200);
  });
});

type RefusedUpload = { body?: string; headers?: Record<string, string>; code: string; status: number };

describe("presigned downloads", () => {
  it("gives the object, under the name the URL says", async () => {
    const client = s3.client();
    await client.send(
      new PutObjectCommand({ Bucket: BUCKET, Key: "a + b", Body: PHOTO, ContentType: "image/jpeg" }),
    );
    const url = await getSignedUrl(
      client,
      new GetObjectCommand({
        Bucket: BUCKET,
        Key: "a + b",
        ResponseContentDisposition: 'attachment; filename="a.jpg"',
      }),
    );
    const response = await fetch(url);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(PHOTO);
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="a.jpg"');
    expect(await refusal(await fetch(url, { method: "DELETE" }))).toEqual({
      status: 403,
      code: "SignatureDoesNotMatch",
    });
  });

  it("refuses a name that no header can carry", async () => {
    const command = new GetObjectCommand({
      Bucket: BUCKET,
      Key: "a + b",
      ResponseContentDisposition: 'attachment; filename="薬.jpg"',
    });
    const response = await fetch(await getSignedUrl(s3.client(), command));
    expect(await refusal(response)).toEqual({ status: 400, code: "InvalidArgument" });
  });

  it("answers a range, which need not be signed", async () => {
    const client = s3.client();
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "ranged", Body: "0123456789" }));
    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket: BUCKET, Key: "ranged" }));
    const response = await fetch(url, { headers: { range: "bytes=2-4" } });
    expect([response.status, await response.text()]).toEqual([206, "234"]);
    expect(response.headers.get("content-range")).toBe("bytes 2-4/10");
  });
});
