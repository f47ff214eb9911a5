import { tryAgain } from "./retry.ts";
import { ApiError, isPassing, NoConnection } from "./transport.ts";

/** The upload URL is too old: book again under the same Idempotency-Key and a fresh one comes. */
export class UploadExpired extends Error {
  override readonly name = "UploadExpired";
}

export type Upload = { url: string; headers: Record<string, string>; body: Blob | Uint8Array<ArrayBuffer> };
type UploadOptions = {
  /** What to do, as a sentence, when S3 refuses the bytes for good. */
  advice?: string;
  /** Told how many bytes of the body have left; in Node once, when all have. */
  onSent?: (bytes: number) => void;
  signal?: AbortSignal | undefined;
};
/** The multipart upload is over: somebody has completed it, or given it up. */
export const UPLOAD_ENDED = "upload_ended";

type Answer = { status: number; text: string };

/** An upload that is slower than this has broken off without anybody saying so: 30 s, and 1 s more for each 10 kB. */
const PATIENCE = { leastMs: 30_000, bytesPerMs: 10 };

/** S3's words for bytes that changed or went missing on the way or met another upload of the same key: the same bytes can pass later. */
const PASSING_CODES = [
  "BadDigest",
  "IncompleteBody",
  "XAmzContentChecksumMismatch",
  "RequestTimeout",
  "ConditionalRequestConflict",
];

/**
 * PUTs bytes to their presigned URL. What is there already (412) has arrived by an earlier try: "there".
 * @throws UploadExpired, ApiError, NoConnection, or the signal's reason
 */
export function putBytes(
  upload: Upload,
  {
    onSent = () => undefined,
    signal,
    advice = "Book the scan again and upload the same photo.",
  }: UploadOptions = {},
): Promise<"sent" | "there"> {
  const send = "XMLHttpRequest" in globalThis ? sendByXhr : sendByFetch;
  return tryAgain(
    async () => {
      const { status, text } = await send(upload, onSent, signal);
      if ((status >= 200 && status < 300) || status === 412) {
        onSent(bytesOf(upload.body));
        return status === 412 ? "there" : "sent";
      }
      const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? "";
      if (status === 403 && /expired/i.test(text)) throw new UploadExpired("The upload URL has expired");
      throw new ApiError(status, {
        code: code === "NoSuchUpload" ? UPLOAD_ENDED : "upload_refused",
        title: `The photo store refused the upload (${code || status})`,
        detail: advice,
        ...(PASSING_CODES.includes(code) ? { retryable: true } : {}),
      });
    },
    isPassing,
    signal,
  );
}

const bytesOf = (body: Upload["body"]): number => (body instanceof Blob ? body.size : body.byteLength);
const patienceFor = (body: Upload["body"]): number =>
  PATIENCE.leastMs + Math.ceil(bytesOf(body) / PATIENCE.bytesPerMs);

async function sendByFetch(
  { url, headers, body }: Upload,
  _onSent: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const patience = AbortSignal.timeout(patienceFor(body));
  try {
    const within = signal ? AbortSignal.any([signal, patience]) : patience;
    const response = await fetch(url, {
      method: "PUT",
      headers: { ...headers, "Content-Length": String(bytesOf(body)) },
      body: body instanceof Blob ? body : inPieces(body),
      duplex: "half",
      signal: within,
    } as RequestInit);
    return { status: response.status, text: await response.text() };
  } catch (error) {
    signal?.throwIfAborted();
    throw new NoConnection(error);
  }
}

/** Bytes handed to the connection at once. */
const PIECE_BYTES = 2 ** 20;

/**
 * The bytes without a copy: handed over as they stand, Node's `fetch` makes two, and clearing those up took a tenth of an
 * upload. Of a stream it does not know the length, which must be said beside it.
 */
function inPieces(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let from = 0;
  return new ReadableStream(
    {
      pull(controller) {
        if (from === bytes.byteLength) return controller.close();
        const to = Math.min(from + PIECE_BYTES, bytes.byteLength);
        controller.enqueue(bytes.subarray(from, to));
        from = to;
      },
    },
    { highWaterMark: 0 },
  );
}

/** As much of XMLHttpRequest as is used here: this file is for Node as well, which has none. */
type Xhr = {
  status: number;
  responseText: string;
  timeout: number;
  upload: { onprogress: ((event: { loaded: number }) => void) | null };
  onload: (() => void) | null;
  onerror: (() => void) | null;
  ontimeout: (() => void) | null;
  onabort: (() => void) | null;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  send(body: Upload["body"]): void;
  abort(): void;
};

/** Browsers tell how far a body has come only here, not with `fetch`. */
function sendByXhr(
  { url, headers, body }: Upload,
  onSent: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const { XMLHttpRequest } = globalThis as unknown as { XMLHttpRequest: new () => Xhr };
  return new Promise<Answer>((resolve, reject) => {
    signal?.throwIfAborted();
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    const ended = (then: () => void) => () => {
      signal?.removeEventListener("abort", stop);
      then();
    };
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) {
      // A browser sets this one by itself, and refuses to be told.
      if (name.toLowerCase() !== "content-length") request.setRequestHeader(name, value);
    }
    request.timeout = patienceFor(body);
    request.upload.onprogress = ({ loaded }) => onSent(loaded);
    request.onload = ended(() => resolve({ status: request.status, text: request.responseText }));
    request.onerror = ended(() => reject(new NoConnection("The upload broke off")));
    request.ontimeout = ended(() => reject(new NoConnection("The upload came to a halt")));
    request.onabort = ended(() => reject(signal?.reason));
    signal?.addEventListener("abort", stop, { once: true });
    request.send(body);
  });
}
