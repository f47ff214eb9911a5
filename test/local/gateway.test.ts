import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from "aws-lambda";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { problem } from "../../contract/problems.ts";
import { type Gateway, startGateway } from "../../local/gateway.ts";
import { type Identity, openIdentity } from "../../local/identity.ts";

const ISSUER = "http://localhost:3000";
const routes = [
  { method: "GET", path: "/health", functionId: "Health", signedIn: false },
  { method: "GET", path: "/meds/{id}", functionId: "Medications", signedIn: true },
  { method: "GET", path: "/meds/special", functionId: "Special", signedIn: true },
  { method: "POST", path: "/meds/{id}/confirm", functionId: "Confirm", signedIn: true },
];
const cors = {
  origins: ["https://clinic.example"],
  methods: ["GET", "POST"],
  headers: ["Authorization", "Content-Type"],
  expose: ["ETag"],
  maxAgeSeconds: 3600,
};

let folder = "";
let identity: Identity;
let gateway: Gateway;
let invoked: { id: string; event: APIGatewayProxyEventV2WithJWTAuthorizer }[] = [];
let answer: () => unknown;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateway-"));
  identity = await openIdentity(folder, ISSUER);
  gateway = await startGateway(
    { routes, cors },
    {
      port: 0,
      identity,
      invoke: async (id, event) => {
        invoked.push({ id, event: event as APIGatewayProxyEventV2WithJWTAuthorizer });
        return answer();
      },
    },
  );
});
afterAll(async () => {
  await gateway.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  invoked = [];
  answer = () => ({ statusCode: 200, headers: { "Content-Type": "application/json" }, body: "{}" });
});

const call = async (method: string, path: string, init: RequestInit = {}, sub = "nurse") =>
  fetch(new URL(path, gateway.url), {
    method,
    ...init,
    headers: { Authorization: `Bearer ${await identity.token(sub)}`, ...init.headers },
  });
const code = async (response: Response) => [response.status, problem.parse(await response.json()).code];

describe("the local gateway", () => {
  it("hands a call to its route's function as API Gateway does: key, parameters, query, headers, claims", async () => {
    await call("POST", "/meds/a%20b/confirm?x=1&x=2&y=%C3%A9", {
      body: '{"a":1}',
      headers: { "X-Mine": "1", "Content-Type": "application/json" },
    });
    expect(invoked).toHaveLength(1);
    expect(invoked[0]?.id).toBe("Confirm");
    expect(invoked[0]?.event).toMatchObject({
      version: "2.0",
      routeKey: "POST /meds/{id}/confirm",
      rawPath: "/meds/a%20b/confirm",
      rawQueryString: "x=1&x=2&y=%C3%A9",
      pathParameters: { id: "a b" },
      queryStringParameters: { x: "1,2", y: "é" },
      headers: { "x-mine": "1", "content-type": "application/json" },
      body: '{"a":1}',
      isBase64Encoded: false,
      requestContext: {
        authorizer: { jwt: { claims: { sub: "nurse", iss: ISSUER } } },
        http: { method: "POST" },
      },
    });
  });

  it("prefers the route that says more of the path", async () => {
    await call("GET", "/meds/special");
    await call("GET", "/meds/other");
    expect(invoked.map(({ id }) => id)).toEqual(["Special", "Medications"]);
  });

  it.each([
    ["GET", "/nowhere"],
    ["GET", "/meds/"],
    ["GET", "/meds/a/b"],
    ["DELETE", "/meds/a"],
    ["GET", "/health/"],
  ])("does not know %s %s", async (method, path) => {
    expect(await code(await call(method, path))).toEqual([404, "route_not_found"]);
    expect(invoked).toEqual([]);
  });

  it.each(["//", "*", "/%", "http://"])("survives a target like %s", async (target) => {
    const { hostname, port } = new URL(gateway.url);
    const told = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname === "localhost" ? "127.0.0.1" : hostname);
      let text = "";
      socket.on("data", (piece) => {
        text += piece;
      });
      socket.on("close", () => resolve(text)).on("error", reject);
      socket.end(`GET ${target} HTTP/1.1\r\nHost: local\r\nConnection: close\r\n\r\n`);
    });
    expect(told).toMatch(/^HTTP\/1\.1 404 /);
    expect((await fetch(new URL("/health", gateway.url))).status).toBe(200);
  });

  it("hands over as base64 what is no text", async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, n) => n);
    await call("POST", "/meds/a/confirm", { body: bytes, headers: { "Content-Type": "image/jpeg" } });
    const event = invoked[0]?.event;
    expect(event?.isBase64Encoded).toBe(true);
    expect(new Uint8Array(Buffer.from(event?.body ?? "", "base64"))).toEqual(bytes);
  });

  it("hands on the function's status, headers and body", async () => {
    answer = () => ({ statusCode: 302, headers: { Location: "https://bucket/x" } });
    const redirect = await call("GET", "/meds/a", { redirect: "manual" });
    expect([redirect.status, redirect.headers.get("location"), await redirect.text()]).toEqual([
      302,
      "https://bucket/x",
      "",
    ]);
  });

  it("says 500 when the function fails, and goes on", async () => {
    answer = () => {
      throw new Error("the process ended");
    };
    expect(await code(await call("GET", "/meds/a"))).toEqual([500, "internal_error"]);
  });

  it("takes a body of ten million bytes and refuses one more, with an answer that arrives", async () => {
    const send = (size: number) =>
      call("POST", "/meds/a/confirm", {
        body: Buffer.alloc(size, "x"),
        headers: { "Content-Type": "text/plain" },
      });
    expect((await send(10_000_000)).status).toBe(200);
    expect(await code(await send(10_000_001))).toEqual([413, "payload_too_large"]);
    expect(await code(await send(30_000_000))).toEqual([413, "payload_too_large"]);
    expect(invoked).toHaveLength(1);
  });
});

