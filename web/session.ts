import * as oauth from "oauth4webapi";
import { NoConnection } from "../client/transport.ts";
import { type SiteConfig, signInPaths } from "../contract/web-site.ts";

/**
 * Signing in by authorization code with PKCE (RFC 7636), on AWS at Cognito's hosted page and here at the local issuer.
 * Tokens are in sessionStorage: they end with the tab, and survive that a tablet drops a page while its camera is open.
 */

/** The person must sign in again. */
export class SessionEnded extends Error {
  override readonly name = "SessionEnded";
}

type Tokens = { access: string; refresh?: string | undefined; expires: number };
type Leaving = { verifier: string; state: string; hash: string };

const TOKENS = "rxscan.tokens";
const LEAVING = "rxscan.signing-in";
const SIGNED_OUT = "rxscan.signed-out";
/** Signed out without a network: the issuer still knows the person and would let the next one in under that name. */
const ONLY_HERE = "only-here";
/** A token is renewed when it has less than this left, so that none expires on its way. */
const RENEW_MS = 60_000;
/** How long somebody waits who signs in or out, before the network is taken to be gone. */
const PATIENCE_MS = 5_000;

export class Session {
  readonly #config: SiteConfig;
  #tokens: Tokens;
  #renewing: Promise<void> | null = null;

  private constructor(config: SiteConfig, tokens: Tokens) {
    this.#config = config;
    this.#tokens = tokens;
  }

  /** The session of this tab, or the one that the sign-in page has just sent back; null when nobody is signed in. */
  static async open(config: SiteConfig): Promise<Session | null> {
    const kept = read<Tokens>(TOKENS);
    const returned = new URL(location.href);
    if (!returned.searchParams.has("code") && !returned.searchParams.has("error")) {
      return kept ? new Session(config, kept) : null;
    }
    const leaving = read<Leaving>(LEAVING);
    sessionStorage.removeItem(LEAVING);
    // The code is worth nothing any more and belongs in no history.
    history.replaceState(null, "", `/${leaving?.hash ?? ""}`);
    if (!leaving) return null;
    const { server, client, options } = partsOf(config);
    const parameters = oauth.validateAuthResponse(server, client, returned.searchParams, leaving.state);
    const answer = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      oauth.None(),
      parameters,
      homeAddress(),
      leaving.verifier,
      options,
    );
    const granted = await oauth.processAuthorizationCodeResponse(server, client, answer);
    return new Session(config, keep(granted));
  }

  /** The person's subject identifier. */
  get owner(): string {
    const claims = JSON.parse(
      atob((this.#tokens.access.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/")),
    );
    return String(claims.sub);
  }

  /** A token that is good for this call. @throws SessionEnded, NoConnection */
  token = async (): Promise<string> => {
    if (this.#tokens.expires - Date.now() < RENEW_MS) {
      this.#renewing ??= this.#renew().finally(() => {
        this.#renewing = null;
      });
      await this.#renewing;
    }
    return this.#tokens.access;
  };

  /** Ends the session here and at the issuer, and leaves for its sign-out page. */
  async end(): Promise<void> {
    const { server, client, options } = partsOf(this.#config);
    sessionStorage.clear();
    sessionStorage.setItem(SIGNED_OUT, "yes");
    const { refresh = "" } = this.#tokens;
    const signal = AbortSignal.timeout(PATIENCE_MS);
    try {
      await oauth.revocationRequest(server, client, oauth.None(), refresh, { ...options, signal });
      leaveIssuer(this.#config);
    } catch {
      // Without a network it ends here all the same; the token dies with its shift.
      sessionStorage.setItem(SIGNED_OUT, ONLY_HERE);
      location.replace(homeAddress());
    }
  }

  async #renew(): Promise<void> {
    const { refresh } = this.#tokens;
    if (!refresh) throw new SessionEnded();
    const { server, client, options } = partsOf(this.#config);
    const answer = await oauth
      .refreshTokenGrantRequest(server, client, oauth.None(), refresh, options)
      .catch((error: unknown) => {
        throw new NoConnection(error);
      });
    try {
      const granted = await oauth.processRefreshTokenResponse(server, client, answer);
      this.#tokens = keep(granted, refresh);
    } catch (error) {
      if (answer.status >= 500) throw new NoConnection(error);
      throw new SessionEnded("The issuer does not renew this session", { cause: error });
    }
  }
}

/** Leaves for the issuer's sign-out page, which sends the browser back here. */
function leaveIssuer({ sign_in, client_id }: SiteConfig): void {
  const url = new URL(signInPaths.logout, sign_in);
  url.search = String(new URLSearchParams({ client_id, logout_uri: homeAddress() }));
  location.assign(url);
}

/** Leaves for the sign-in page; it sends the person back to where they are now. */
export async function signIn(config: SiteConfig): Promise<void> {
  if (sessionStorage.getItem(SIGNED_OUT) === ONLY_HERE) {
    sessionStorage.setItem(SIGNED_OUT, "yes");
    return leaveIssuer(config);
  }
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  sessionStorage.removeItem(SIGNED_OUT);
  sessionStorage.removeItem(TOKENS);
  sessionStorage.setItem(LEAVING, JSON.stringify({ verifier, state, hash: location.hash } satisfies Leaving));
  const url = new URL(signInPaths.authorize, config.sign_in);
  url.search = String(
    new URLSearchParams({
      response_type: "code",
      client_id: config.client_id,
      redirect_uri: homeAddress(),
      scope: "openid",
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    }),
  );
  location.assign(url);
}

/**
 * Whether there is a network to reach the sign-in by: a page that was kept in the browser opens without one, and
 * browsers know of some networks only that they are there, not that they lead anywhere.
 */
export async function isReachable(): Promise<boolean> {
  if (!navigator.serviceWorker?.controller) return true;
  const signal = AbortSignal.timeout(PATIENCE_MS);
  return fetch("/health", { cache: "no-store", signal }).then(
    () => true,
    () => false,
  );
}

/** Whether the person has just signed out here: then the page does not lead straight back to the sign-in. */
export const hasSignedOut = (): boolean => sessionStorage.getItem(SIGNED_OUT) !== null;

const homeAddress = (): string => `${location.origin}/`;

function partsOf(config: SiteConfig) {
  const at = (path: string) => new URL(path, config.sign_in).href;
  const server: oauth.AuthorizationServer = {
    issuer: config.issuer,
    authorization_endpoint: at(signInPaths.authorize),
    token_endpoint: at(signInPaths.token),
    revocation_endpoint: at(signInPaths.revoke),
  };
  // Only the local issuer is without TLS, and only this machine can reach it.
  const options = { [oauth.allowInsecureRequests]: new URL(config.sign_in).hostname === "localhost" };
  return { server, client: { client_id: config.client_id } satisfies oauth.Client, options };
}

function keep(granted: oauth.TokenEndpointResponse, refresh?: string): Tokens {
  const tokens: Tokens = {
    access: granted.access_token,
    refresh: granted.refresh_token ?? refresh,
    expires: Date.now() + (granted.expires_in ?? 3600) * 1000,
  };
  sessionStorage.setItem(TOKENS, JSON.stringify(tokens));
  return tokens;
}

function read<T>(name: string): T | null {
  const text = sessionStorage.getItem(name);
  return text === null ? null : (JSON.parse(text) as T);
}
