import { isPassing, NoConnection, type Service } from "../client/transport.ts";
import { type BatchSource, FileChanged, PhotoChanged, uploadBatch } from "../client/upload-batch.ts";
import { batchStrings } from "./batch-strings.ts";
import { endsSession, explain } from "./explain.ts";
import type { Outbox } from "./outbox.ts";
import { networkBack, networkLost } from "./scans.ts";

const words = batchStrings.upload;

/** What is happening with an upload now. */
export type UploadState =
  /** `checking`: what has arrived by an earlier try is compared with the file. */
  | { step: "preparing" | "checking" | "offline" | "paused" | "completing" }
  | { step: "sending"; secondsLeft: number | null }
  | { step: "failed"; message: string };

export type OpenUpload = {
  /** Also the Idempotency-Key of its booking. */
  id: string;
  /** Null until it is booked. */
  batchId: string | null;
  name: string;
  /** Bytes that have arrived, as far as is known, and bytes in all. */
  sent: number;
  total: number;
  state: UploadState;
};

/** What is handed in, and where it lies on this device, if its browser tells. */
export type Chosen = { source: BatchSource; handles: readonly FileSystemFileHandle[] };

export type BatchUploadsParts = {
  service: Service;
  outbox: Outbox;
  owner: string;
  onSessionEnded: () => void;
};

/** Between two changes of the bar, in milliseconds: six connections tell of their bytes many times a second. */
const TELL_EVERY_MS = 200;

type Run = Chosen & { stop: AbortController; onBooked: (batchId: string) => void };

/**
 * The uploads under way in this page. What becomes of one after a reload is with the service: it knows the batch and
 * what has arrived, and with the same file any device goes on from there.
 */
export class BatchUploads {
  readonly #parts: BatchUploadsParts;
  readonly #listeners = new Set<() => void>();
  readonly #runs = new Map<string, Run>();
  #all: readonly OpenUpload[] = [];

  constructor(parts: BatchUploadsParts) {
    this.#parts = parts;
  }

  /** Hands in a new batch. `onBooked` is told its id as soon as it has one. */
  begin(chosen: Chosen, onBooked: (batchId: string) => void): void {
    this.#start(chosen, { batchId: null, sent: 0 }, onBooked);
  }

  /** Goes on with one that was begun earlier or elsewhere, of which `sent` bytes have arrived. */
  takeUp(chosen: Chosen, batchId: string, sent: number): void {
    const before = this.#all.find((one) => one.batchId === batchId);
    if (before) this.#forget(before.id);
    this.#start(chosen, { batchId, sent }, () => undefined);
    void this.#keep(batchId, chosen);
  }

  /** Where this browser found the files of a batch before; empty where it does not tell. */
  async handlesOf(batchId: string): Promise<readonly FileSystemFileHandle[]> {
    return (await this.#parts.outbox.filesOf(batchId))?.handles ?? [];
  }

  pause(id: string): void {
    this.#runs.get(id)?.stop.abort();
    this.#set(id, { state: { step: "paused" } });
  }

  goOn(id: string): void {
    const run = this.#runs.get(id);
    if (!run) return;
    run.stop = new AbortController();
    this.#set(id, { state: { step: "preparing" } });
    void this.#run(id, run);
  }

  /** Ends it here; the batch itself stays as it is. */
  remove(id: string): void {
    const { batchId } = this.#all.find((one) => one.id === id) ?? {};
    this.#forget(id);
    if (batchId) void this.#parts.outbox.forgetFiles(batchId);
  }

  stop(): void {
    for (const { stop } of this.#runs.values()) stop.abort();
  }

  all = (): readonly OpenUpload[] => this.#all;
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #start(chosen: Chosen, begun: Pick<OpenUpload, "batchId" | "sent">, onBooked: Run["onBooked"]): void {
    const { source } = chosen;
    const id = crypto.randomUUID();
    const total = bytesOf(source);
    const run: Run = { ...chosen, stop: new AbortController(), onBooked };
    this.#runs.set(id, run);
    const name = source.filename;
    this.#change([...this.#all, { id, name, total, ...begun, state: { step: "preparing" } }]);
    void this.#run(id, run);
  }

  async #run(id: string, run: Run): Promise<void> {
    const { signal } = run.stop;
    while (!signal.aborted) {
      const lost = networkLost();
      try {
        return await this.#goOnUntilDone(id, run, AbortSignal.any([signal, lost.signal]));
      } catch (error) {
        if (signal.aborted) return;
        if (endsSession(error)) {
          this.#set(id, { state: { step: "paused" } });
          return this.#parts.onSessionEnded();
        }
        if (!isPassing(error)) {
          const message = explainUpload(error, run.source.filename);
          return this.#set(id, { state: { step: "failed", message } });
        }
        this.#set(id, { state: { step: "offline" } });
        await networkBack(signal);
      } finally {
        lost.forget();
      }
    }
  }

