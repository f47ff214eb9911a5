import fc from "fast-check";
import { expect, it } from "vitest";
import { type Archive, ArchiveFault } from "../../core/batches/zip-archive.ts";
import { entriesOf } from "../../core/batches/zip-directory.ts";
import { findDirectory } from "../../core/batches/zip-end.ts";
import { EntryDamaged, entryRange, openEntry } from "../../core/batches/zip-entry.ts";
import { Extents, judge, mostEntries } from "../../core/batches/zip-rules.ts";
import { extraField, fields, type MadeEntry, makeZip } from "../support/zip-bytes.ts";

/**
 * Damaged and forged archives: bytes of honest ones changed, cut, doubled and moved. Whatever comes of it is a listing or
 * a fault with a code, within the bytes there are.
 */

const entry: fc.Arbitrary<MadeEntry> = fc.record({
  name: fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom("a.jpg", "../b", "c/", "__MACOSX/d"),
  ),
  content: fc.uint8Array({ maxLength: 60 }),
  method: fc.constantFrom("stored", "deflated"),
  flags: fc.constantFrom(0, 0, 0, 1, 8, 0x800),
  extra: fc.constantFrom(
    Buffer.alloc(0),
    extraField(1, fields([8, 60], [8, 60], [8, 0])),
    extraField(0x7075, Buffer.from("\u0001abcdx")),
  ),
});
const zip = fc
  .record({
    entries: fc.array(entry, { maxLength: 6 }),
    comment: fc.oneof(fc.constant(new Uint8Array()), fc.uint8Array({ maxLength: 80 })),
    prefix: fc.oneof(fc.constant(new Uint8Array()), fc.uint8Array({ maxLength: 30 })),
    zip64: fc.boolean(),
  })
  .map(makeZip);

/** Numbers that lengths, offsets and counts go wrong at. */
const odd = fc.constantFrom(0, 1, 0x7f, 0x80, 0xfe, 0xff);
const change = fc.oneof(
  // Mostly near the end, where the records are.
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("set" as const),
      back: fc.nat(400),
      byte: odd,
      times: fc.integer({ min: 1, max: 8 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("cut" as const),
      at: fc.nat(1_000),
      bytes: fc.integer({ min: 1, max: 60 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("repeat" as const),
      at: fc.nat(1_000),
      bytes: fc.integer({ min: 1, max: 120 }),
    }),
  },
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(bytes: Buffer, how: Change): Buffer {
  if (how.do === "set") {
    const at = Math.max(0, bytes.length - how.back);
    const copy = Buffer.from(bytes);
    return copy.fill(how.byte, at, Math.min(copy.length, at + how.times));
  }
  const at = Math.min(how.at, bytes.length);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at + how.bytes)];
  const some = bytes.subarray(at, at + how.bytes);
  return Buffer.concat(how.do === "cut" ? [before, after] : [before, some, some, after]);
}

/** Lists the archive as the expander does, and opens every entry it books as a worker does. */
async function listAndOpen(bytes: Buffer): Promise<{ booked: number; opened: number; fetched: number }> {
  const done = { booked: 0, opened: 0, fetched: 0 };
  const whole: Archive = {
    size: bytes.length,
    async range(from, to) {
      if (!(from >= 0 && from <= to && to <= bytes.length)) throw new RangeError(`${from} to ${to}`);
      done.fetched += to - from;
      return bytes.subarray(from, to);
    },
  };
  const { directory, archive } = await findDirectory(whole);
  const extents = new Extents(mostEntries(directory), bytes.length);
  const { fetched } = done;
  for await (const entries of entriesOf(directory, archive)) {
    for (const one of entries) {
      const verdict = judge(one, directory);
      if (verdict.kind !== "book") continue;
      done.booked += 1;
      extents.add(verdict.place);
      const { from, to } = entryRange(verdict.place, bytes.length);
      const opened = await openEntry(bytes.subarray(from, to), verdict.place).catch((error: unknown) => {
        if (error instanceof EntryDamaged) return null;
        throw error;
      });
      if (opened?.kind === "opened") done.opened += 1;
    }
  }
  extents.check();
  expect(done.fetched - fetched).toBeLessThanOrEqual(directory.to - directory.from);
  return done;
}

const RUNS = Number(process.env.FUZZ_RUNS ?? 3_000);

it("answers every forged archive with a listing or a fault that has a code", {
  timeout: 600_000,
}, async () => {
  const outcomes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(zip, fc.array(change, { minLength: 1, maxLength: 4 }), async (honest, changes) => {
      const bytes = changes.reduce(changed, honest);
      const outcome = await listAndOpen(bytes).then(
        () => "listed",
        (error: unknown) => {
          if (error instanceof ArchiveFault) return error.code;
          throw error;
        },
      );
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }),
    { seed: 5, numRuns: RUNS },
  );
  // The forgeries reach everything there is to say.
  expect([...outcomes.keys()].toSorted()).toEqual([
    "archive_damaged",
    "archive_empty",
    "archive_overlaps",
    "archive_split",
    "archive_truncated",
    "listed",
    "not_a_zip",
    "too_many_entries",
  ]);
});

it("lists and opens every honest archive", async () => {
  await fc.assert(
    fc.asyncProperty(zip, async (bytes) => {
      const done = await listAndOpen(bytes).catch((error: unknown) => {
        if (error instanceof ArchiveFault && error.code === "archive_empty") return null;
        throw error;
      });
      if (done) expect(done.opened).toBe(done.booked);
    }),
    { seed: 6, numRuns: 500 },
  );
});
