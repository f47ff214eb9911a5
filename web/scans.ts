import { followScan, retryScan, type ScanProgress, StillRunning, sendPhotos } from "../client/scan.ts";
import { ApiError, isPassing, NoConnection, type Service } from "../client/transport.ts";
import { endsSession, explain, explainCode } from "./explain.ts";
import type { KeptScan, Outbox } from "./outbox.ts";

/** What is happening with a scan now. */
export type ScanState =
  | { step: "preparing" | "offline" | "queued" | "reading" | "slow" }
  | { step: "sending"; share: number }
  | { step: "done"; medications: string[] }
  | { step: "failed"; message: string; remedy: Remedy };
/** What helps a scan that failed: the service reads what it kept, this tablet sends what it kept, or a new photo. */
type Remedy = "read_again" | "send_again" | "take_again";
export type OpenScan = KeptScan & { state: ScanState };

/** How long to wait for the browser to say that the network is back, before trying all the same. */
const NETWORK_PAUSE_MS = 5_000;

type Parts = { service: Service; outbox: Outbox; owner: string; onSessionEnded: () => void };

/** The scans of this tablet that are on their way: keeps, sends and follows each, and tells who listens. */
export class Scans {
  readonly #parts: Parts;
  readonly #listeners = new Set<() => void>();
  readonly #stops = new Map<string, AbortController>();
  #all: readonly OpenScan[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Takes up what an earlier visit left unfinished. */
  async resume(): Promise<void> {
    const kept = await this.#parts.outbox.all();
    this.#change(kept.map((scan) => ({ ...scan, state: { step: "preparing" } })));
    for (const { id } of kept) void this.#run(id);
  }

  /** Keeps the photos in this browser first, then sends them. Answers the scan's id. */
  async add(blobs: readonly Blob[]): Promise<string> {
    const id = crypto.randomUUID();
    const photos = blobs.map((blob, index) => ({ page: index + 1, blob }));
    const kept: KeptScan = { id, owner: this.#parts.owner, createdAt: Date.now(), photos };
    await this.#parts.outbox.keep(kept);
    this.#change([...this.#all, { ...kept, state: { step: "preparing" } }]);
    void this.#run(id);
    return id;
  }

  /** Has the photos read again that the service kept. */
  async readAgain(id: string): Promise<void> {
    const { jobId } = this.find(id) ?? {};
    if (!jobId) return;
    try {
      await retryScan(this.#parts.service, jobId);
    } catch (error) {
      const remedy = isPassing(error) ? "read_again" : "take_again";
      return this.#set(id, { step: "failed", message: explain(error), remedy });
    }
    await this.#run(id);
  }

  /** Sends the photos that this tablet still has as a scan of their own. Answers its id. */
  async sendAgain(id: string): Promise<string | null> {
    const photos = this.find(id)?.photos;
    if (!photos) return null;
    const again = await this.add(photos.map(({ blob }) => blob));
    await this.remove(id);
    return again;
  }

  async remove(id: string): Promise<void> {
    this.#stops.get(id)?.abort();
    await this.#parts.outbox.remove(id);
    this.#change(this.#all.filter((one) => one.id !== id));
  }

  stop(): void {
    for (const stop of this.#stops.values()) stop.abort();
  }

  find = (id: string): OpenScan | undefined => this.#all.find((one) => one.id === id);
  all = (): readonly OpenScan[] => this.#all;
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  async #run(id: string): Promise<void> {
    const stop = new AbortController();
    this.#stops.set(id, stop);
    while (!stop.signal.aborted) {
      const lost = networkLost();
      try {
        return await this.#goOn(id, AbortSignal.any([stop.signal, lost.signal]));
      } catch (error) {
        if (stop.signal.aborted) return;
        if (endsSession(error)) return this.#parts.onSessionEnded();
        if (error instanceof StillRunning) {
          // A photo may have been lost although its upload was answered: booked again, it is sent if it is missing.
          this.#change(this.#all.map((one) => (one.id === id ? withoutJob(one) : one)));
          continue;
        }
        if (!isPassing(error)) {
          const remedy = error instanceof ApiError ? remedyOf(error.code) : "take_again";
          return this.#set(id, { step: "failed", message: explain(error), remedy });
        }
        this.#set(id, { step: "offline" });
        await networkBack(stop.signal);
      } finally {
        lost.forget();
      }
    }
  }

  async #goOn(id: string, signal: AbortSignal): Promise<void> {
    const scan = this.find(id);
    if (!scan) return;
    const { service, outbox } = this.#parts;
    const onProgress = (progress: ScanProgress) => {
      // As long as nothing gets through, it waits for the network, also while it tries again.
      const isTrying = progress.step === "booking" && this.find(id)?.state.step === "offline";
      if (!isTrying) this.#set(id, stateOf(progress));
    };
    let { jobId } = scan;
    if (jobId === undefined) {
      const photos = scan.photos.map(({ page, blob }) => ({
        // The name a file has stays here: people name files after patients.
        filename: `photo-${page}`,
        contentType: blob.type,
        bytes: blob,
      }));
      jobId = await sendPhotos(service, photos, { idempotencyKey: id, onProgress, signal });
      const { state: _, ...kept } = { ...scan, jobId };
      await outbox.keep(kept);
      this.#change(this.#all.map((one) => (one.id === id ? { ...one, ...kept } : one)));
    }
    const status = await followScan(service, jobId, { onProgress, signal });
    if (status.status === "completed") {
      const medications = (status.results ?? []).map((result) => result.id);
      // What was read is with the service now; nothing of it needs to stay in this browser.
      await outbox.remove(id);
      this.#set(id, { step: "done", medications });
    } else {
      const { code = "", message = "", retryable = false } = status.error ?? {};
      const remedy = retryable ? "read_again" : remedyOf(code);
      this.#set(id, { step: "failed", message: explainCode(code) ?? message, remedy });
    }
  }

  #set(id: string, state: ScanState): void {
    this.#change(this.#all.map((one) => (one.id === id ? { ...one, state } : one)));
  }

