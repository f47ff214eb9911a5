import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { bookBatch, startExpanding } from "../core/batches/batch.ts";
import { expandBatch } from "../core/batches/expand.ts";
import { type BatchStore, NONE } from "../core/batches/stores.ts";
import { bigZip } from "../test/support/big-zip.ts";

/**
 * What the expander takes: its memory, the bytes it fetches, and how soon the first sheets are sent for. Each archive is
 * made up as it is asked for and listed in a process of its own; tables and queues are stand-ins that count and keep
 * nothing, so that the memory is the expander's.
 *
 *     npm run bench:expander                  the table
 *     node bench/expander.ts BYTES ENTRIES    one archive, as JSON
 *     node bench/expander.ts BYTES ENTRIES SHEETS_A_RUN    the time is up after so many sheets
 */

/** What one listing took, over all its runs. Sizes in bytes, times in ms. */
export type Listing = {
  bytes: number;
  entries: number;
  runs: number;
  /** Sheets created, and sheets that anything was done to but once. */
  booked: number;
  not_once: number;
  sent: number;
  /** Of end records and directory, and of anything before them. */
  fetched: number;
  fetched_of_sheets: number;
  directory: number;
  first_sent_ms: number;
  ms: number;
  /** The most memory that the process ever held (resident set). */
  peak: number;
};

const GIB = 2 ** 30;
const MIB = 2 ** 20;

async function list(bytes: number, entries: number, sheetsARun: number): Promise<Listing> {
  const zip = bigZip(bytes, entries);
  const created = new Uint8Array(entries);
  const sent = new Uint8Array(entries);
  const told = { runs: 0, booked: 0, sent: 0, fetched: 0, fetched_of_sheets: 0, first_sent_ms: 0 };
  const began = performance.now();
  const wanted = {
    id: randomUUID(),
    owner: "nurse",
    fingerprint: "f",
    filename: "scans.zip",
    size: bytes,
    upload_type: "zip_with_qr" as const,
    task_id: null,
    upload: { upload_id: "u", chunk_size: bytes, total_chunks: 1 },
  };
  let batch = startExpanding(bookBatch(wanted, Date.now()), Date.now());
  const batches: Pick<BatchStore, "read" | "replace"> = {
    read: async () => batch,
    async replace(next) {
      batch = next;
      return true;
    },
  };
  let bookedBefore = 0;
  const never = (): never => {
    throw new Error("the expander has no use for this");
  };
  const run = () =>
    expandBatch(
      wanted.id,
      {},
      {
        batches: { ...batches, create: never, due: never, ofOwner: never },
        tally: { add: never, read: async () => NONE },
        sheets: {
          ...{ read: never, replace: never, firstAlike: never, all: never, list: never, ofTask: never },
          async create({ index }) {
            await soon();
            created[index] = Math.min(255, (created[index] ?? 0) + 1);
            told.booked += 1;
            return true;
          },
        },
        archives: {
          ...{ put: never, write: never },
          head: async () => ({ size: bytes, etag: '"e"' }),
          async range(_key, _etag, from, to) {
            await soon();
            told.fetched += to - from;
            told.fetched_of_sheets += Math.max(0, Math.min(to, zip.directoryAt) - from);
            return zip.range(from, to);
          },
        },
        sheetsQueue: {
          async send(messages) {
            await soon();
            if (told.sent === 0) told.first_sent_ms = Math.round(performance.now() - began);
            told.sent += messages.length;
            for (const { index } of messages) sent[index] = Math.min(255, (sent[index] ?? 0) + 1);
          },
        },
        batchesQueue: { send: async () => undefined },
        now: Date.now,
        leaseMs: 310_000,
        timeLeftMs: () => (told.booked - bookedBefore >= sheetsARun ? 0 : 290_000),
      },
    );
  for (;;) {
    told.runs += 1;
    bookedBefore = told.booked;
    const outcome = await run();
    if (outcome.kind === "listed") break;
    if (outcome.kind !== "continued") throw new Error(outcome.kind);
  }
  return {
    bytes,
    entries,
    directory: bytes - zip.directoryAt,
    ...told,
    not_once: [created, sent].reduce((sum, counts) => sum + counts.filter((times) => times !== 1).length, 0),
    ms: Math.round(performance.now() - began),
    peak: process.resourceUsage().maxRSS * 1024,
  };
}

/** As a network would, the stand-ins answer in another turn. */
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lists one archive in a process of its own. */
export function listApart(bytes: number, entries: number, sheetsARun = Number.POSITIVE_INFINITY): Listing {
  const args = [import.meta.filename, ...[bytes, entries, sheetsARun].map(String)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

function table(): void {
  const cases: [string, Listing][] = [
    ["64 MB, 195 entries", listApart(64 * MIB, 195)],
    ["64 MB, 200,000 entries", listApart(64 * MIB, 200_000)],
    ["64 GiB, 200,000 entries", listApart(64 * GIB, 200_000)],
    ["64 GiB, 500,000 entries, 6 runs", listApart(64 * GIB, 500_000, 90_000)],
  ];
  console.log(
    "archive                          peak MB  fetched  directory  first ms       ms  booked  not once",
  );
  for (const [name, one] of cases) {
    const numbers = [
      (one.peak / MIB).toFixed(1).padStart(7),
      String(one.fetched).padStart(9),
      String(one.directory).padStart(9),
      String(one.first_sent_ms).padStart(8),
      String(one.ms).padStart(8),
      String(one.booked).padStart(7),
      String(one.not_once).padStart(8),
    ];
    console.log(name.padEnd(32), ...numbers);
  }
}

if (import.meta.main) {
  const [bytes, entries, sheetsARun = Number.POSITIVE_INFINITY] = process.argv.slice(2).map(Number);
  if (bytes && entries) console.log(JSON.stringify(await list(bytes, entries, sheetsARun)));
  else table();
}
