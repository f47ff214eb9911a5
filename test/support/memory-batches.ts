import type { SheetFilter, SheetResult } from "../../contract/batches.ts";
import type { BatchesMessage, ReadSheetMessage } from "../../contract/messages.ts";
import type { Batch } from "../../core/batches/batch.ts";
import type { Sheet } from "../../core/batches/sheet.ts";
import {
  ArchiveChanged,
  type ArchiveStore,
  type BatchesQueue,
  type BatchStore,
  NONE,
  type SheetResultStore,
  type SheetStore,
  type SheetsQueue,
  type Tally,
  type TallyStore,
} from "../../core/batches/stores.ts";

/** The ports of batches in memory. Everything is copied on its way in and out, as a network would. */

export type MemoryBatches = BatchStore & { kept: Map<string, Batch> };

export function memoryBatches(): MemoryBatches {
  const kept = new Map<string, Batch>();
  return {
    kept,
    async create(batch) {
      if (kept.has(batch.id)) return false;
      kept.set(batch.id, structuredClone(batch));
      return true;
    },
    read: async (id) => structuredClone(kept.get(id) ?? null),
    async replace(batch) {
      if (kept.get(batch.id)?.version !== batch.version - 1) return false;
      kept.set(batch.id, structuredClone(batch));
      return true;
    },
    async *due(at) {
      for (const { id, due_at } of [...kept.values()]) if (due_at !== null && due_at <= at) yield id;
    },
    async ofOwner(owner, limit, after) {
      const newestFirst = [...kept.values()]
        .filter((batch) => batch.owner === owner)
        .toSorted((a, b) => b.created_at - a.created_at || (a.id < b.id ? -1 : 1));
      const start = after ? newestFirst.findIndex(({ id }) => id === after.id) + 1 : 0;
      return structuredClone(newestFirst.slice(start, start + limit));
    },
  };
}

export type MemoryTally = TallyStore & { kept: Map<string, Tally> };

export function memoryTally(): MemoryTally {
  const kept = new Map<string, Tally>();
  return {
    kept,
    async add(batchId, more) {
      const tally = { ...(kept.get(batchId) ?? NONE) };
      for (const status of Object.keys(NONE) as (keyof Tally)[]) tally[status] += more[status] ?? 0;
      kept.set(batchId, tally);
      return { ...tally };
    },
    read: async (batchId) => ({ ...(kept.get(batchId) ?? NONE) }),
  };
}

export type MemorySheets = SheetStore & { kept: Map<string, Sheet> };
/** Where a memory store keeps a sheet, and a result. */
export const sheetKey = (batchId: string, index: number): string => `${batchId}/${index}`;

/** Sheets in one answer of `all`: few, so that tests go over more than one. */
const PAGE = 3;