  #change(all: readonly OpenScan[]): void {
    this.#all = all;
    for (const listener of this.#listeners) listener();
  }
}

/** When it was the way that failed, the photos themselves are good. */
const LOST_ON_THE_WAY = ["upload_expired", "checksum_mismatch", "upload_refused"];
const remedyOf = (code: string): Remedy => (LOST_ON_THE_WAY.includes(code) ? "send_again" : "take_again");

const withoutJob = ({ jobId: _, ...scan }: OpenScan): OpenScan => scan;

/** After this long a label has usually been read; then the person is told that it goes on by itself. */
const SLOW_SECONDS = 30;

function stateOf(progress: ScanProgress): ScanState {
  if (progress.step === "booking") return { step: "preparing" };
  if (progress.step === "uploading") {
    return { step: "sending", share: progress.total === 0 ? 0 : progress.sent / progress.total };
  }
  if (progress.seconds > SLOW_SECONDS) return { step: "slow" };
  return { step: progress.status === "processing" ? "reading" : "queued" };
}

/** Ends what is under way as soon as the browser knows that there is no network: it would only wait in vain. */
export function networkLost(): { signal: AbortSignal; forget: () => void } {
  const stop = new AbortController();
  const end = () => stop.abort(new NoConnection("The network was lost"));
  addEventListener("offline", end);
  return { signal: stop.signal, forget: () => removeEventListener("offline", end) };
}

/** As soon as there is a network, or it is worth trying whether there is. */
export function networkBack(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      removeEventListener("online", go);
      signal.removeEventListener("abort", go);
      resolve();
    };
    const timer = setTimeout(go, NETWORK_PAUSE_MS);
    addEventListener("online", go);
    signal.addEventListener("abort", go);
  });
}
