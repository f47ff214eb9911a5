import { createHash } from "node:crypto";
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { CREDENTIALS, REGION } from "./harness.ts";

export type RawAnswer = { status: number; code: string; headers: IncomingHttpHeaders; body: string };

export const sha256Hex = (bytes: string | Buffer) => createHash("sha256").update(bytes).digest("hex");

export function signer(credentials = CREDENTIALS, region = REGION): SignatureV4 {
  return new SignatureV4({
    service: "s3",
    region,
    credentials,
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: false,
  });
}

/** Signs a request in its headers, as an SDK does, with the payload hash it is told. */
export async function sign(
  url: string,
  method: string,
  headers: Record<string, string>,
  options: { payload: string; at?: Date; by?: SignatureV4 },
): Promise<Record<string, string>> {
  const { host, pathname, searchParams } = new URL(url);
  const signed = await (options.by ?? signer()).sign(
    {
      method,
      protocol: "http:",
      hostname: host,
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: { host, ...headers, "x-amz-content-sha256": options.payload },
    },
    { signingDate: options.at ?? new Date() },
  );
  return signed.headers;
}

/** Sends exactly these headers and bytes; with `cutOff` the connection ends after them. */
export function send(
  url: string,
  method: string,
  headers: OutgoingHttpHeaders,
  body: Buffer | string = "",
  cutOff = false,
): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const outgoing = request(url, { method, headers, agent: false }, (incoming) => {
    const pieces: Buffer[] = [];
    incoming.on("data", (piece: Buffer) => pieces.push(piece));
    incoming.on("error", reject);
    incoming.on("end", () => {
      const text = Buffer.concat(pieces).toString();
      resolve({
        status: incoming.statusCode ?? 0,
        code: /<Code>(.*?)<\/Code>/.exec(text)?.[1] ?? "",
        headers: incoming.headers,
        body: text,
      });
    });
  });
  outgoing.on("error", reject);
  if (cutOff) outgoing.write(body, () => outgoing.destroy());
  else outgoing.end(body);
  return promise;
}
