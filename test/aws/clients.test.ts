import { NodeHttpHandler } from "@smithy/node-http-handler";
import { describe, expect, it, vi } from "vitest";
import { dynamoDb, s3, sqs } from "../../aws/clients.ts";
import { uploadSigner } from "../../aws/photo-bucket.ts";

vi.stubEnv("AWS_REGION", "eu-west-1");
vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");

describe("the clients", () => {
  it("are made once per process", () => {
    expect(s3()).toBe(s3());
    expect(sqs()).toBe(sqs());
    expect(dynamoDb()).toBe(dynamoDb());
  });

  it.each([
    ["DynamoDB", () => dynamoDb().config, 3_000],
    ["SQS", () => sqs().config, 3_000],
    ["S3", () => s3().config, 15_000],
  ] as const)(
    "for %s keep connections alive, give up on silence and retry as the standard says",
    async (_, config, ms) => {
      const { requestHandler, maxAttempts, retryMode } = config();
      expect(await maxAttempts()).toBe(3);
      expect(typeof retryMode === "function" ? await retryMode() : retryMode).toBe("standard");
      if (!(requestHandler instanceof NodeHttpHandler)) throw new Error("another HTTP handler");
      // Its settings are read when the first request is made.
      await requestHandler.handle({} as never).catch(() => undefined);
      const settings = requestHandler.httpHandlerConfigs();
      expect(settings).toMatchObject({
        connectionTimeout: 1_000,
        requestTimeout: ms,
        throwOnRequestTimeout: true,
      });
      expect(settings.httpsAgent).toMatchObject({ keepAlive: true });
    },
  );
});

describe("a presigned upload", () => {
  const sign = async (more: { sha256?: string } = {}) => {
    const signed = await uploadSigner(
      s3(),
      "photos",
    )({
      key: "scans/a/pages/1/original",
      contentType: "image/jpeg",
      size: 12345,
      seconds: 900,
      ...more,
    });
    return { ...signed, query: new URL(signed.url).searchParams };
  };

  it("carries no checksum of an empty body, which S3 would hold against the photo", async () => {
    const { url, query } = await sign();
    expect(url.toLowerCase()).not.toContain("crc32");
    expect([...query.keys()].filter((name) => /checksum/i.test(name))).toEqual([]);
  });

  it("signs length, type and If-None-Match as headers, and expires when told to", async () => {
    const { query, headers } = await sign();
    expect(query.get("X-Amz-SignedHeaders")).toBe("content-length;content-type;host;if-none-match");
    expect(query.get("X-Amz-Expires")).toBe("900");
    expect(headers).toEqual({ "Content-Type": "image/jpeg", "If-None-Match": "*" });
  });

  it("signs the SHA-256, when given, as a header too: in the query S3 would not hold the body against it", async () => {
    const sha256 = Buffer.alloc(32, 7).toString("base64");
    const { query, headers } = await sign({ sha256 });
    expect(query.get("X-Amz-SignedHeaders")).toContain("x-amz-checksum-sha256");
    expect([...query.keys()].filter((name) => /checksum/i.test(name))).toEqual([]);
    expect(headers["x-amz-checksum-sha256"]).toBe(sha256);
  });

  it("names nobody: the key's ids are all that the URL says of the scan", async () => {
    const { url } = await sign();
    expect(decodeURIComponent(new URL(url).pathname)).toBe("/scans/a/pages/1/original");
  });
});
