import { PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUCKET, type Harness, refusal, startHarness } from "./harness.ts";

const TABLET = "https://tablet.clinic.example";
let s3: Harness;
let url: string;
beforeAll(async () => {
  s3 = await startHarness({
    buckets: [
      {
        name: BUCKET,
        cors: [
          {
            allowedOrigins: [TABLET, "http://*.local:3000"],
            allowedMethods: ["PUT", "GET"],
            allowedHeaders: ["Content-Type", "x-amz-checksum-*"],
            exposedHeaders: ["ETag"],
            maxAgeSeconds: 3600,
          },
          { allowedOrigins: ["*"], allowedMethods: ["HEAD"] },
        ],
      },
      { name: "closed" },
    ],
  });
  url = await getSignedUrl(
    s3.client({ requestChecksumCalculation: "WHEN_REQUIRED" }),
    new PutObjectCommand({ Bucket: BUCKET, Key: "photo" }),
  );
});
afterAll(async () => {
  expect(s3.faults).toEqual([]);
  await s3.stop();
});

const ask = (target: string, origin: string, method: string, headers = "") =>
  fetch(target, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": method,
      ...(headers === "" ? {} : { "access-control-request-headers": headers }),
    },
  });

describe("CORS", () => {
  it.each([TABLET, "http://one.local:3000"])("lets a page of %s ask before it uploads", async (origin) => {
    const response = await ask(url, origin, "PUT", "content-type, X-Amz-Checksum-Sha256");
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "PUT, GET",
      "access-control-allow-headers": "content-type, X-Amz-Checksum-Sha256",
      "access-control-max-age": "3600",
      "access-control-expose-headers": "ETag",
      vary: expect.stringContaining("Origin"),
    });
  });

  it.each([
    ["another origin", "https://elsewhere.example", "PUT", ""],
    ["another scheme", "http://tablet.clinic.example", "PUT", ""],
    ["another method", TABLET, "DELETE", ""],
    ["another header", TABLET, "PUT", "content-type, x-amz-acl"],
  ])("refuses to be asked from %s", async (_, origin, method, headers) => {
    expect(await refusal(await ask(url, origin, method, headers))).toEqual({
      status: 403,
      code: "AccessForbidden",
    });
  });

  it("refuses where no rules are, and where no origin is given", async () => {
    expect(await refusal(await ask(`${s3.url}/closed/x`, TABLET, "PUT"))).toEqual({
      status: 403,
      code: "AccessForbidden",
    });
    expect(await refusal(await fetch(url, { method: "OPTIONS" }))).toEqual({
      status: 400,
      code: "BadRequest",
    });
  });

  it("shows the page the answer, and a refusal too", async () => {
    const taken = await fetch(url, { method: "PUT", headers: { origin: TABLET }, body: "photo" });
    expect([taken.status, taken.headers.get("access-control-allow-origin")]).toEqual([200, TABLET]);
    const refused = await fetch(`${url}x`, { method: "PUT", headers: { origin: TABLET }, body: "photo" });
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([403, TABLET]);
    const stranger = await fetch(url, {
      method: "PUT",
      headers: { origin: "https://x.example" },
      body: "photo",
    });
    expect([stranger.status, stranger.headers.get("access-control-allow-origin")]).toEqual([200, null]);
  });

  it("answers * where any origin may ask", async () => {
    const response = await ask(url, "https://anybody.example", "HEAD");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-allow-credentials")).toBeNull();
  });
});
