import type { IncomingMessage } from "node:http";
import { S3Error } from "./errors.ts";

/** The longest key S3 takes, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;

/** One request, path-style: `/bucket/key`. */
export type S3Request = {
  readonly id: string;
  readonly method: string;
  /** The path as AWS signs it: every segment decoded and encoded again by its rules. */
  readonly path: string;
  /** "" for a request to the service itself. */
  readonly bucket: string;
  /** "" for a request to a bucket. Never touches the file system under its own name. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly incoming: IncomingMessage;
  /** Tells a client that waits for it (Expect: 100-continue) to send its body. */
  readonly acceptBody: () => void;
};

/** Throws InvalidURI or KeyTooLongError. */
export function parseRequestLine(url: string): Pick<S3Request, "path" | "bucket" | "key" | "query"> {
  const question = url.indexOf("?");
  const rawPath = question < 0 ? url : url.slice(0, question);
  const query = new URLSearchParams(question < 0 ? "" : url.slice(question + 1));
  if (!rawPath.startsWith("/")) throw new S3Error("InvalidURI", "Couldn't parse the specified URI.");
  let decoded: string;
  try {
    decoded = decodeURIComponent(rawPath);
  } catch {
    throw new S3Error("InvalidURI", "Couldn't parse the specified URI.");
  }
  const slash = decoded.indexOf("/", 1);
  const bucket = slash < 0 ? decoded.slice(1) : decoded.slice(1, slash);
  const key = slash < 0 ? "" : decoded.slice(slash + 1);
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_KEY_BYTES) {
    throw new S3Error("KeyTooLongError", "Your key is too long", {
      Size: bytes,
      MaxSizeAllowed: MAX_KEY_BYTES,
    });
  }
  return { path: decoded.split("/").map(escapeUri).join("/"), bucket, key, query };
}

/** Headers sent twice are joined by a comma without a space, as the signature's canonical form has them. */
export function headersOf(incoming: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    if (values !== undefined) headers.set(name, values.join(","));
  }
  return headers;
}

/** Percent-encoding of RFC 3986, which AWS signs with: only letters, digits and -._~ stay as they are. */
export function escapeUri(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A whole number from the query, or the default when it is absent; InvalidArgument for anything else. */
export function numberFromQuery(
  request: S3Request,
  name: string,
  limits: { least: number; most: number; otherwise: number },
): number {
  const text = request.query.get(name);
  if (text === null) return limits.otherwise;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= limits.least && value <= limits.most)) {
    throw new S3Error(
      "InvalidArgument",
      `${name} must be an integer between ${limits.least} and ${limits.most}`,
      {
        ArgumentName: name,
        ArgumentValue: text,
      },
    );
  }
  return value;
}
