import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Identity, openIdentity } from "../../local/identity.ts";
import { signInServer } from "../../local/sign-in.ts";

const HOME = "http://localhost:3000/";
const VERIFIER = "a-verifier-of-forty-three-characters-or-more-";
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");

let folder: string;
let identity: Identity;
let server: Server;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rxscan-sign-in-"));
  identity = await openIdentity(folder, "http://localhost:3000");
  const serve = signInServer(identity, HOME);
  server = createServer(async (request, response) => {
    if (!(await serve(request, response, new URL(request.url ?? "/", url)))) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const asked = (other: Record<string, string> = {}) =>
  new URLSearchParams({
    response_type: "code",
    client_id: identity.audience,
    redirect_uri: HOME,
    state: "a-state",
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
    ...other,
  });
const post = (path: string, form: Record<string, string>) =>
  fetch(`${url}${path}`, { method: "POST", body: new URLSearchParams(form), redirect: "manual" });

async function codeFor(name: string): Promise<string> {
  const response = await post(`/oauth2/authorize?${asked()}`, { name });
  const back = new URL(response.headers.get("location") ?? "");
  expect(back.searchParams.get("state")).toBe("a-state");
  return back.searchParams.get("code") ?? "";
}
const exchange = (code: string, other: Record<string, string> = {}) =>
  post("/oauth2/token", {
    grant_type: "authorization_code",
    client_id: identity.audience,
    redirect_uri: HOME,
    code,
    code_verifier: VERIFIER,
    ...other,
  });
type Granted = { access_token: string; refresh_token: string };
const grantedBy = async (response: Response) => (await response.json()) as Granted;
const renew = (refresh_token: string) =>
  post("/oauth2/token", { grant_type: "refresh_token", client_id: identity.audience, refresh_token });

describe("the local sign-in", () => {
  it("gives the person who is named a token of theirs, and renews it until it is revoked", async () => {
    const granted = await grantedBy(await exchange(await codeFor("nurse")));
    expect(await identity.verify(granted.access_token)).toMatchObject({ claims: { sub: "nurse" } });
    const renewed = await grantedBy(await renew(granted.refresh_token));
    expect(await identity.verify(renewed.access_token)).toMatchObject({ claims: { sub: "nurse" } });
    await post("/oauth2/revoke", { token: granted.refresh_token });
    expect((await renew(granted.refresh_token)).status).toBe(400);
  });

  it("takes a code once", async () => {
    const code = await codeFor("nurse");
    expect((await exchange(code)).status).toBe(200);
    expect((await exchange(code)).status).toBe(400);
  });

  it.each([
    ["another's proof", { code_verifier: `${VERIFIER}x` }],
    ["another page", { redirect_uri: "http://elsewhere.example/" }],
    ["another client", { client_id: "somebody" }],
  ])("refuses a code that comes back with %s", async (_, other) => {
    const response = await exchange(await codeFor("nurse"), other);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: "invalid_grant" });
  });

  it.each([
    ["to another page", { redirect_uri: "http://elsewhere.example/" }],
    ["for another client", { client_id: "somebody" }],
    ["without PKCE", { code_challenge: "" }],
    ["with a token instead of a code", { response_type: "token" }],
  ])("does not lead %s", async (_, other) => {
    const response = await post(`/oauth2/authorize?${asked(other)}`, { name: "nurse" });
    expect(response.status).toBe(400);
    expect(response.headers.get("location")).toBeNull();
  });

  it("leads nowhere but home after signing out", async () => {
    const out = (logout_uri: string) =>
      fetch(`${url}/logout?${new URLSearchParams({ logout_uri })}`, { redirect: "manual" });
    expect((await out(HOME)).headers.get("location")).toBe(HOME);
    expect((await out("http://elsewhere.example/")).status).toBe(400);
  });
});
