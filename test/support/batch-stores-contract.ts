import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SheetFilter } from "../../contract/batches.ts";
import { type Batch, cancel, expiresAt, fail } from "../../core/batches/batch.ts";
import type { Outcome, Sheet } from "../../core/batches/sheet.ts";
import {
  type BatchStore,
  NONE,
  type SheetResultStore,
  type SheetStore,
  type TallyStore,
} from "../../core/batches/stores.ts";
import {
  bookedBatch,
  endedSheet,
  expandingBatch,
  pendingSheet,
  processingBatch,
  resultOf,
} from "./batch-builders.ts";
import { made, T0 } from "./builders.ts";

/** What every BatchStore, TallyStore, SheetStore and SheetResultStore promises, asked of each implementation. */

type Opened = {
  batches: BatchStore;
  tally: TallyStore;
  sheets: SheetStore;
  results: SheetResultStore;
  close?: () => Promise<void>;
};

const next = <R extends { version: number }>(record: R): R => ({ ...record, version: record.version + 1 });
async function listed<T>(coming: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of coming) all.push(one);
  return all;
}
const indexesOf = (sheets: readonly Sheet[]): number[] => sheets.map(({ index }) => index);

export function batchStoresKeepTheirPromises(name: string, open: () => Promise<Opened>): void {
  let stores: Opened;
  beforeAll(async () => {
    stores = await open();
  });
  afterAll(() => stores.close?.());

  describe(`batches in ${name}`, () => {
    const due = (at: number) => listed(stores.batches.due(at));

    it("come back as they were written, in every state", async () => {
      const ids = { id: randomUUID() };
      const counts = { total: 2, completed: 2, failed: 0, duplicate: 0, unmatched: 0, pending: 0 };
      for (const batch of [
        bookedBatch({ id: randomUUID(), upload_type: "images", task_id: "12345678" }),
        expandingBatch({ id: randomUUID() }),
        {
          ...processingBatch(2, { id: randomUUID() }),
          status: "completed",
          completed_at: T0,
          counts,
        } as Batch,
        fail(bookedBatch(ids), "not_a_zip", T0),
        made(cancel(bookedBatch({ id: randomUUID() }), T0)),
      ]) {
        expect(await stores.batches.create(batch)).toBe(true);
        expect(await stores.batches.read(batch.id)).toEqual(batch);
      }
      expect(await stores.batches.read(randomUUID())).toBeNull();
    });

    it("are created once, and replaced only from the version that is there: of five at once, one", async () => {
      const id = randomUUID();
      const bookings = Array.from({ length: 5 }, (_, n) => bookedBatch({ id, fingerprint: String(n) }));
      const created = await Promise.all(bookings.map((batch) => stores.batches.create(batch)));
      expect(created.filter(Boolean)).toHaveLength(1);
      const there = made(await stores.batches.read(id));
      const writes = Array.from({ length: 5 }, (_, n) => ({ ...next(there), seen: n }));
      const replaced = await Promise.all(writes.map((write) => stores.batches.replace(write)));
      expect(replaced.filter(Boolean)).toHaveLength(1);
      expect(await stores.batches.read(id)).toEqual(writes[replaced.indexOf(true)]);
      expect(await stores.batches.replace(writes[0] as Batch)).toBe(false);
    });

    it("are found when they are due, and no longer once they have ended", async () => {
      const open = bookedBatch({ id: randomUUID() }, T0 + 1e9);
      const ended = bookedBatch({ id: randomUUID() });
      for (const batch of [open, ended]) await stores.batches.create(batch);
      expect(await due(made(ended.due_at))).toContain(ended.id);
      expect(await due(made(ended.due_at) - 1)).not.toContain(ended.id);
      await stores.batches.replace(next(fail(ended, "not_a_zip", T0)));
      const all = await due(Number.POSITIVE_INFINITY);
      expect(all).toContain(open.id);
      expect(all).not.toContain(ended.id);
    });

    it("are listed newest first, page by page, each once and nobody else's", async () => {
      const owner = randomUUID();
      // Two were booked in the same millisecond.
      const ages = [0, 1, 1, 2, 3, 4, 5];
      const booked = ages.map((age) => bookedBatch({ id: randomUUID(), owner }, T0 + age));
      for (const batch of [...booked, bookedBatch({ id: randomUUID() })]) await stores.batches.create(batch);
      await stores.tally.add(booked[0]?.id ?? "", { completed: 1 }, T0);
      const listed: Batch[] = [];
      for (let after: Batch | undefined; ; after = listed.at(-1)) {
        const page = await stores.batches.ofOwner(owner, 2, after);
        expect(page.length).toBeLessThanOrEqual(2);
        listed.push(...page);
        if (page.length === 0) break;
      }
      expect(listed.map(({ created_at }) => created_at - T0)).toEqual(ages.toReversed());
      expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(booked.map(({ id }) => id)));
    });
  });

  describe(`tallies in ${name}`, () => {
    it("are nothing at first, and add up however many add at once", async () => {
      const id = randomUUID();
      expect(await stores.tally.read(id)).toEqual(NONE);
      const seen = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          stores.tally.add(id, n % 2 ? { completed: 1 } : { failed: 2, unmatched: 1 }, T0),
        ),
      );
      expect(await stores.tally.read(id)).toEqual({ ...NONE, completed: 10, failed: 20, unmatched: 10 });
      // Exactly one of them is told of the whole.
      const whole = seen.filter(({ completed, unmatched }) => completed + unmatched === 20);
      expect(whole).toHaveLength(1);
      expect(await stores.tally.add(id, { failed: -20, duplicate: 1 }, T0)).toEqual({
        completed: 10,
        failed: 0,
        duplicate: 1,
        unmatched: 10,
      });
    });

    it("stand beside their batch without touching it", async () => {
      const batch = bookedBatch({ id: randomUUID() });
      await stores.tally.add(batch.id, { completed: 3 }, T0);
      expect(await stores.batches.read(batch.id)).toBeNull();
      expect(await stores.batches.create(batch)).toBe(true);
      expect(await stores.tally.read(batch.id)).toEqual({ ...NONE, completed: 3 });
    });
  });

  describe(`sheets in ${name}`, () => {
    const outcomes: Outcome[] = [
      { status: "completed", task_id: "12345678", needs_review: false },
      { status: "completed", task_id: "12345678", needs_review: true },
      { status: "unmatched", reason: "no_task_code", needs_review: true },
      { status: "unmatched", reason: "several_task_codes", needs_review: false },
      { status: "failed", reason: "image_damaged" },
      { status: "duplicate", duplicate_of: 0 },
    ];

    it("come back as they were written, in every state", async () => {
      const batch_id = randomUUID();
      const place = {
        kind: "entry",
        offset: 2 ** 35,
        packed: 10,
        size: 20,
        method: "deflated",
        crc32: 0xffffffff,
        name_length: 4,
      } as const;
      const sheets = [
        pendingSheet({ batch_id, index: 0, place }),
        ...outcomes.map((outcome, n) => endedSheet(outcome, { batch_id, index: n + 1 })),
      ];
      for (const sheet of sheets) {
        expect(await stores.sheets.create(sheet)).toBe(true);
        expect(await stores.sheets.read(batch_id, sheet.index)).toEqual(sheet);
      }
      expect(await stores.sheets.read(batch_id, sheets.length)).toBeNull();
      expect(await stores.sheets.read(randomUUID(), 0)).toBeNull();
    });

    it("are created once, so that booking again resets nothing, and replaced only from the version there", async () => {
      const batch_id = randomUUID();
      const sheet = pendingSheet({ batch_id });
      await stores.sheets.create(sheet);
      const writes = Array.from({ length: 5 }, (_, n) => ({ ...next(sheet), attempts: n }));
      const replaced = await Promise.all(writes.map((write) => stores.sheets.replace(write)));
      expect(replaced.filter(Boolean)).toHaveLength(1);
      expect(await stores.sheets.create(sheet)).toBe(false);
      expect(await stores.sheets.read(batch_id, 0)).toEqual(writes[replaced.indexOf(true)]);
    });

    it("tell the first with the same content, and the next after it, in this batch only", async () => {
      const batch_id = randomUUID();
      const alike = (index: number, content = "5a-100", batch = batch_id) =>
        stores.sheets.create(pendingSheet({ batch_id: batch, index, content }));
      // Booked in no order; 5a-1 begins like 5a-100, and index 100000 has more digits than 9.
      for (const index of [100_000, 9, 77]) await alike(index);
      await alike(1, "5a-1");
      await alike(2, "5a-1000");
      await alike(3, "5a-100", randomUUID());
      const first = (content: string, after?: number) => stores.sheets.firstAlike(batch_id, content, after);
      expect(await first("5a-100")).toBe(9);
      expect(await first("5a-100", 9)).toBe(77);
      expect(await first("5a-100", 77)).toBe(100_000);
      expect(await first("5a-100", 100_000)).toBeNull();
      expect(await first("5a-1")).toBe(1);
      expect(await first("5a")).toBeNull();
    });

    it("are all there in their order, however many pages that takes", async () => {
      const batch_id = randomUUID();
      // 1.3 MB: DynamoDB answers at most 1 MB at once.
      const name = "n".repeat(10_000);
      const indexes = Array.from({ length: 130 }, (_, n) => n);
      for (const index of indexes.toReversed())
        await stores.sheets.create(pendingSheet({ batch_id, index, name }));
      const pages = await listed(stores.sheets.all(batch_id));
      expect(pages.length).toBeGreaterThan(1);
      expect(pages.flatMap(indexesOf)).toEqual(indexes);
      expect(indexesOf(await stores.sheets.list(batch_id, 130))).toEqual(indexes);
      expect(await listed(stores.sheets.all(randomUUID()))).toEqual([]);
    });

    it("are listed from above an index, narrowed by each filter", async () => {
      const batch_id = randomUUID();
      // 0..11: every outcome twice; 12 and 13 wait.
      const sheets = [...outcomes, ...outcomes].map((outcome, index) =>
        endedSheet(outcome, { batch_id, index }),
      );
      sheets.push(pendingSheet({ batch_id, index: 12 }), pendingSheet({ batch_id, index: 13 }));
      for (const sheet of sheets) await stores.sheets.create(sheet);
      const expected: [SheetFilter | undefined, number[]][] = [
        [undefined, sheets.map(({ index }) => index)],
        ["completed", [0, 1, 6, 7]],
        ["review", [1, 2, 7, 8]],
        ["unmatched", [2, 3, 8, 9]],
        ["failed", [4, 10]],
        ["duplicate", [5, 11]],
        ["pending", [12, 13]],
      ];
      for (const [filter, indexes] of expected) {
        const listed: number[] = [];
        for (;;) {
          const page = await stores.sheets.list(batch_id, 3, listed.at(-1), filter);
          expect(page.length).toBeLessThanOrEqual(3);
          if (page.length === 0) break;
          listed.push(...indexesOf(page));
        }
        expect([filter, listed]).toEqual([filter, indexes]);
      }
    });

    it("leave the list of the failed when they are read again, and of those waiting when they have ended", async () => {
      const batch_id = randomUUID();
      const failed = endedSheet({ status: "failed", reason: "attempts_exhausted" }, { batch_id });
      await stores.sheets.create(failed);
      await stores.sheets.replace({ ...pendingSheet({ batch_id }), version: 2 });
      expect(await stores.sheets.list(batch_id, 9, undefined, "failed")).toEqual([]);
      expect(await stores.sheets.list(batch_id, 9, undefined, "pending")).toHaveLength(1);
      await stores.sheets.replace({ ...failed, version: 3 });
      expect(await stores.sheets.list(batch_id, 9, undefined, "pending")).toEqual([]);
      expect(await stores.sheets.list(batch_id, 9, undefined, "failed")).toHaveLength(1);
    });

    it("of a task are found over all batches, newest first, to their person only, and in one batch", async () => {
      const owner = randomUUID();
      const older = { id: randomUUID(), created_at: T0 };
      const newer = { id: randomUUID(), created_at: T0 + 1 };
      const put = async (of: typeof older, index: number, task_id = "00000042", who: string = owner) =>
        stores.sheets.create(
          endedSheet(
            { status: "completed", task_id, needs_review: index === 2 },
            { batch_id: of.id, index, owner: who, expires_at: expiresAt(of) },
          ),
        );
      for (const index of [2, 10, 1]) await put(older, index);
      for (const index of [3, 0]) await put(newer, index);
      await put(newer, 5, "00000043");
      await put(newer, 6, "00000042", "somebody else");
      const pages = async (batch?: typeof older) => {
        const found: string[] = [];
        for (let after: string | undefined; ; ) {
          const options = { ...(batch ? { batch } : {}), ...(after === undefined ? {} : { after }) };
          const page = await stores.sheets.ofTask(owner, "00000042", 2, options);
          expect(page.sheets.length).toBeLessThanOrEqual(2);
          found.push(
            ...page.sheets.map((one) => `${one.batch_id === newer.id ? "newer" : "older"} ${one.index}`),
          );
          if (page.next === undefined) return found;
          after = page.next;
        }
      };
      expect(await pages()).toEqual(["newer 0", "newer 3", "older 1", "older 2", "older 10"]);
      expect(await pages(older)).toEqual(["older 1", "older 2", "older 10"]);
      expect(await pages(newer)).toEqual(["newer 0", "newer 3"]);
    });
  });

  describe(`results in ${name}`, () => {
    it("come back whole, those that there are, by the index of their sheet", async () => {
      const batch = randomUUID();
      const results = Array.from({ length: 130 }, (_, n) => resultOf(`Drug ${n}`, `text ${n}`));
      for (const [index, result] of results.entries()) await stores.results.put(batch, index, result, T0);
      const { task_source: _, ...unmatched } = resultOf();
      await stores.results.put(batch, 500, unmatched, T0);
      const found = await stores.results.get(batch, [...results.keys(), 499, 500]);
      expect(found).toEqual(new Map([...results.entries(), [500, unmatched]]));
      expect(await stores.results.get(batch, [])).toEqual(new Map());
      expect(await stores.results.get(randomUUID(), [0])).toEqual(new Map());
    });

    it("are replaced by what a later reading found", async () => {
      const batch = randomUUID();
      await stores.results.put(batch, 0, resultOf("Metformin"), T0);
      await stores.results.put(batch, 0, resultOf("Lisinopril"), T0);
      expect((await stores.results.get(batch, [0])).get(0)).toEqual(resultOf("Lisinopril"));
    });
  });
}
