import "../support/handler-environment.ts";
import { DeleteObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { canaryReport } from "../../contract/upkeep.ts";
import { handler as health } from "../../lambdas/health/handler.ts";
import { handler as canary } from "../../lambdas/upload-canary/handler.ts";
import { ask, problemIn } from "../support/answers.ts";
import { httpEvent } from "../support/events.ts";

describe("GET /health and /openapi.json", () => {
  it("answer without a token", async () => {
    const { status, body } = await ask(health, httpEvent("GET /health", {}, { sub: null }));
    expect([status, body]).toEqual([200, { status: "ok" }]);
    const document = await ask(health, httpEvent("GET /openapi.json", {}, { sub: null }));
    expect(document.status).toBe(200);
    expect(document.body).toMatchObject({ openapi: "3.1.1", info: { title: "rxscan" } });
  });
});

describe("GET /health/upload", () => {
  const s3 = mockClient(S3Client);
  const kept = new Map<string, Uint8Array>();
  /** A bucket behind plain HTTP. */
  const fetchOf = (more: { put?: number; get?: (bytes: Uint8Array) => Uint8Array } = {}) =>
    vi.fn<typeof fetch>(async (url, init) => {
      const { pathname } = new URL(String(url));
      if (init?.method === "PUT") {
        const body = init.body;
        if (more.put === undefined && body instanceof Uint8Array) kept.set(pathname, body);
        return new Response(null, { status: more.put ?? 200 });
      }
      const found = kept.get(pathname);
      if (!found) return new Response(null, { status: 404 });
      return new Response(Buffer.from(more.get ? more.get(found) : found));
    });
  beforeEach(() => {
    kept.clear();
    s3.reset();
    s3.on(DeleteObjectCommand).resolves({});
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });
  const look = () => ask(canary, httpEvent("GET /health/upload"));
  const removed = () => s3.commandCalls(DeleteObjectCommand).map(({ args }) => args[0].input.Key);

  it("goes the way a photo goes, outside every photo's corner, and leaves nothing behind", async () => {
    const fetched = fetchOf();
    vi.stubGlobal("fetch", fetched);
    const { status, body } = await look();
    expect(status).toBe(200);
    expect(canaryReport.parse(body)).toMatchObject({ status: "ok", bytes: 65536 });
    const [url, init] = fetched.mock.calls[0] ?? [];
    const key = new URL(String(url)).pathname.slice(1);
    expect(key).toMatch(/^canary\//);
    expect(new Headers(init?.headers).get("x-amz-checksum-sha256")).toMatch(/=$/);
    expect(removed()).toEqual([key]);
  });

  it.each<[string, Parameters<typeof fetchOf>[0]]>([
    ["the upload is refused", { put: 403 }],
    ["other bytes come back", { get: (bytes) => bytes.with(0, (bytes[0] ?? 0) ^ 1) }],
  ])("says 503 canary_failed when %s, and still cleans up", async (_, more) => {
    vi.stubGlobal("fetch", fetchOf(more));
    expect(problemIn(await look())).toMatchObject({ status: 503, code: "canary_failed" });
    expect(removed()).toHaveLength(1);
  });

  it("says so too when what it uploaded cannot be removed: photos could not be removed either", async () => {
    vi.stubGlobal("fetch", fetchOf());
    s3.on(DeleteObjectCommand).rejects(new Error("access denied"));
    expect(problemIn(await look()).code).toBe("canary_failed");
  });

  it("logs what failed as a code, not as a URL that would be good for an upload", async () => {
    vi.stubGlobal("fetch", fetchOf({ put: 403 }));
    const { output } = await look();
    expect(output).toContain('"code":"put_403"');
    expect(output).not.toContain("X-Amz-Signature");
  });
});