  async #goOnUntilDone(id: string, run: Run, signal: AbortSignal): Promise<void> {
    const { source } = run;
    const { batchId, sent: before = 0 } = this.#all.find((one) => one.id === id) ?? {};
    const pace = new Pace();
    let toldAt = 0;
    const begun = batchId ? { batchId } : {};
    const ended = await uploadBatch(this.#parts.service, source, {
      ...begun,
      idempotencyKey: id,
      signal,
      onProgress: ({ batchId, sent, total }) => {
        if (signal.aborted) return;
        this.#booked(id, batchId);
        const now = performance.now();
        const secondsLeft = pace.secondsLeft(total - sent, now);
        const state = stateAt(sent, before, total, secondsLeft);
        const { step } = this.#all.find((one) => one.id === id)?.state ?? {};
        if (state.step === step && now - toldAt < TELL_EVERY_MS) return;
        toldAt = now;
        this.#set(id, { sent: Math.max(sent, before), state });
      },
    });
    this.#booked(id, ended);
    this.remove(id);
  }

  #booked(id: string, batchId: string): void {
    const upload = this.#all.find((one) => one.id === id);
    const run = this.#runs.get(id);
    if (!upload || !run || upload.batchId === batchId) return;
    this.#set(id, { batchId });
    void this.#keep(batchId, run);
    run.onBooked(batchId);
  }

  async #keep(batchId: string, { handles }: Chosen): Promise<void> {
    const { owner, outbox } = this.#parts;
    if (handles.length > 0) await outbox.keepFiles({ batchId, owner, createdAt: Date.now(), handles });
  }

  #forget(id: string): void {
    this.#runs.get(id)?.stop.abort();
    this.#runs.delete(id);
    this.#change(this.#all.filter((one) => one.id !== id));
  }

  #set(id: string, changes: Partial<OpenUpload>): void {
    this.#change(this.#all.map((one) => (one.id === id ? { ...one, ...changes } : one)));
  }

  #change(all: readonly OpenUpload[]): void {
    this.#all = all;
    for (const listener of this.#listeners) listener();
  }
}

/** @param before what had arrived by an earlier try, as far as is known: until it is passed nothing new has */
function stateAt(sent: number, before: number, total: number, secondsLeft: number | null): UploadState {
  if (sent < before) return { step: "checking" };
  return sent < total ? { step: "sending", secondsLeft } : { step: "completing" };
}

/** What the speed is worked out over: long enough that one slow part does not make the time left jump. */
const PACE_MS = { over: 20_000, least: 2_000 };

class Pace {
  #samples: { at: number; left: number }[] = [];

  /** By the bytes of the last seconds; null as long as they say nothing. */
  secondsLeft(left: number, now: number): number | null {
    this.#samples.push({ at: now, left });
    this.#samples = this.#samples.filter(({ at }) => now - at <= PACE_MS.over);
    const [first] = this.#samples;
    if (!first || now - first.at < PACE_MS.least || first.left <= left) return null;
    return (left / (first.left - left)) * ((now - first.at) / 1000);
  }
}

const bytesOf = (source: BatchSource): number =>
  "photos" in source ? source.photos.reduce((sum, { file }) => sum + file.size, 0) : source.file.size;

function explainUpload(error: unknown, name: string): string {
  if (error instanceof FileChanged || error instanceof PhotoChanged) return words.otherFile(name);
  // The browser's own words for a file that was moved, changed or unplugged since it was chosen.
  if (error instanceof DOMException && ["NotReadableError", "NotFoundError"].includes(error.name)) {
    return words.lostFile;
  }
  if (error instanceof NoConnection) return batchStrings.upload.steps.offline;
  return explain(error);
}
