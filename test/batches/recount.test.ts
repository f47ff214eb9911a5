import { describe, expect, it } from "vitest";
import { resultsKey } from "../../contract/object-keys.ts";
import { retryFailed } from "../../core/batches/batch.ts";
import { recountBatch } from "../../core/batches/recount.ts";
import { claim, type Outcome, type Sheet, settle } from "../../core/batches/sheet.ts";
import { T0 } from "../support/builders.ts";
import { makeZip } from "../support/zip-bytes.ts";
import { type BatchWorld, batchWorld, listZip, sheetsOf, shortTime, stored } from "./zip-listing.ts";

/** A batch of five sheets, listed. */
async function listed(world = batchWorld()) {
  const entries = Array.from({ length: 5 }, (_, index) => ({
    name: `${index}.jpg`,
    content: `scan ${index}`,
  }));
  const { id } = await listZip(makeZip({ entries }), world);
  world.sheetsQueue.sent.length = 0;
  return { id, world };
}

/** A worker reads a sheet, and tells the tally unless it dies before. */
async function end(world: BatchWorld, id: string, index: number, outcome: Outcome, told = true) {
  const sheet = world.sheets.kept.get(`${id}/${index}`) as Sheet;
  const held = claim(sheet, T0, 1_000);
  const ended = held.kind === "read" ? settle(held.sheet, held.fence, outcome, T0) : null;
  if (!ended) throw new Error("the sheet waits");
  world.sheets.kept.set(`${id}/${index}`, { ...ended, version: sheet.version + 2 });
  if (told) await world.tally.add(id, { [outcome.status]: 1 }, 0);
}

const completed: Outcome = { status: "completed", task_id: "12345678", needs_review: false };
const failed: Outcome = { status: "failed", reason: "not_an_image" };

