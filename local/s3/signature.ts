import { timingSafeEqual } from "node:crypto";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { type Authorization, fromHeader, fromQuery, PRESIGN_PARAMETERS } from "./authorization.ts";
import { S3Error } from "./errors.ts";
import type { S3Request } from "./request.ts";

export type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string };

/** S3 refuses a clock that is further off than this. */
const MAX_SKEW_MS = 15 * 60 * 1000;
/** What the signature said of the body; the body itself is checked against it while it is received. */
export type PayloadClaim =
  | { readonly kind: "unsigned" }
  | { readonly kind: "sha256"; readonly hex: string }
  | { readonly kind: "chunked"; readonly trailer: boolean; readonly signer: ChunkSigner | null };

/** Signs the chunks of a streamed body, each of which is chained to the one before. */
export type ChunkSigner = {
  readonly seed: string;
  /** Algorithm-independent middle of a chunk's string to sign: date and scope. */
  readonly scope: string;
  readonly sign: (stringToSign: string) => Promise<string>;
};

/** Checks AWS Signature Version 4 (in the Authorization header or in the query) with AWS's own signer. */
export class Authenticator {
  readonly #credentials: Credentials;
  readonly #region: string;
  readonly #now: () => Date;
  readonly #signer: SignatureV4;

  constructor(credentials: Credentials, region: string, now: () => Date) {
    this.#credentials = credentials;
    this.#region = region;
    this.#now = now;
    this.#signer = new SignatureV4({
      service: "s3",
      region,
      credentials,
      sha256: Sha256,
      // S3 signs the path as it is, encoded once (unlike every other service).
      uriEscapePath: false,
      applyChecksum: false,
    });
  }

  /** Throws the S3Error that S3 would answer; otherwise says what was promised of the body. */
  async authenticate(request: S3Request): Promise<PayloadClaim> {
    const inQuery = request.query.has("X-Amz-Signature") || request.query.has("X-Amz-Algorithm");
    const header = request.headers.get("authorization");
    if (inQuery && header !== null) {
      throw new S3Error("InvalidArgument", "Only one auth mechanism allowed");
    }
    if (!inQuery && header === null) throw new S3Error("AccessDenied", "Access Denied");
    const authorization = inQuery ? fromQuery(request.query) : fromHeader(header ?? "", request.headers);
    this.#checkScope(authorization);
    this.#checkTime(authorization);
    checkHeadersAreSigned(request, authorization);
    const computed =
      authorization.expiresIn === null
        ? await this.#signHeaders(request, authorization)
        : await this.#presign(request, authorization, authorization.expiresIn);
    if (!sameText(computed, authorization.signature)) {
      throw new S3Error(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        { AWSAccessKeyId: authorization.accessKeyId, SignatureProvided: authorization.signature },
      );
    }
    if (inQuery) adoptHoistedHeaders(request);
    return this.#payloadClaim(request, authorization);
  }

  #checkScope(authorization: Authorization): void {
    if (!sameText(authorization.accessKeyId, this.#credentials.accessKeyId)) {
      throw new S3Error(
        "InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist in our records.",
        {
          AWSAccessKeyId: authorization.accessKeyId,
        },
      );
    }
    const expected = `${authorization.longDate.slice(0, 8)}/${this.#region}/s3/aws4_request`;
    if (authorization.scope !== expected) {
      const code =
        authorization.expiresIn === null
          ? "AuthorizationHeaderMalformed"
          : "AuthorizationQueryParametersError";
      throw new S3Error(
        code,
        `The credential scope '${authorization.scope}' is wrong; expecting '${expected}'`,
        {
          Region: this.#region,
        },
      );
    }
  }

  #checkTime({ signedAt, expiresIn }: Authorization): void {
    const now = this.#now();
    const ageMs = now.getTime() - signedAt.getTime();
    if (expiresIn === null) {
      if (Math.abs(ageMs) <= MAX_SKEW_MS) return;
      throw new S3Error(
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
        {
          RequestTime: signedAt.toISOString(),
          ServerTime: now.toISOString(),
          MaxAllowedSkewMilliseconds: MAX_SKEW_MS,
        },
      );
    }
    if (ageMs < -MAX_SKEW_MS) {
      throw new S3Error("AccessDenied", "Request is not valid yet", {
        "X-Amz-Expires": expiresIn,
        ServerTime: now.toISOString(),
      });
    }
    if (ageMs > expiresIn * 1000) {
      throw new S3Error("AccessDenied", "Request has expired", {
        "X-Amz-Expires": expiresIn,
        Expires: new Date(signedAt.getTime() + expiresIn * 1000).toISOString(),
        ServerTime: now.toISOString(),
      });
    }
  }

  async #signHeaders(request: S3Request, authorization: Authorization): Promise<string> {
    const headers = pickSigned(request, authorization);
    const payloadHash = request.headers.get("x-amz-content-sha256");
    if (payloadHash === null) {
      throw new S3Error("InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
    }
    const signed = await this.#signer.sign(
      { ...toSign(request, headers), query: queryRecord(request.query, new Set()) },
      { signingDate: authorization.signedAt, signableHeaders: new Set(authorization.signedHeaders) },
    );
    return /Signature=([0-9a-f]{64})$/.exec(signed.headers.authorization ?? "")?.[1] ?? "";
  }

  async #presign(request: S3Request, authorization: Authorization, expiresIn: number): Promise<string> {
    const signed = new Set(authorization.signedHeaders);
    const headers = pickSigned(request, authorization);
    const query = queryRecord(request.query, PRESIGN_PARAMETERS);
    // The signer takes the payload's hash from a header of this name, and moves that back to the query itself.
    const payloadHash = query["X-Amz-Content-Sha256"];
    if (typeof payloadHash === "string" && !signed.has("x-amz-content-sha256")) {
      headers["X-Amz-Content-Sha256"] = payloadHash;
      delete query["X-Amz-Content-Sha256"];
    }
    const presigned = await this.#signer.presign(
      { ...toSign(request, headers), query },
      { signingDate: authorization.signedAt, expiresIn, signableHeaders: signed, unhoistableHeaders: signed },
    );
    const signature = presigned.query?.["X-Amz-Signature"];
    return typeof signature === "string" ? signature : "";
  }

  #payloadClaim(request: S3Request, authorization: Authorization): PayloadClaim {
    const claim = request.headers.get("x-amz-content-sha256") ?? "UNSIGNED-PAYLOAD";
    if (/^[0-9a-f]{64}$/.test(claim)) return { kind: "sha256", hex: claim };
    const signer: ChunkSigner = {
      seed: authorization.signature,
      scope: `${authorization.longDate}\n${authorization.scope}`,
      sign: (stringToSign) => this.#signer.sign(stringToSign, { signingDate: authorization.signedAt }),
    };
    switch (claim) {
      case "UNSIGNED-PAYLOAD":
        return { kind: "unsigned" };
      case "STREAMING-UNSIGNED-PAYLOAD-TRAILER":
        return { kind: "chunked", trailer: true, signer: null };
      case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD":
        return { kind: "chunked", trailer: false, signer };
      case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER":
        return { kind: "chunked", trailer: true, signer };
      default:
        throw new S3Error(
          "InvalidArgument",
          "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
          { ArgumentName: "x-amz-content-sha256", ArgumentValue: claim },
        );
    }
  }
}

