import type { PageImage } from "../contract/object-keys.ts";
import {
  type BookScanRequest,
  bookScanResponse,
  deletionReceipt,
  retryResponse,
  type ScanStatus,
  scanStatus,
} from "../contract/scans.ts";
import { pause, TRIES, tryAgain } from "./retry.ts";
import { ask, askAgain, call, isPassing, NoConnection, readAs, type Service } from "./transport.ts";
import { putBytes, UploadExpired } from "./upload.ts";

/** A photo to be read. */
export type Photo = { filename: string; contentType: string; bytes: Uint8Array<ArrayBuffer> | Blob };

export type ScanProgress =
  | { step: "booking" }
  /** `sent` and `total` are bytes of all photos together. */
  | { step: "uploading"; page: number; pages: number; sent: number; total: number }
  | { step: "waiting"; status: ScanStatus["status"]; seconds: number };

export type ScanOptions = {
  onProgress?: (progress: ScanProgress) => void;
  signal?: AbortSignal | undefined;
};

type SendOptions = ScanOptions & {
  /** Keep it with the photos: the same key and photos are the same scan, also after a reload or on another day. */
  idempotencyKey?: string;
};

/** How long a scan is followed before the caller is told that it takes longer; it goes on and can be asked for later. */
const FOLLOW_MS = 180_000;
/** Between two questions, unless the service says otherwise. */
const PAUSE_SECONDS = { least: 0.25, most: 3 };

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
 * @throws ApiError, NoConnection, StillRunning, or the signal's reason
 */
export async function scan(
  service: Service,
  photos: readonly Photo[],
  options: SendOptions = {},
): Promise<ScanStatus> {
  return followScan(service, await sendPhotos(service, photos, options), options);
}

/**
 * Books the scan and uploads its photos; answers its id. Photos that arrived by an earlier try under the same key are
 * not sent again, and URLs that have expired meanwhile are replaced.
 * @throws ApiError, NoConnection, or the signal's reason
 */
export async function sendPhotos(
  service: Service,
  photos: readonly Photo[],
  { onProgress, signal, idempotencyKey = crypto.randomUUID() }: SendOptions = {},
): Promise<string> {
  onProgress?.({ step: "booking" });
  const bodies = photos.map(({ bytes }) => (bytes instanceof Blob ? bytes : new Blob([bytes])));
  const request = { files: await Promise.all(photos.map((photo, index) => fileOf(photo, bodies[index]))) };
  const total = bodies.reduce((sum, { size }) => sum + size, 0);
  for (let round = 1; ; round++) {
    const booked = await book(service, request, idempotencyKey, signal);
    const toSend = booked.uploads.map(({ page }) => bodies[page - 1]?.size ?? 0).reduce((a, b) => a + b, 0);
    let before = total - toSend;
    try {
      // One after the other: the first is being read while the next is under way, and a weak network carries each.
      for (const { page, url, headers } of booked.uploads) {
        const body = bodies[page - 1];
        if (!body) continue;
        const told = (sent: number) =>
          onProgress?.({ step: "uploading", page, pages: photos.length, sent: before + sent, total });
        told(0);
        await putBytes({ url, headers, body }, { onSent: told, signal });
        before += body.size;
      }
      return booked.job_id;
    } catch (error) {
      if (!(error instanceof UploadExpired) || round >= TRIES) throw error;
    }
  }
}

/**
 * Asks for a scan's status, as often as the service wants, until it has ended. A network that is lost for a while is
 * waited for.
 * @throws ApiError, StillRunning, or the signal's reason
 */
export async function followScan(
  service: Service,
  jobId: string,
  { onProgress, signal }: ScanOptions = {},
): Promise<ScanStatus> {
  const began = Date.now();
  let etag: string | null = null;
  while (Date.now() - began < FOLLOW_MS) {
    let wanted: number = PAUSE_SECONDS.most;
    try {
      const response = await call(service, `/meds/extract/${jobId}/status`, {
        headers: etag ? { "If-None-Match": etag } : {},
        signal,
      });
      wanted = Number(response.headers.get("retry-after") ?? PAUSE_SECONDS.most);
      if (response.status !== 304) {
        const status = await readAs(response, statusOf(jobId), signal);
        etag = response.headers.get("etag");
        if (status.status === "completed" || status.status === "failed") return status;
        onProgress?.({ step: "waiting", status: status.status, seconds: (Date.now() - began) / 1000 });
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!isPassing(error)) throw error;
    }
    await pause(Math.min(Math.max(wanted, PAUSE_SECONDS.least), PAUSE_SECONDS.most) * 1000, signal);
  }
  throw new StillRunning(jobId);
}

/** How the scan stands now. @throws ApiError, NoConnection, or the signal's reason */
export async function getScan(service: Service, jobId: string, signal?: AbortSignal): Promise<ScanStatus> {
  return (await askAgain(service, `/meds/extract/${jobId}/status`, statusOf(jobId), { signal })).body;
}

/** Has the kept photos read again. @throws ApiError, NoConnection */
export async function retryScan(service: Service, jobId: string): Promise<void> {
  await ask(service, `/meds/extract/${jobId}/retry`, retryResponse, { method: "POST" });
}

/** Removes the scan with everything that was made of it. @throws ApiError, NoConnection */
export async function deleteScan(service: Service, jobId: string): Promise<void> {
  await ask(service, `/meds/extract/${jobId}`, deletionReceipt, { method: "DELETE" });
}

/** A picture of a scan: WebP, or the original as it was uploaded. @throws ApiError, NoConnection */
export function getPicture(
  service: Service,
  jobId: string,
  page: number,
  image: PageImage,
  signal?: AbortSignal,
): Promise<Blob> {
  const load = async () => {
    const response = await call(service, `/meds/extract/${jobId}/pages/${page}/${image}`, { signal });
    return response.blob().catch((error: unknown) => {
      signal?.throwIfAborted();
      throw new NoConnection(error);
    });
  };
  return tryAgain(load, isPassing, signal);
}

/** An answer about another scan, out of some cache on the way, is none: this label would get that one's medication. */
const statusOf = (jobId: string) => scanStatus.refine(({ job_id }) => job_id === jobId);

async function book(
  service: Service,
  request: BookScanRequest,
  idempotencyKey: string,
  signal: AbortSignal | undefined,
) {
  const headers = { "Idempotency-Key": idempotencyKey };
  const options = { method: "POST", body: request, headers, signal } as const;
  return (await askAgain(service, "/meds/extract", bookScanResponse, options)).body;
}

async function fileOf({ filename, contentType }: Photo, body: Blob | undefined) {
  const bytes = (await body?.arrayBuffer()) ?? new ArrayBuffer(0);
  const sha256 = hex(await crypto.subtle.digest("SHA-256", bytes));
  return { filename, content_type: contentType, size: bytes.byteLength, sha256 };
}

const hex = (buffer: ArrayBuffer): string =>
  [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
