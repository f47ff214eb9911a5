import { createHash } from "node:crypto";
import { S3Error } from "./errors.ts";
import { type ChunkSigner, sameText } from "./signature.ts";

/**
 * The aws-chunked encoding of a streamed body: chunks of `size[;chunk-signature=...]\r\n bytes \r\n`, an empty one at
 * the end, then the trailers.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and sigv4-streaming-trailers.html
 */

/** A chunk's first line or a trailer line is far shorter; a body without line ends must not fill the memory. */
const MAX_LINE_BYTES = 4096;
const MAX_TRAILERS = 16;
const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/**
 * The bytes inside the chunks. Trailers are put into `trailers`. With a signer every chunk's signature is checked
 * after its bytes have been handed on: whoever takes them keeps nothing unless the whole body ends without an error.
 */
export async function* decodeChunks(
  source: AsyncIterable<Buffer>,
  options: { readonly trailer: boolean; readonly signer: ChunkSigner | null },
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const bytes = new ByteReader(source);
  let previous = options.signer?.seed ?? "";
  for (;;) {
    const { size, signature } = parseChunkLine(await bytes.line());
    const hash = options.signer === null ? null : createHash("sha256");
    for await (const piece of bytes.take(size)) {
      hash?.update(piece);
      yield piece;
    }
    if (hash !== null && options.signer !== null) {
      const content = `${previous}\n${EMPTY_SHA256}\n${hash.digest("hex")}`;
      await checkSignature(options.signer, "AWS4-HMAC-SHA256-PAYLOAD", content, signature);
      previous = signature;
    }
    if (size === 0) break;
    if ((await bytes.line()) !== "") throw incomplete();
  }
  await readTrailers(bytes, options, previous, trailers);
}

async function readTrailers(
  bytes: ByteReader,
  options: { readonly trailer: boolean; readonly signer: ChunkSigner | null },
  previous: string,
  trailers: Map<string, string>,
): Promise<void> {
  let signature = "";
  for (let line = await bytes.line(); line !== ""; line = await bytes.line()) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).trim().toLowerCase();
    if (!options.trailer || colon < 1 || trailers.size >= MAX_TRAILERS) {
      throw new S3Error(
        "MalformedTrailerError",
        "The request contained trailing data that was not well-formed.",
      );
    }
    if (name === "x-amz-trailer-signature") signature = line.slice(colon + 1).trim();
    else trailers.set(name, line.slice(colon + 1).trim());
  }
  if (!options.trailer || options.signer === null) return;
  const text = [...trailers].map(([name, value]) => `${name}:${value}\n`).join("");
  const content = `${previous}\n${createHash("sha256").update(text).digest("hex")}`;
  await checkSignature(options.signer, "AWS4-HMAC-SHA256-TRAILER", content, signature);
}

async function checkSignature(
  signer: ChunkSigner,
  algorithm: string,
  content: string,
  given: string,
): Promise<void> {
  const computed = await signer.sign(`${algorithm}\n${signer.scope}\n${content}`);
  if (sameText(computed, given)) return;
  throw new S3Error(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
  );
}

function parseChunkLine(line: string): { size: number; signature: string } {
  const match = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line);
  if (match === null) throw incomplete();
  return { size: Number.parseInt(match[1] ?? "", 16), signature: match[2] ?? "" };
}

function incomplete(): S3Error {
  return new S3Error("IncompleteBody", "The request body terminated unexpectedly");
}

/** Lines and counted runs of bytes out of a stream whose own pieces end anywhere. */
class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async #more(): Promise<void> {
    const next = await this.#source.next();
    if (next.done === true) throw incomplete();
    this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
  }

  /** Up to the next CRLF, without it. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf("\r\n");
      if (end >= 0 && end <= MAX_LINE_BYTES) {
        const line = this.#rest.toString("latin1", 0, end);
        this.#rest = this.#rest.subarray(end + 2);
        return line;
      }
      if (this.#rest.length > MAX_LINE_BYTES) throw incomplete();
      await this.#more();
    }
  }

  async *take(size: number): AsyncGenerator<Buffer> {
    let missing = size;
    while (missing > 0) {
      if (this.#rest.length === 0) await this.#more();
      const piece = this.#rest.subarray(0, missing);
      this.#rest = this.#rest.subarray(piece.length);
      missing -= piece.length;
      yield piece;
    }
  }
}