/** S3 takes nothing that could change a request's meaning and is not signed: host and every x-amz-* header. */
function checkHeadersAreSigned(request: S3Request, { signedHeaders }: Authorization): void {
  const unsigned = ["host", ...request.headers.keys()].filter(
    (name) => (name === "host" || name.startsWith("x-amz-")) && !signedHeaders.includes(name),
  );
  if (unsigned.length > 0) {
    throw new S3Error("AccessDenied", "There were headers present in the request which were not signed", {
      HeadersNotSigned: [...new Set(unsigned)].join(", "),
    });
  }
}

/** The signed headers as the request has them. One that is missing changes the signature, so it is refused too. */
function pickSigned(request: S3Request, { signedHeaders }: Authorization): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of signedHeaders) {
    const value = request.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  return headers;
}

function toSign(request: S3Request, headers: Record<string, string>) {
  return {
    method: request.method,
    protocol: "http:",
    hostname: request.headers.get("host") ?? "",
    path: request.path,
    headers,
    // Neither text nor bytes: the signer then takes the payload as UNSIGNED-PAYLOAD unless a header says otherwise.
    body: {},
  };
}

function queryRecord(
  query: URLSearchParams,
  without: ReadonlySet<string>,
): Record<string, string | string[]> {
  const record: Record<string, string | string[]> = {};
  for (const name of new Set(query.keys())) {
    if (without.has(name)) continue;
    const values = query.getAll(name);
    record[name] = values.length === 1 ? (values[0] ?? "") : values;
  }
  return record;
}

/** Presigners move x-amz-* headers into the query ("hoisting"); from here on they are headers again. */
function adoptHoistedHeaders(request: S3Request): void {
  for (const [name, value] of [...request.query]) {
    if (!name.toLowerCase().startsWith("x-amz-")) continue;
    request.query.delete(name);
    if (!PRESIGN_PARAMETERS.has(name) && !request.headers.has(name)) request.headers.set(name, value);
  }
}

/** Compares without telling by its duration how much of the text was right. */
export function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