export function memorySheets(): MemorySheets {
  const kept = new Map<string, Sheet>();
  const ofBatch = (batchId: string): Sheet[] =>
    [...kept.values()]
      .filter((sheet) => sheet.batch_id === batchId)
      .toSorted((a, b) => a.index - b.index)
      .map((sheet) => structuredClone(sheet));
  return {
    kept,
    async create(sheet) {
      if (kept.has(sheetKey(sheet.batch_id, sheet.index))) return false;
      kept.set(sheetKey(sheet.batch_id, sheet.index), structuredClone(sheet));
      return true;
    },
    read: async (batchId, index) => structuredClone(kept.get(sheetKey(batchId, index)) ?? null),
    async replace(sheet) {
      const key = sheetKey(sheet.batch_id, sheet.index);
      if (kept.get(key)?.version !== sheet.version - 1) return false;
      kept.set(key, structuredClone(sheet));
      return true;
    },
    firstAlike: async (batchId, content, after = -1) =>
      ofBatch(batchId).find((sheet) => sheet.content === content && sheet.index > after)?.index ?? null,
    async *all(batchId) {
      const sheets = ofBatch(batchId);
      for (let at = 0; at < sheets.length; at += PAGE) yield sheets.slice(at, at + PAGE);
    },
    list: async (batchId, limit, after = -1, filter) =>
      ofBatch(batchId)
        .filter((sheet) => sheet.index > after && (filter === undefined || passes(sheet, filter)))
        .slice(0, limit),
    async ofTask(owner, taskId, limit, { batch, after } = {}) {
      const found = [...kept.values()]
        .filter((sheet) => sheet.status === "completed" && sheet.task_id === taskId && sheet.owner === owner)
        .filter((sheet) => batch === undefined || sheet.batch_id === batch.id)
        .toSorted(
          (a, b) =>
            b.expires_at - a.expires_at ||
            (a.batch_id < b.batch_id ? -1 : 1) * Number(a.batch_id !== b.batch_id) ||
            a.index - b.index,
        );
      const keys = found.map((sheet) => sheetKey(sheet.batch_id, sheet.index));
      const start = after === undefined ? 0 : keys.indexOf(after) + 1;
      const next = start + limit < found.length ? keys[start + limit - 1] : undefined;
      const sheets = structuredClone(found.slice(start, start + limit));
      return { sheets, ...(next === undefined ? {} : { next }) };
    },
  };
}

const passes = (sheet: Sheet, filter: SheetFilter): boolean =>
  filter === "review" ? "needs_review" in sheet && sheet.needs_review : sheet.status === filter;

export type MemorySheetResults = SheetResultStore & { kept: Map<string, SheetResult> };

export function memorySheetResults(): MemorySheetResults {
  const kept = new Map<string, SheetResult>();
  return {
    kept,
    async put(batchId, index, result) {
      kept.set(sheetKey(batchId, index), structuredClone(result));
    },
    async get(batchId, indexes) {
      const found = new Map<number, SheetResult>();
      for (const index of indexes) {
        const result = kept.get(sheetKey(batchId, index));
        if (result) found.set(index, structuredClone(result));
      }
      return found;
    },
  };
}

export type MemoryArchive = ArchiveStore & {
  kept: Map<string, Uint8Array>;
  /** Every range that was asked for, in order. */
  ranges: { key: string; from: number; to: number }[];
};

export function memoryArchive(): MemoryArchive {
  const kept = new Map<string, Uint8Array>();
  const etags = new Map<Uint8Array, string>();
  const ranges: MemoryArchive["ranges"] = [];
  const etagOf = (body: Uint8Array): string => {
    const etag = etags.get(body) ?? `"${etags.size + 1}"`;
    etags.set(body, etag);
    return etag;
  };
  return {
    kept,
    ranges,
    async head(key) {
      const found = kept.get(key);
      return found ? { size: found.length, etag: etagOf(found) } : null;
    },
    async range(key, etag, from, to) {
      const found = kept.get(key);
      if (!found || etagOf(found) !== etag) throw new ArchiveChanged();
      if (from < to) ranges.push({ key, from, to });
      return found.slice(from, to);
    },
    async put(key, body) {
      kept.set(key, new Uint8Array(body));
    },
    async write(key, pieces) {
      const held: Uint8Array[] = [];
      for await (const piece of pieces) held.push(piece.slice());
      kept.set(key, new Uint8Array(Buffer.concat(held)));
    },
  };
}

export type MemoryBatchesQueue = BatchesQueue & { sent: BatchesMessage[] };
export type MemorySheetsQueue = SheetsQueue & { sent: ReadSheetMessage[] };

function memorySends<M>(): { sent: M[]; send(messages: readonly M[]): Promise<void> } {
  const sent: M[] = [];
  return {
    sent,
    async send(messages) {
      sent.push(...structuredClone([...messages]));
    },
  };
}
export const memoryBatchesQueue = (): MemoryBatchesQueue => memorySends();
export const memorySheetsQueue = (): MemorySheetsQueue => memorySends();
