import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { HeadObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { BUCKET, CREDENTIALS, type Harness, REGION, sdkRefusal, startHarness } from "./harness.ts";
import { send, sha256Hex, sign, signer } from "./raw.ts";

const BODY = "bytes of a photo";
const LENGTH = { "content-length": String(BODY.length) };
const UNSIGNED = "UNSIGNED-PAYLOAD";
const EMPTY = sha256Hex("");

let s3: Harness;
let url: string;
beforeAll(async () => {
  s3 = await startHarness();
});
beforeEach(() => {
  url = `${s3.url}/${BUCKET}/key`;
});
afterAll(async () => {
  expect(s3.faults).toEqual([]);
  await s3.stop();
});

const stored = async (key = "key") =>
  (await sdkRefusal(s3.client().send(new HeadObjectCommand({ Bucket: BUCKET, Key: key })))).status === 200;

describe("requests signed in their headers", () => {
  it("are taken when everything is as it was signed", async () => {
    url += "-right";
    const headers = await sign(url, "PUT", LENGTH, { payload: sha256Hex(BODY) });
    expect((await send(url, "PUT", headers, BODY)).status).toBe(200);
    expect(await stored("key-right")).toBe(true);
  });

  it.each([
    ["nobody signed", async () => LENGTH, 403, "AccessDenied"],
    [
      "another key signed",
      () =>
        sign(url, "PUT", LENGTH, { payload: UNSIGNED, by: signer({ ...CREDENTIALS, secretAccessKey: "x" }) }),
      403,
      "SignatureDoesNotMatch",
    ],
    [
      "an unknown access key signed",
      () =>
        sign(url, "PUT", LENGTH, { payload: UNSIGNED, by: signer({ ...CREDENTIALS, accessKeyId: "AKIAX" }) }),
      403,
      "InvalidAccessKeyId",
    ],
    [
      "was signed for another region",
      () => sign(url, "PUT", LENGTH, { payload: UNSIGNED, by: signer(CREDENTIALS, "us-east-1") }),
      400,
      "AuthorizationHeaderMalformed",
    ],
    [
      "was signed 16 minutes ago",
      () => sign(url, "PUT", LENGTH, { payload: UNSIGNED, at: new Date(Date.now() - 16 * 60_000) }),
      403,
      "RequestTimeTooSkewed",
    ],
    [
      "was signed 16 minutes ahead",
      () => sign(url, "PUT", LENGTH, { payload: UNSIGNED, at: new Date(Date.now() + 16 * 60_000) }),
      403,
      "RequestTimeTooSkewed",
    ],
    [
      "was signed for another method",
      () => sign(url, "DELETE", LENGTH, { payload: UNSIGNED }),
      403,
      "SignatureDoesNotMatch",
    ],
    [
      "was signed for another host",
      async () => ({ ...(await sign(url, "PUT", LENGTH, { payload: UNSIGNED })), host: "s3.amazonaws.com" }),
      403,
      "SignatureDoesNotMatch",
    ],
    [
      "carries metadata that was added after it was signed",
      async () => ({ ...(await sign(url, "PUT", LENGTH, { payload: UNSIGNED })), "x-amz-meta-a": "b" }),
      403,
      "AccessDenied",
    ],
    [
      "uses the old signature",
      async () => ({ ...LENGTH, authorization: "AWS AKIALOCAL:c2lnbmF0dXJl" }),
      400,
      "InvalidRequest",
    ],
    [
      "says nothing of its payload",
      async () => {
        const { "x-amz-content-sha256": _, ...rest } = await sign(url, "PUT", LENGTH, { payload: UNSIGNED });
        return rest;
      },
      400,
      "InvalidRequest",
    ],
    [
      "claims a payload that is no hash",
      () => sign(url, "PUT", LENGTH, { payload: "none" }),
      400,
      "InvalidArgument",
    ],
    [
      "has other bytes than its SHA-256",
      () => sign(url, "PUT", LENGTH, { payload: EMPTY }),
      400,
      "XAmzContentSHA256Mismatch",
    ],
    [
      "has other bytes than its Content-MD5",
      () =>
        sign(
          url,
          "PUT",
          { ...LENGTH, "content-md5": createHash("md5").digest("base64") },
          { payload: UNSIGNED },
        ),
      400,
      "BadDigest",
    ],
    [
      "has a Content-MD5 that is none",
      () => sign(url, "PUT", { ...LENGTH, "content-md5": "eA==" }, { payload: UNSIGNED }),
      400,
      "InvalidDigest",
    ],
    [
      "has other bytes than its CRC32C",
      () => sign(url, "PUT", { ...LENGTH, "x-amz-checksum-crc32c": "AAAAAA==" }, { payload: UNSIGNED }),
      400,
      "BadDigest",
    ],
    [
      "has a checksum of the wrong size",
      () => sign(url, "PUT", { ...LENGTH, "x-amz-checksum-sha256": "AAAAAA==" }, { payload: UNSIGNED }),
      400,
      "InvalidRequest",
    ],
    [
      "has two checksums",
      () =>
        sign(
          url,
          "PUT",
          { ...LENGTH, "x-amz-checksum-crc32": "AAAAAA==", "x-amz-checksum-crc32c": "AAAAAA==" },
          { payload: UNSIGNED },
        ),
      400,
      "InvalidRequest",
    ],
    [
      "names a checksum and brings none",
      () => sign(url, "PUT", { ...LENGTH, "x-amz-sdk-checksum-algorithm": "SHA256" }, { payload: UNSIGNED }),
      400,
      "InvalidRequest",
    ],
    [
      "is longer than S3 takes in one PUT",
      () => sign(url, "PUT", { "content-length": String(5 * 1024 ** 3 + 1) }, { payload: UNSIGNED }),
      400,
      "EntityTooLarge",
    ],
    [
      "does not say how long it is",
      async () => ({
        ...(await sign(url, "PUT", {}, { payload: UNSIGNED })),
        "transfer-encoding": "chunked",
      }),
      411,
      "MissingContentLength",
    ],
    [
      "sets an ACL, which would not be kept",
      () => sign(url, "PUT", { ...LENGTH, "x-amz-acl": "public-read" }, { payload: UNSIGNED }),
      501,
      "NotImplemented",
    ],
    [
      "has more metadata than S3 takes",
      () => sign(url, "PUT", { ...LENGTH, "x-amz-meta-a": "b".repeat(2048) }, { payload: UNSIGNED }),
      400,
      "MetadataTooLarge",
    ],
  ])("are refused when one %s", async (_, headers, status, code) => {
    expect(await send(url, "PUT", await headers(), BODY)).toMatchObject({ status, code });
    expect(await stored()).toBe(false);
  });

  it("puts an object's tags nowhere rather than over the object", async () => {
    const tagging = `${url}?tagging=`;
    const headers = await sign(tagging, "PUT", LENGTH, { payload: UNSIGNED });
    expect(await send(tagging, "PUT", headers, BODY)).toMatchObject({ status: 501, code: "NotImplemented" });
    expect(await stored()).toBe(false);
  });

  it("takes a clock that is 14 minutes off", async () => {
    url += "-skewed";
    const at = new Date(Date.now() - 14 * 60_000);
    const headers = await sign(url, "PUT", LENGTH, { payload: UNSIGNED, at });
    expect((await send(url, "PUT", headers, BODY)).status).toBe(200);
  });

  it("keeps nothing of an upload that breaks off", async () => {
    const headers = await sign(url, "PUT", { "content-length": "1000000" }, { payload: UNSIGNED });
    await expect(send(url, "PUT", headers, Buffer.alloc(500_000), true)).rejects.toThrow();
    const pieces = join(s3.folder, "pieces");
    const listed = await s3.client().send(new ListObjectsV2Command({ Bucket: BUCKET }));
    await vi.waitFor(async () => expect(await readdir(pieces)).toHaveLength(listed.KeyCount ?? 0));
    expect(await stored()).toBe(false);
  });

  it("do not keep the server from closing when one never ends", async () => {
    const other = await startHarness();
    const target = `${other.url}/${BUCKET}/hanging`;
    const headers = await sign(target, "PUT", { "content-length": "10" }, { payload: UNSIGNED });
    const outgoing = request(target, { method: "PUT", headers });
    const ended = once(outgoing, "error");
    outgoing.write("half ");
    await vi.waitFor(async () => expect(await readdir(join(other.folder, "pieces"))).toHaveLength(1));
    await Promise.all([ended, other.stop()]);
    expect(other.faults).toEqual([]);
  });

  it("sends a refusal before the body when the client waits for it", async () => {
    const headers = { ...LENGTH, expect: "100-continue", connection: "keep-alive" };
    const answer = await send(url, "PUT", headers, "");
    expect(answer).toMatchObject({ status: 403, code: "AccessDenied", headers: { connection: "close" } });
  });
});

/** A streamed body as sigv4-streaming.html lays it out; every chunk signed, and the trailer if there is one. */
async function signedChunks(
  chunks: readonly string[],
  headers: Record<string, string>,
  options: { trailer?: string; tamper?: "chunk" | "trailer"; signed?: boolean } = {},
) {
  const at = new Date();
  const by = signer();
  const trailer = options.trailer === undefined ? "" : "-TRAILER";
  const payload =
    options.signed === false
      ? "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
      : `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailer}`;
  const decoded = chunks.join("").length;
  const all = {
    ...headers,
    "x-amz-decoded-content-length": String(decoded),
    "content-encoding": "aws-chunked",
  };
  const signedHeaders = await sign(url, "PUT", all, { payload, at, by });
  const longDate = signedHeaders["x-amz-date"] ?? "";
  const scope = `${longDate}\n${longDate.slice(0, 8)}/${REGION}/s3/aws4_request`;
  let previous = /Signature=(\w+)$/.exec(signedHeaders.authorization ?? "")?.[1] ?? "";
  let body = "";
  for (const chunk of [...chunks, ""]) {
    const content = `${previous}\n${EMPTY}\n${sha256Hex(chunk)}`;
    previous = await by.sign(`AWS4-HMAC-SHA256-PAYLOAD\n${scope}\n${content}`, { signingDate: at });
    const signature = options.signed === false ? "" : `;chunk-signature=${previous}`;
    const sent = options.tamper === "chunk" ? chunk.replace("1", "2") : chunk;
    body += `${chunk.length.toString(16)}${signature}\r\n${sent}${chunk === "" ? "" : "\r\n"}`;
  }
  if (options.trailer !== undefined) {
    const content = `${previous}\n${sha256Hex(`${options.trailer}\n`)}`;
    const signature = await by.sign(`AWS4-HMAC-SHA256-TRAILER\n${scope}\n${content}`, { signingDate: at });
    body += `${options.trailer}\r\n`;
    const sent = options.tamper === "trailer" ? signature.replace(/^./, "x") : signature;
    if (options.signed !== false) body += `x-amz-trailer-signature:${sent}\r\n`;
  }
  return { headers: signedHeaders, body: `${body}\r\n` };
}

describe("bodies streamed in chunks", () => {
  const chunks = ["chunk 1 ".repeat(2000), "chunk 1 too".repeat(1000), "the end"];
  const trailer = (text: string) => {
    const digest = Buffer.alloc(4);
    digest.writeUInt32BE(crc32(text));
    return `x-amz-checksum-crc32:${digest.toString("base64")}`;
  };
  const put = async (body: { headers: Record<string, string>; body: string }) =>
    await send(url, "PUT", { ...body.headers, "content-length": body.body.length }, body.body);

  it("are put together, with every chunk's signature checked", async () => {
    url += "-streamed";
    expect((await put(await signedChunks(chunks, {}))).status).toBe(200);
    const head = await s3.client().send(new HeadObjectCommand({ Bucket: BUCKET, Key: "key-streamed" }));
    expect(head.ContentLength).toBe(chunks.join("").length);
    expect(head.ContentEncoding).toBeUndefined();
  });

  it("may end in a signed or unsigned trailing checksum", async () => {
    const headers = { "x-amz-trailer": "x-amz-checksum-crc32" };
    for (const signed of [true, false]) {
      url = `${s3.url}/${BUCKET}/trailer-${signed}`;
      const body = await signedChunks(chunks, headers, { trailer: trailer(chunks.join("")), signed });
      const answer = await put(body);
      expect(answer.status).toBe(200);
      expect(`x-amz-checksum-crc32:${answer.headers["x-amz-checksum-crc32"]}`).toBe(trailer(chunks.join("")));
    }
  });

  it.each([
    ["a chunk that was changed", {}, { tamper: "chunk" }, 403, "SignatureDoesNotMatch"],
    [
      "a changed trailer",
      { "x-amz-trailer": "x-amz-checksum-crc32" },
      { tamper: "trailer", trailer: trailer("") },
      403,
      "SignatureDoesNotMatch",
    ],
    [
      "another checksum",
      { "x-amz-trailer": "x-amz-checksum-crc32" },
      { trailer: trailer("") },
      400,
      "BadDigest",
    ],
    [
      "an unsigned wrong checksum",
      { "x-amz-trailer": "x-amz-checksum-crc32" },
      { trailer: trailer(""), signed: false },
      400,
      "BadDigest",
    ],
  ] as const)("are refused with %s", async (_, headers, options, status, code) => {
    expect(await put(await signedChunks(chunks, headers, options))).toMatchObject({ status, code });
    expect(await stored()).toBe(false);
  });

  it.each([
    ["a chunk is missing", (body: string) => body.slice(body.lastIndexOf("7;")), "SignatureDoesNotMatch"],
    ["the last chunk is missing", (body: string) => body.slice(0, body.lastIndexOf("0;")), "IncompleteBody"],
    ["a size is no number", (body: string) => `x${body}`, "IncompleteBody"],
    ["there is no line end", () => "1".repeat(100_000), "IncompleteBody"],
  ])("are refused when %s", async (_, change, code) => {
    const { headers, body } = await signedChunks(chunks, {});
    expect(await put({ headers, body: change(body) })).toMatchObject({ code });
    expect(await stored()).toBe(false);
  });

  it.each(["3", "5"])(
    "are refused when they are not as long as promised: %s bytes instead of 4",
    async (promised) => {
      const headers = await sign(
        url,
        "PUT",
        { "x-amz-decoded-content-length": promised },
        { payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER" },
      );
      expect(await put({ headers, body: "4\r\nfour\r\n0\r\n\r\n" })).toMatchObject({
        status: 400,
        code: "IncompleteBody",
      });
      expect(await stored()).toBe(false);
    },
  );

  it("are refused when nothing says how long they are", async () => {
    const headers = await sign(url, "PUT", {}, { payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER" });
    expect(await put({ headers, body: "0\r\n\r\n" })).toMatchObject({
      status: 411,
      code: "MissingContentLength",
    });
  });
});
