import { S3Error } from "./errors.ts";

/** The longest life of a presigned URL, in seconds: one week. */
const MAX_EXPIRES_S = 604_800;

/** What a request says of its own signature; nothing of it has been checked against a key yet. */
export type Authorization = {
  readonly accessKeyId: string;
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly signedAt: Date;
  readonly longDate: string;
  /** Seconds the URL lives; null when the request is signed in its headers. */
  readonly expiresIn: number | null;
};

export const PRESIGN_PARAMETERS: ReadonlySet<string> = new Set([
  "X-Amz-Algorithm",
  "X-Amz-Credential",
  "X-Amz-Date",
  "X-Amz-Expires",
  "X-Amz-SignedHeaders",
  "X-Amz-Signature",
]);

/** The Authorization header. */
export function fromHeader(header: string, headers: Headers): Authorization {
  const match =
    /^AWS4-HMAC-SHA256 +Credential=([^/,\s]+)\/([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  if (match === null) {
    if (!header.startsWith("AWS4-HMAC-SHA256")) {
      throw new S3Error(
        "InvalidRequest",
        "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
      );
    }
    throw new S3Error(
      "AuthorizationHeaderMalformed",
      "The authorization header that you provided is not valid.",
    );
  }
  if (headers.has("x-amz-security-token")) throw invalidToken();
  const longDate = headers.get("x-amz-date") ?? "";
  const signedAt = parseLongDate(longDate);
  if (signedAt === undefined) {
    throw new S3Error("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header");
  }
  const [, accessKeyId = "", scope = "", signedHeaders = "", signature = ""] = match;
  return {
    accessKeyId,
    scope,
    signedHeaders: signedHeaders.split(";"),
    signature,
    signedAt,
    longDate,
    expiresIn: null,
  };
}

/** The query of a presigned URL. */
export function fromQuery(query: URLSearchParams): Authorization {
  const wrong = (message: string) => new S3Error("AuthorizationQueryParametersError", message);
  for (const name of PRESIGN_PARAMETERS) {
    if (query.getAll(name).length !== 1) {
      throw wrong(
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
      );
    }
  }
  const value = (name: string) => query.get(name) ?? "";
  if (query.has("X-Amz-Security-Token")) throw invalidToken();
  if (value("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256") {
    throw wrong('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"');
  }
  const longDate = value("X-Amz-Date");
  const signedAt = parseLongDate(longDate);
  if (signedAt === undefined)
    throw wrong("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  const expires = value("X-Amz-Expires");
  if (!/^\d{1,9}$/.test(expires)) throw wrong("X-Amz-Expires should be a number");
  const expiresIn = Number(expires);
  if (expiresIn > MAX_EXPIRES_S) {
    throw wrong(
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${MAX_EXPIRES_S} seconds`,
    );
  }
  const credential = value("X-Amz-Credential");
  const slash = credential.indexOf("/");
  if (slash < 1) throw wrong("Error parsing the X-Amz-Credential parameter");
  return {
    accessKeyId: credential.slice(0, slash),
    scope: credential.slice(slash + 1),
    signedHeaders: value("X-Amz-SignedHeaders").split(";"),
    signature: value("X-Amz-Signature"),
    signedAt,
    longDate,
    expiresIn,
  };
}

function invalidToken(): S3Error {
  return new S3Error("InvalidToken", "The provided token is malformed or otherwise invalid.");
}

function parseLongDate(text: string): Date | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const date = new Date(text.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  return Number.isNaN(date.getTime()) ? undefined : date;
}