describe("a recount", () => {
  it("ends a batch whose every sheet has ended, with counts that add up", async () => {
    const { id, world } = await listed();
    for (const index of [0, 1]) await end(world, id, index, completed);
    await end(world, id, 2, { status: "duplicate", duplicate_of: 0 });
    await end(world, id, 3, failed);
    await end(world, id, 4, { status: "unmatched", reason: "no_task_code", needs_review: true });
    expect(await recountBatch(id, false, world)).toEqual({
      kind: "ended",
      total: 5,
      failed: 1,
      unmatched: 1,
    });
    expect(await stored(world, id)).toMatchObject({
      status: "completed_with_errors",
      counts: { total: 5, completed: 2, duplicate: 1, failed: 1, unmatched: 1, pending: 0 },
      lease: null,
      due_at: null,
    });
    for (const format of ["ndjson", "csv"] as const)
      expect(world.archives.kept.has(resultsKey(id, 1, format))).toBe(true);
  });

  it("calls a batch completed only when no sheet failed or has no task", async () => {
    const { id, world } = await listed();
    for (let index = 0; index < 5; index++) await end(world, id, index, completed);
    await recountBatch(id, false, world);
    expect((await stored(world, id)).status).toBe("completed");
  });

  it("does not end a batch of which a sheet waits, whatever the tally says", async () => {
    const { id, world } = await listed();
    for (let index = 0; index < 4; index++) await end(world, id, index, completed);
    await world.tally.add(id, { completed: 1 }, 0);
    expect(await recountBatch(id, false, world)).toEqual({ kind: "pending", pending: 1, sent: 0 });
    expect(await stored(world, id)).toMatchObject({ status: "processing", lease: null, attempts: 0 });
    expect(await world.tally.read(id)).toMatchObject({ completed: 4 });
    expect(world.batchesQueue.sent).toEqual([]);
  });

  it("mends the tally of a worker that died before it told", async () => {
    const { id, world } = await listed();
    for (let index = 0; index < 5; index++) await end(world, id, index, completed, index > 2);
    expect(await recountBatch(id, false, world)).toMatchObject({ kind: "ended" });
    expect(await world.tally.read(id)).toEqual({ completed: 5, failed: 0, duplicate: 0, unmatched: 0 });
  });

  it("comes again when the last sheets ended while it counted", async () => {
    const { id, world } = await listed();
    for (let index = 0; index < 4; index++) await end(world, id, index, completed);
    const all = world.sheets.all;
    world.sheets.all = async function* (batchId) {
      const pages: Sheet[][] = [];
      for await (const page of all(batchId)) pages.push(page);
      // The worker finds the batch held: its own call for a recount comes to nothing.
      await end(world, id, 4, completed);
      yield* pages;
    };
    expect(await recountBatch(id, false, world)).toMatchObject({ kind: "pending" });
    expect(world.batchesQueue.sent).toEqual([{ type: "recount_batch", batch_id: id, resend: false }]);
    world.sheets.all = all;
    expect(await recountBatch(id, false, world)).toMatchObject({ kind: "ended" });
  });

  it("sends again for every sheet that waits, held or not, and only when it is to", async () => {
    const { id, world } = await listed();
    await end(world, id, 0, completed);
    const held = world.sheets.kept.get(`${id}/1`) as Sheet;
    world.sheets.kept.set(`${id}/1`, { ...held, lease: { fence: 1, until: T0 + 1 } } as Sheet);
    await recountBatch(id, false, world);
    expect(world.sheetsQueue.sent).toEqual([]);
    expect(await recountBatch(id, true, world)).toEqual({ kind: "pending", pending: 4, sent: 4 });
    expect(world.sheetsQueue.sent.map(({ index }) => index)).toEqual([1, 2, 3, 4]);
  });

  it("has the sheets that failed in an earlier round read again, once", async () => {
    const { id, world } = await listed();
    for (const index of [0, 1, 2]) await end(world, id, index, completed);
    for (const index of [3, 4]) await end(world, id, index, failed);
    await recountBatch(id, false, world);
    const again = retryFailed(await stored(world, id), 3, T0);
    world.batches.kept.set(id, again as never);
    expect(await recountBatch(id, false, world)).toEqual({ kind: "pending", pending: 2, sent: 2 });
    expect(world.sheetsQueue.sent.map(({ index }) => index)).toEqual([3, 4]);
    expect(await world.tally.read(id)).toMatchObject({ completed: 3, failed: 0 });
    await end(world, id, 3, completed);
    await end(world, id, 4, failed);
    expect(await recountBatch(id, false, world)).toMatchObject({ kind: "ended", failed: 1 });
    expect(world.archives.kept.has(resultsKey(id, 2, "csv"))).toBe(true);
    expect((await sheetsOf(world, id)).map(({ round }) => round)).toEqual([1, 1, 1, 2, 2]);
  });

  it("hands over to another run when its time is up", async () => {
    const { id, world } = await listed();
    expect(await recountBatch(id, true, { ...world, timeLeftMs: shortTime() })).toEqual({
      kind: "continued",
    });
    expect(world.batchesQueue.sent).toEqual([{ type: "recount_batch", batch_id: id, resend: true }]);
    expect((await stored(world, id)).lease).toBeNull();
  });

  it("leaves a batch alone that is still listed, and one that has ended", async () => {
    const { id, world } = await listed();
    const batch = await stored(world, id);
    for (const status of ["expanding", "uploading"] as const) {
      world.batches.kept.set(id, { ...batch, status } as never);
      expect(await recountBatch(id, true, world)).toEqual({ kind: "nothing" });
    }
  });

  it("gives the batch back when a store fails, so that the message can come again", async () => {
    const { id, world } = await listed();
    for (let index = 0; index < 5; index++) await end(world, id, index, completed);
    const write = world.archives.write;
    world.archives.write = () => Promise.reject(new Error("throttled"));
    await expect(recountBatch(id, false, world)).rejects.toThrow("throttled");
    expect(await stored(world, id)).toMatchObject({ status: "processing", lease: null });
    world.archives.write = write;
    expect(await recountBatch(id, false, world)).toMatchObject({ kind: "ended" });
  });
});
