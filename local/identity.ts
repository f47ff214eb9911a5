import { access, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createLocalJWKSet, exportJWK, generateKeyPair, importJWK, type JWK, jwtVerify, SignJWT } from "jose";
import { JWTExpired } from "jose/errors";

/**
 * The issuer of tokens on one machine: signs them with a key kept in the data folder and publishes it as a JWKS, so
 * that the gateway checks them as API Gateway's JWT authorizer does: signature, issuer, audience, expiry.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export type Identity = {
  issuer: string;
  audience: string;
  jwks: { keys: JWK[] };
  token(sub: string, seconds?: number): Promise<string>;
  /** The claims of a good token. */
  verify(token: string): Promise<{ claims: Record<string, string> } | { refused: "expired" | "invalid" }>;
};

const ALGORITHM = "RS256";
const TOKEN_SECONDS = 12 * 3600;
/** Who the tablet is to the issuer, as Cognito's app client id is. */
const AUDIENCE = "rxscan-local";

const keyFile = (folder: string): string => join(folder, "issuer-key.json");

/** Whether an issuer has kept its key in the folder. */
export const isIssuer = (folder: string): Promise<boolean> =>
  access(keyFile(folder)).then(
    () => true,
    () => false,
  );

export async function openIdentity(folder: string, issuer: string): Promise<Identity> {
  const privateJwk = await keptKey(keyFile(folder));
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...publicJwk } = privateJwk;
  const jwks = { keys: [publicJwk] };
  const privateKey = await importJWK(privateJwk, ALGORITHM);
  const keys = createLocalJWKSet(jwks);
  return {
    issuer,
    audience: AUDIENCE,
    jwks,
    token: (sub, seconds = TOKEN_SECONDS) =>
      new SignJWT({ token_use: "access", scope: "openid" })
        .setProtectedHeader({ alg: ALGORITHM, kid: privateJwk.kid ?? "" })
        .setSubject(sub)
        .setIssuer(issuer)
        .setAudience(AUDIENCE)
        .setIssuedAt()
        .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
        .sign(privateKey),
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer,
          audience: AUDIENCE,
          algorithms: [ALGORITHM],
        });
        // API Gateway hands every claim on as a string.
        return {
          claims: Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, String(value)])),
        };
      } catch (error) {
        return { refused: error instanceof JWTExpired ? "expired" : "invalid" };
      }
    },
  };
}

async function keptKey(file: string): Promise<JWK> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), alg: ALGORITHM, use: "sig", kid: crypto.randomUUID() };
  await writeFile(`${file}.new`, JSON.stringify(jwk), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return jwk;
}
