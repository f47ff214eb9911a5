import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { signInPaths } from "../contract/web-site.ts";
import type { Identity } from "./identity.ts";
import type { Serve } from "./page.ts";

/**
 * Cognito's hosted sign-in on one machine, for the same code of the page: authorization code with PKCE (RFC 6749, 7636),
 * renewal, revocation (RFC 7009) and sign-out. Whoever names themselves is believed: only this machine can ask.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints.html
 */

/** As in lib/identity.ts. */
const ACCESS_SECONDS = 3600;
const REFRESH_SECONDS = 12 * 3600;
/** What Cognito gives a code. */
const CODE_SECONDS = 300;
/** More sign-ins than any machine's people make; the oldest go first. */
const MOST_KEPT = 1000;
const MAX_FORM_BYTES = 10_000;

type Granted = { sub: string; challenge: string; redirect: string };

/** @param home where the page is: a sign-in leads back there and nowhere else */
export function signInServer(identity: Identity, home: string): Serve {
  const codes = new Kept<Granted>(CODE_SECONDS);
  const sessions = new Kept<string>(REFRESH_SECONDS);

  function authorize(response: ServerResponse, asked: URLSearchParams, form: URLSearchParams | null): void {
    const trouble = troubleWith(asked);
    const name = form?.get("name")?.trim() ?? "";
    if (trouble !== null) {
      html(response, 400, `<p>${trouble}</p>`);
    } else if (!/^[\w.-]{1,64}$/.test(name)) {
      html(response, form ? 400 : 200, FORM);
    } else {
      const code = codes.keep({ sub: name, challenge: asked.get("code_challenge") ?? "", redirect: home });
      const back = new URL(home);
      back.search = String(new URLSearchParams({ code, state: asked.get("state") ?? "" }));
      response.writeHead(303, { Location: back.href }).end();
    }
  }

  function troubleWith(asked: URLSearchParams): string | null {
    if (asked.get("client_id") !== identity.audience) return "This client is not known here.";
    if (asked.get("redirect_uri") !== home) return `The page is at ${home}: open it there.`;
    const withProof = asked.get("code_challenge_method") === "S256" && asked.get("code_challenge");
    if (asked.get("response_type") === "code" && withProof) return null;
    return "Only an authorization code with PKCE (S256) is given out.";
  }

  async function token(response: ServerResponse, form: URLSearchParams): Promise<void> {
    const sub = form.get("client_id") === identity.audience ? personOf(form) : null;
    if (!sub) return json(response, 400, { error: "invalid_grant" });
    const renewed = form.get("grant_type") === "refresh_token";
    json(response, 200, {
      access_token: await identity.token(sub, ACCESS_SECONDS),
      ...(renewed ? {} : { refresh_token: sessions.keep(sub) }),
      token_type: "Bearer",
      expires_in: ACCESS_SECONDS,
    });
  }

  function personOf(form: URLSearchParams): string | null {
    if (form.get("grant_type") === "refresh_token") return sessions.get(form.get("refresh_token") ?? "");
    if (form.get("grant_type") !== "authorization_code") return null;
    const code = form.get("code") ?? "";
    const granted = codes.get(code);
    // A code is good once.
    codes.remove(code);
    const proof = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    const fits = granted?.challenge === proof && granted.redirect === form.get("redirect_uri");
    return fits ? granted.sub : null;
  }

  return async (request, response, url) => {
    const { method } = request;
    const { pathname, searchParams } = url;
    if (pathname === signInPaths.authorize && (method === "GET" || method === "POST")) {
      authorize(response, searchParams, method === "POST" ? await formOf(request) : null);
    } else if (pathname === signInPaths.token && method === "POST") {
      await token(response, await formOf(request));
    } else if (pathname === signInPaths.revoke && method === "POST") {
      sessions.remove((await formOf(request)).get("token") ?? "");
      json(response, 200, {});
    } else if (pathname === signInPaths.logout && method === "GET") {
      const known = searchParams.get("logout_uri") === home;
      if (known) response.writeHead(302, { Location: home }).end();
      else html(response, 400, "<p>This address is not known here.</p>");
    } else {
      return false;
    }
    return true;
  };
}

/** Secrets given out, each for so many seconds. */
class Kept<T> {
  readonly #all = new Map<string, { value: T; until: number }>();
  readonly #seconds: number;

  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  keep(value: T): string {
    const secret = randomBytes(32).toString("base64url");
    this.#all.set(secret, { value, until: Date.now() + this.#seconds * 1000 });
    const [oldest] = this.#all.keys();
    if (this.#all.size > MOST_KEPT && oldest) this.#all.delete(oldest);
    return secret;
  }

  get(secret: string): T | null {
    const found = this.#all.get(secret);
    return found && found.until > Date.now() ? found.value : null;
  }

  remove(secret: string): void {
    this.#all.delete(secret);
  }
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MAX_FORM_BYTES) return new URLSearchParams();
    pieces.push(piece);
  }
  return new URLSearchParams(Buffer.concat(pieces).toString("utf8"));
}

function json(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" })
    .end(JSON.stringify(body));
}

const STYLE =
  "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:26rem;margin:12vh auto;padding:1rem;color:#15202b}" +
  "input,button{font:inherit;width:100%;min-height:3rem;margin:.3rem 0 1rem;padding:.5rem .8rem;border-radius:.5rem;border:2px solid #4a5866}" +
  "button{background:#0b4f94;border-color:#0b4f94;color:#fff;font-weight:600}";
const FORM = `<h1>Sign in</h1>
<p>This is the sign-in of this machine. On AWS it is Cognito's, with passwords.</p>
<form method="post"><label for="name">Name</label>
<input id="name" name="name" value="nurse" required pattern="[\\w.\\-]{1,64}" autocomplete="off" autocapitalize="none">
<button>Sign in</button></form>`;

function html(response: ServerResponse, status: number, body: string): void {
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in · rxscan</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>`;
  response
    .writeHead(status, {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    })
    .end(page);
}