describe("the local authorizer", () => {
  const ask = (authorization?: string) =>
    fetch(
      new URL("/meds/a", gateway.url),
      authorization ? { headers: { Authorization: authorization } } : {},
    );

  it("asks for a token where there is none", async () => {
    for (const response of [await ask(), await ask("Basic bnVyc2U6cHc=")]) {
      expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
      expect(await code(response)).toEqual([401, "unauthorized"]);
    }
    expect((await fetch(new URL("/health", gateway.url))).status).toBe(200);
  });

  it("says of an expired token that it has expired, and of any other that it is not valid", async () => {
    const expired = await ask(`Bearer ${await identity.token("nurse", -10)}`);
    expect(expired.headers.get("www-authenticate")).toContain('error_description="the token has expired"');
    expect(await code(expired)).toEqual([401, "token_expired"]);
    const [head = "", body = ""] = (await identity.token("nurse")).split(".");
    const none = Buffer.from('{"alg":"none"}').toString("base64url");
    for (const forged of [`${head}.${body}.AAAA`, `${none}.${body}.`, "x"]) {
      const response = await ask(`Bearer ${forged}`);
      expect(response.headers.get("www-authenticate")).toContain('error="invalid_token"');
      expect(await code(response)).toEqual([401, "unauthorized"]);
    }
  });

  it("refuses the tokens of another issuer, and of another data folder", async () => {
    const other = await mkdtemp(join(tmpdir(), "identity-"));
    const elsewhere = await openIdentity(folder, "http://localhost:9999");
    const stranger = await openIdentity(other, ISSUER);
    for (const issuer of [elsewhere, stranger]) {
      expect((await ask(`Bearer ${await issuer.token("nurse")}`)).status).toBe(401);
    }
    await rm(other, { recursive: true });
  });

  it("takes tokens of before a restart: the key stays in the data folder, its private half in nobody's sight", async () => {
    const token = await identity.token("nurse");
    const again = await openIdentity(folder, ISSUER);
    expect(await again.verify(token)).toMatchObject({ claims: { sub: "nurse" } });
    const published = await (await fetch(new URL("/.well-known/jwks.json", gateway.url))).json();
    expect(published).toEqual(again.jwks);
    expect(Object.keys(again.jwks.keys[0] ?? {}).toSorted()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
  });
});

describe("calls from a browser", () => {
  it("are allowed to the origins, methods and headers of the template, and to no others", async () => {
    const preflight = (origin: string) =>
      fetch(new URL("/meds/a", gateway.url), {
        method: "OPTIONS",
        headers: { Origin: origin, "Access-Control-Request-Method": "GET" },
      });
    const allowed = await preflight("https://clinic.example");
    expect(allowed.status).toBe(204);
    expect(Object.fromEntries(allowed.headers)).toMatchObject({
      "access-control-allow-origin": "https://clinic.example",
      "access-control-allow-methods": "GET,POST",
      "access-control-allow-headers": "Authorization,Content-Type",
      "access-control-max-age": "3600",
    });
    expect((await preflight("https://evil.example")).headers.get("access-control-allow-origin")).toBeNull();
    expect(invoked).toEqual([]);
  });

  it("may read the exposed headers, of refusals too", async () => {
    const headers = { Origin: "https://clinic.example" };
    for (const response of [
      await call("GET", "/meds/a", { headers }),
      await fetch(new URL("/meds/a", gateway.url), { headers }),
    ]) {
      expect(response.headers.get("access-control-allow-origin")).toBe("https://clinic.example");
      expect(response.headers.get("access-control-expose-headers")).toBe("ETag");
    }
  });
});
