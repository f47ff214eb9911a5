import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chunksReceived } from "../../contract/batches.ts";
import {
  bookBatch,
  chunksOf,
  type Entry,
  handIn,
  outcomeOf,
  progressOf,
  sendChunks,
  smallSheet,
  zipOf,
} from "./batch-road.ts";
import { openRoad, type Person, type Road } from "./road.ts";

/** Leases are 10 s longer than the timeouts: short here, so that they run out while we wait. */
const SETTINGS = { readTimeoutSeconds: 8, expandTimeoutSeconds: 20 };
const DRUGS = ["Atenolol 25 mg tablet", "Metformin 500 mg tablet", "Lisinopril 10 mg tablet"];

/** Sheets of every fate, and a file of 9 MB that makes the ZIP two chunks long. */
async function entries(): Promise<Entry[]> {
  const sheets: Entry[] = [];
  for (let index = 0; index < 9; index++) {
    const code = index === 4 ? null : String(20_000_000 + index);
    const bytes = await smallSheet(code, DRUGS[index % DRUGS.length] ?? "", `Sheet ${index}`);
    sheets.push({ name: `sheet ${index}.png`, bytes });
  }
  sheets.push({ name: "again.png", bytes: sheets[2]?.bytes ?? new Uint8Array() });
  const noise = new Uint8Array(9 * 2 ** 20).map((_, index) => Math.imul(index, 2_654_435_761) >>> 24);
  return [{ name: "notes.bin", bytes: noise }, ...sheets];
}

describe("a batch that is interrupted", () => {
  let folder: string;
  let road: Road;
  let clerk: Person;
  let zip: Buffer;
  let undisturbed: Awaited<ReturnType<typeof outcomeOf>>;

  const open = async () => {
    road = await openRoad({ folder, settings: SETTINGS });
    clerk = await road.as("clerk");
  };
  /** The schedule is a minute apart; here it is a second. */
  const whileSweeping = async <T>(wait: Promise<T>): Promise<T> => {
    const timer = setInterval(() => void road.stack.invoke("sweep", { scope: "due" }).catch(() => {}), 1_000);
    return wait.finally(() => clearInterval(timer));
  };
  const someAreRead = async (batchId: string) => {
    while ((await progressOf(clerk, batchId)).counts.completed < 2)
      await new Promise((go) => setTimeout(go, 20));
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "rxscan-batch-"));
    zip = await zipOf(await entries(), false);
    await open();
    undisturbed = await outcomeOf(clerk, await handIn(clerk, zip));
    expect(undisturbed.counts).toEqual({
      total: 11,
      completed: 8,
      failed: 1,
      duplicate: 1,
      unmatched: 1,
      pending: 0,
    });
  }, 120_000);
  afterAll(async () => {
    await road?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("ends the same when the client dies and another device goes on", async () => {
    const { batch_id, chunk_size, total_chunks } = await bookBatch(clerk, {
      filename: "sheets.zip",
      size: zip.length,
      upload_type: "zip_with_qr",
    });
    expect(total_chunks).toBe(2);
    const chunks = chunksOf(zip, chunk_size);
    const of = (index: number) => new Map([[index, chunks[index] ?? new Uint8Array()]]);
    await sendChunks(clerk, batch_id, of(1));
    const other = await road.as("clerk");
    const received = chunksReceived.parse(
      await (await other.call("GET", `/batches/${batch_id}/chunks`)).json(),
    );
    expect(received).toMatchObject({ received: [1], chunks_received: 1, is_complete: false });
    await sendChunks(other, batch_id, of(0));
    expect((await other.call("POST", `/batches/${batch_id}/complete`)).status).toBe(202);
    expect(await outcomeOf(other, batch_id)).toEqual(undisturbed);
  }, 60_000);

  it("ends the same when the expander is killed", async () => {
    const [killed] = road.stack.processIds("expand-batch");
    const batchId = await handIn(clerk, zip);
    for (const id of road.stack.processIds("expand-batch")) process.kill(id, "SIGKILL");
    expect(killed).toBeDefined();
    expect(await whileSweeping(outcomeOf(clerk, batchId))).toEqual(undisturbed);
  }, 120_000);

  it("ends the same when the workers are killed", async () => {
    const batchId = await handIn(clerk, zip);
    await someAreRead(batchId);
    for (const id of road.stack.processIds("read-sheet")) process.kill(id, "SIGKILL");
    expect(await whileSweeping(outcomeOf(clerk, batchId))).toEqual(undisturbed);
  }, 120_000);

  it("ends the same when every message comes again and again", async () => {
    const batchId = await handIn(clerk, zip);
    for (let round = 0; round < 3; round++) {
      road.stack.send("expand-batch", JSON.stringify({ type: "expand_batch", batch_id: batchId }));
      for (const resend of [true, false]) {
        road.stack.send("expand-batch", JSON.stringify({ type: "recount_batch", batch_id: batchId, resend }));
      }
      for (let index = 12; index >= 0; index--) {
        road.stack.send("read-sheet", JSON.stringify({ type: "read_sheet", batch_id: batchId, index }));
      }
      await someAreRead(batchId);
    }
    expect(await whileSweeping(outcomeOf(clerk, batchId))).toEqual(undisturbed);
  }, 120_000);

  it("ends the same when everything is stopped and started again", async () => {
    const batchId = await handIn(clerk, zip);
    await someAreRead(batchId);
    await road.stack.close();
    await open();
    expect(await whileSweeping(outcomeOf(clerk, batchId))).toEqual(undisturbed);
  }, 120_000);
});
