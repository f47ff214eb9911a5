import { bookScanResponse, type ScanStatus, scanStatus } from "../contract/scans.ts";
import { ApiError, call, type Service } from "./transport.ts";

/** A photo to be read. */
export type Photo = { filename: string; contentType: string; bytes: Uint8Array<ArrayBuffer> };

export type ScanProgress =
  | { step: "booking" }
  | { step: "uploading"; page: number; pages: number }
  | { step: "waiting"; status: ScanStatus["status"]; seconds: number };

export type ScanOptions = {
  onProgress?: (progress: ScanProgress) => void;
  signal?: AbortSignal;
};

/** How long a scan is followed before the caller is told that it takes longer; it goes on and can be asked for later. */
const FOLLOW_MS = 180_000;
/** Between two questions, unless the service says otherwise. */
const PAUSE_SECONDS = { least: 0.25, most: 3 };
/** An upload that a weak network broke is tried this often in all. */
const UPLOAD_TRIES = 3;

/** The scan is not finished yet: ask again with `followScan`. */
export class StillRunning extends Error {
  override readonly name = "StillRunning";
  readonly jobId: string;
  constructor(jobId: string) {
    super(`The scan ${jobId} takes longer than usual; it goes on, ask for its status later.`);
    this.jobId = jobId;
  }
}

/**
 * Takes the photos of one label the whole way: book, upload, follow until it is completed or failed.
 * @throws ApiError, StillRunning, or the signal's reason
 */
export async function scan(
  service: Service,
  photos: readonly Photo[],
  options: ScanOptions = {},
): Promise<ScanStatus> {
  const { onProgress, signal } = options;
  onProgress?.({ step: "booking" });
  const files = await Promise.all(
    photos.map(async ({ filename, contentType, bytes }) => ({
      filename,
      content_type: contentType,
      size: bytes.length,
      sha256: hex(await crypto.subtle.digest("SHA-256", bytes)),
    })),
  );
  const booked = bookScanResponse.parse(
    await (
      await call(service, "/meds/extract", {
        method: "POST",
        body: { files },
        headers: { "Idempotency-Key": crypto.randomUUID() },
        signal,
      })
    ).json(),
  );
  for (const { page, url, headers } of booked.uploads) {
    onProgress?.({ step: "uploading", page, pages: booked.uploads.length });
    const bytes = photos[page - 1]?.bytes;
    if (bytes) await put(url, headers, bytes, signal);
  }
  return followScan(service, booked.job_id, options);
}

/** Asks for a scan's status, as often as the service wants, until it has ended. */
export async function followScan(
  service: Service,
  jobId: string,
  { onProgress, signal }: ScanOptions = {},
): Promise<ScanStatus> {
  const began = Date.now();
  let etag: string | null = null;
  while (Date.now() - began < FOLLOW_MS) {
    const response = await call(service, `/meds/extract/${jobId}/status`, {
      headers: etag ? { "If-None-Match": etag } : {},
      signal,
    });
    const wanted = Number(response.headers.get("retry-after") ?? PAUSE_SECONDS.most);
    if (response.status !== 304) {
      etag = response.headers.get("etag");
      const status = scanStatus.parse(await response.json());
      if (status.status === "completed" || status.status === "failed") return status;
      onProgress?.({ step: "waiting", status: status.status, seconds: (Date.now() - began) / 1000 });
    }
    await pause(Math.min(Math.max(wanted, PAUSE_SECONDS.least), PAUSE_SECONDS.most) * 1000, signal);
  }
  throw new StillRunning(jobId);
}

/** PUTs the bytes. A photo that is there already (412) has arrived by an earlier try. */
async function put(
  url: string,
  headers: Record<string, string>,
  body: Uint8Array<ArrayBuffer>,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      const response = await fetch(url, { method: "PUT", headers, body, ...(signal ? { signal } : {}) });
      if (response.ok || response.status === 412) return;
      const code = /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1] ?? "";
      throw new ApiError(response.status, {
        title: `The photo store refused the upload (${code || response.status})`,
        detail: "Book the scan again and upload the same photo.",
      });
    } catch (error) {
      const final = error instanceof ApiError && !error.retryable;
      if (final || signal?.aborted || tries >= UPLOAD_TRIES) throw error;
      await pause(500 * 2 ** (tries - 1), signal);
    }
  }
}

const hex = (buffer: ArrayBuffer): string =>
  [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
