import { describe, expect, it } from "vitest";
import { archiveKey } from "../../contract/object-keys.ts";
import { isBeingRead, look } from "../../core/batches/batch.ts";
import { type ExpandParts, expandBatch } from "../../core/batches/expand.ts";
import { type RecountParts, recountBatch } from "../../core/batches/recount.ts";
import { claim, settle } from "../../core/batches/sheet.ts";
import { changeBatch, changeSheet, endedIn, sheetEnded } from "../../core/batches/stores.ts";
import { T0 } from "../support/builders.ts";
import { makeZip } from "../support/zip-bytes.ts";
import {
  type BatchWorld,
  batchWorld,
  EXPAND_LEASE_MS,
  expandingBatch,
  shortTime,
  stored,
} from "./zip-listing.ts";

/**
 * The expander and the recount, broken off at every one of their calls to a store or a queue, one after another: the
 * process is gone for good, or goes on as a zombie when its lease is another's, or the call fails although it was done.
 * Whatever it was, the batch ends with the counts of an undisturbed run.
 */

/** Over one block of fifty, listed in several runs. */
const SHEETS = 70;
const ENCRYPTED = 7;
const entries = Array.from({ length: SHEETS }, (_, index) => ({
  name: `${index}.jpg`,
  content: `scan ${index}`,
  flags: index % 10 === 3 ? 1 : 0,
}));
const ARCHIVE = makeZip({ entries });

type Fate = "dies before" | "dies after" | "fails after" | "sleeps over its lease";

class Gone extends Error {}

type Calls = Record<string, (...args: never[]) => unknown>;

class Life {
  now = T0;
  calls = 0;
  readonly world: BatchWorld = batchWorld();
  /** At which call what happens; it happens once. */
  readonly at: number;
  readonly fate: Fate | null;
  /** Tells that the process is heard of no more. */
  silent: (() => void) | null = null;
  /** Wakes the process that sleeps. */
  wake: (() => void) | null = null;
  woken = 0;

  constructor(at: number, fate: Fate | null) {
    this.at = at;
    this.fate = fate;
  }

  /** The world as a process of the expander sees it. */
  process(timeLeftMs: () => number): ExpandParts & RecountParts {
    const { world } = this;
    return {
      ...world,
      batches: this.watched(world.batches),
      tally: this.watched(world.tally),
      sheets: { ...this.watched(world.sheets), all: world.sheets.all },
      archives: this.watched(world.archives),
      sheetsQueue: this.watched(world.sheetsQueue),
      batchesQueue: this.watched(world.batchesQueue),
      now: () => this.now,
      timeLeftMs,
    };
  }

  watched<T extends object>(store: T): T {
    const entries = Object.entries(store as Calls).map(([name, call]) => [
      name,
      typeof call === "function" ? (...args: never[]) => this.call(() => call(...args)) : call,
    ]);
    return Object.fromEntries(entries) as T;
  }

  async call(act: () => unknown): Promise<unknown> {
    const fate = this.calls++ === this.at ? this.fate : null;
    if (fate === "dies before") return new Promise(() => this.silent?.());
    if (fate === "sleeps over its lease") {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        this.silent?.();
      });
    }
    const done = await act();
    if (fate === "dies after") return new Promise(() => this.silent?.());
    if (fate === "fails after") throw new Gone();
    return done;
  }
}

/** Runs a process until it ends, or is heard of no more. */
async function run(life: Life, work: () => Promise<unknown>): Promise<void> {
  const silent = new Promise<void>((resolve) => {
    life.silent = resolve;
  });
  const ended = work().catch((error: unknown) => {
    if (!(error instanceof Gone)) throw error;
  });
  await Promise.race([ended, silent]);
}

async function readSheet(life: Life, id: string, index: number): Promise<void> {
  const { world } = life;
  const batch = await stored(world, id);
  if (!isBeingRead(batch)) return;
  const held = await changeSheet(world.sheets, id, index, (sheet) => {
    const told = claim(sheet, life.now, 1_000);
    return told.kind === "nothing" ? null : { record: told.sheet, told };
  });
  if (held?.told.kind !== "read") return;
  const { fence } = held.told;
  const ended = await changeSheet(world.sheets, id, index, (sheet) => {
    const record = settle(
      sheet,
      fence,
      { status: "completed", task_id: "12345678", needs_review: false },
      life.now,
    );
    return record && { record, told: record };
  });
  if (ended) await sheetEnded(ended.told, world);
}

/** The queues deliver, the sweeper looks, until the batch has ended. */
async function live(at: number, fate: Fate | null): Promise<{ life: Life; id: string }> {
  const life = new Life(at, fate);
  const { world } = life;
  const { id } = await expandingBatch(world);
  await world.archives.put(archiveKey(id), ARCHIVE, "application/zip");
  await world.batchesQueue.send([{ type: "expand_batch", batch_id: id }]);
  for (let turns = 0; isBeingRead(await stored(world, id)); turns++) {
    if (turns > 400) throw new Error("the batch never ends");
    const message = world.batchesQueue.sent.shift();
    const sheet = world.sheetsQueue.sent.shift();
    if (message) {
      // Two runs to list: the time is up after the first fifty.
      const parts = life.process(shortTime());
      const rest = life.process(() => 290_000);
      // The lease is over: a zombie goes on beside whoever comes next.
      if (life.wake && life.now > T0) {
        life.wake();
        life.wake = null;
        life.woken += 1;
      }
      await run(life, () =>
        message.type === "expand_batch" ? expandBatch(id, {}, parts) : recountBatch(id, message.resend, rest),
      );
    } else if (sheet) await readSheet(life, id, sheet.index);
    else {
      life.now += EXPAND_LEASE_MS + 1;
      const seen = endedIn(await world.tally.read(id));
      const looked = await changeBatch(world.batches, id, (batch) => {
        const told = look(batch, seen, life.now);
        return told && { record: told.batch, told: told.send };
      });
      if (looked?.told === "expand") await world.batchesQueue.send([{ type: "expand_batch", batch_id: id }]);
      if (looked?.told === "recount")
        await world.batchesQueue.send([{ type: "recount_batch", batch_id: id, resend: true }]);
    }
  }
  return { life, id };
}

describe("a batch whose expander is broken off", () => {
  const expected = {
    status: "completed_with_errors",
    counts: {
      total: SHEETS,
      completed: SHEETS - ENCRYPTED,
      failed: ENCRYPTED,
      duplicate: 0,
      unmatched: 0,
      pending: 0,
    },
  };

  it.each<Fate>(["dies before", "dies after", "fails after", "sleeps over its lease"])(
    "ends with the same counts when at any call it %s",
    { timeout: 120_000 },
    async (fate) => {
      const undisturbed = await live(-1, null);
      expect(await stored(undisturbed.life.world, undisturbed.id)).toMatchObject(expected);
      const { calls } = undisturbed.life;
      expect(calls).toBeGreaterThan(SHEETS);
      let woken = 0;
      for (let at = 0; at < calls; at++) {
        const { life, id } = await live(at, fate);
        woken += life.woken;
        expect({ at, ...(await stored(life.world, id)) }).toMatchObject({ at, ...expected });
        expect(life.world.sheets.kept.size).toBe(SHEETS);
      }
      if (fate === "sleeps over its lease") expect(woken).toBeGreaterThan(calls / 2);
    },
  );
});
