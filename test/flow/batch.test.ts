import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sheet } from "../../contract/batches.ts";
import { makeSheets, type SheetTruth } from "../corpus/make-batch.ts";
import {
  bookBatch,
  endOf,
  handIn,
  progressOf,
  sha256,
  sheetsOf,
  signChunks,
  smallSheet,
  zipOf,
} from "./batch-road.ts";
import { openRoad, type Person, type Road } from "./road.ts";

let road: Road;
let clerk: Person;
beforeAll(async () => {
  road = await openRoad({ readers: 2 });
  clerk = await road.as("clerk");
}, 60_000);
afterAll(() => road?.close());

describe("a ZIP of task sheets", () => {
  it("is read sheet by sheet: tasks, doubles, odd ones, and nothing is lost", async () => {
    const made: { name: string; bytes: Buffer; truth: SheetTruth }[] = [];
    for await (const one of makeSheets("flow", 20)) made.push(one);
    const folders = [
      { name: "ward 1/", bytes: new Uint8Array() },
      { name: "__MACOSX/._sheet-00001.jpg", bytes: new Uint8Array(10) },
    ];
    const percentages: number[] = [];
    const batchId = await handIn(clerk, await zipOf([...folders, ...made]));
    const progress = await endOf(clerk, batchId, {
      seen: ({ progress_percentage, counts }) => {
        percentages.push(progress_percentage);
        const { total, pending, completed, failed, duplicate, unmatched } = counts;
        expect(pending + completed + failed + duplicate + unmatched).toBe(total);
      },
    });
    const truths = made.map(({ truth }) => truth);
    const countOf = (status: SheetTruth["status"]) => truths.filter((one) => one.status === status).length;
    expect(progress).toMatchObject({
      status: "completed_with_errors",
      progress_percentage: 100,
      skipped: folders.length,
      counts: {
        total: 20,
        completed: countOf("completed"),
        failed: countOf("failed"),
        duplicate: countOf("duplicate"),
        unmatched: countOf("unmatched"),
        pending: 0,
      },
    });
    expect(percentages.slice(0, -1).every((share) => share < 100)).toBe(true);

    const sheets = await sheetsOf(clerk, `/batches/${batchId}/sheets`, "page_size=7");
    expect(sheets.map(({ name }) => name)).toEqual(truths.map(({ name }) => name));
    for (const [index, truth] of truths.entries()) holdAgainst(sheets[index], truth);

    const unmatched = await sheetsOf(clerk, `/batches/${batchId}/sheets`, "status=unmatched");
    expect(unmatched).toEqual(sheets.filter(({ status }) => status === "unmatched"));
    const [first] = sheets.filter(({ status }) => status === "completed");
    expect(await sheetsOf(clerk, `/tasks/${first?.task_id}/sheets`)).toEqual([first]);
    expect(await sheetsOf(clerk, `/batches/${batchId}/sheets`, `task_id=${first?.task_id}`)).toEqual([first]);
    const picture = await clerk.call("GET", first?.thumbnail_url ?? "");
    expect(picture.status).toBe(302);
    const thumbnail = await fetch(picture.headers.get("location") ?? "");
    expect(thumbnail.headers.get("content-type")).toBe("image/webp");
    await thumbnail.body?.cancel();

    const lines = (await results(batchId, "ndjson")).trimEnd().split("\n");
    const told = lines.map((line) => JSON.parse(line) as Sheet);
    expect(told.map(({ name, status, task_id }) => ({ name, status, task_id }))).toEqual(
      sheets.map(({ name, status, task_id }) => ({ name, status, task_id })),
    );
    expect((await results(batchId, "csv")).trimEnd().split("\r\n").length).toBeGreaterThan(sheets.length);

    const stranger = await road.as("stranger");
    for (const path of ["progress", "sheets", "results", "chunks"]) {
      expect((await stranger.call("GET", `/batches/${batchId}/${path}`)).status).toBe(404);
    }
    expect(await sheetsOf(stranger, `/tasks/${first?.task_id}/sheets`)).toEqual([]);
  }, 180_000);

  it("of one task needs no QR code", async () => {
    const zip = await zipOf([{ name: "a.png", bytes: await smallSheet(null, "Lisinopril 10 mg tablet") }]);
    const batchId = await handIn(clerk, zip, { upload_type: "zip_no_qr", task_id: "12345678" });
    expect(await endOf(clerk, batchId)).toMatchObject({
      status: "completed",
      counts: { total: 1, completed: 1 },
    });
    const [sheet] = await sheetsOf(clerk, "/tasks/12345678/sheets");
    expect(sheet).toMatchObject({ batch_id: batchId, task_source: "batch", result: { name: "Lisinopril" } });
  }, 60_000);
});

describe("many photos", () => {
  it("are one batch of sheets in their order", async () => {
    const photos = [
      await smallSheet(null, "Metformin 500 mg tablet"),
      await smallSheet(null, "Atenolol 25 mg tablet"),
    ];
    const images = photos.map(({ length }, index) => ({
      filename: `${index}.png`,
      content_type: "image/png" as const,
      size: length,
    }));
    const booked = await bookBatch(clerk, {
      filename: "ward 3",
      size: photos.reduce((sum, { length }) => sum + length, 0),
      upload_type: "images",
      task_id: "87654321",
      images,
      sha256s: photos.map(sha256),
    });
    expect(booked.total_chunks).toBe(2);
    const put = async (index: number) => {
      const { url = "", headers = {} } = booked.uploads[index] ?? {};
      const body = Uint8Array.from(photos[index] ?? []);
      expect((await fetch(url, { method: "PUT", headers, body })).status).toBe(200);
    };
    await put(1);
    const early = await clerk.call("POST", `/batches/${booked.batch_id}/complete`);
    expect(early.status).toBe(409);
    expect(await early.json()).toMatchObject({ code: "chunks_missing", errors: [{ path: "chunks.0" }] });
    await put(0);
    expect((await clerk.call("POST", `/batches/${booked.batch_id}/complete`)).status).toBe(202);
    await endOf(clerk, booked.batch_id);
    const sheets = await sheetsOf(clerk, `/batches/${booked.batch_id}/sheets`);
    expect(sheets.map(({ name, status, result }) => [name, status, result?.name])).toEqual([
      ["0.png", "completed", "Metformin"],
      ["1.png", "completed", "Atenolol"],
    ]);
  }, 60_000);
});

describe("a batch that is stopped", () => {
  it("keeps what is done, and is read on when it is retried", async () => {
    const sheets = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => ({
        name: `${index}.png`,
        bytes: await smallSheet(String(10_000_000 + index), `Atenolol ${25 * (1 + index)} mg tablet`),
      })),
    );
    const batchId = await handIn(clerk, await zipOf(sheets));
    for (;;) if ((await progressOf(clerk, batchId)).counts.completed > 0) break;
    expect((await clerk.call("DELETE", `/batches/${batchId}`)).status).toBe(200);
    expect((await clerk.call("DELETE", `/batches/${batchId}`)).status).toBe(200);
    const stopped = await progressOf(clerk, batchId);
    expect(stopped.status).toBe("cancelled");
    expect(stopped.counts.completed).toBeGreaterThan(0);
    expect(stopped.counts.completed).toBeLessThan(sheets.length);

    expect((await clerk.call("POST", `/batches/${batchId}/retry-failed`)).status).toBe(202);
    expect((await endOf(clerk, batchId)).counts).toMatchObject({ total: 12, completed: 12, pending: 0 });
  }, 90_000);
});

describe("what cannot be read as a batch", () => {
  const ends = async (zip: Uint8Array) => endOf(clerk, await handIn(clerk, zip));

  it("each says why", async () => {
    const good = await zipOf(
      [{ name: "a.png", bytes: await smallSheet("12345678", "Atenolol 25 mg") }],
      false,
    );
    const noDirectory = good.subarray(0, good.length - 60);
    expect((await ends(await zipOf([]))).error?.code).toBe("archive_empty");
    expect((await ends(Buffer.from("this is no ZIP at all".repeat(10)))).error?.code).toBe("not_a_zip");
    expect(["archive_truncated", "not_a_zip"]).toContain((await ends(noDirectory)).error?.code);
    const nested = await zipOf([{ name: "inner.zip", bytes: good }]);
    expect((await ends(nested)).counts).toMatchObject({ total: 1, failed: 1 });
  }, 60_000);

  it("a request says what to change", async () => {
    const refused = async (body: unknown) => {
      const response = await clerk.call("POST", "/batches", body);
      return [response.status, ((await response.json()) as { code: string }).code];
    };
    const zip = { filename: "a.zip", size: 1000, upload_type: "zip_no_qr" };
    expect(await refused({ ...zip, task_id: "1234567" })).toEqual([400, "invalid_request"]);
    expect(await refused({ ...zip, task_id: "1234567a" })).toEqual([400, "invalid_request"]);
    expect(await refused(zip)).toEqual([400, "invalid_request"]);
    expect(await refused({ ...zip, upload_type: "zip_with_qr", task_id: "12345678" })).toEqual([
      400,
      "invalid_request",
    ]);
    expect(await refused({ ...zip, size: 64 * 2 ** 30 + 1, task_id: "12345678" })).toEqual([
      413,
      "batch_too_large",
    ]);
  });

  it("a chunk is refused that is out of range, or other bytes than were signed", async () => {
    const zip = new Uint8Array(100);
    const { batch_id } = await bookBatch(clerk, { filename: "a.zip", size: 100, upload_type: "zip_with_qr" });
    const outside = await clerk.call("POST", `/batches/${batch_id}/chunks`, {
      chunk_indexes: [1],
      sha256s: [sha256(zip)],
    });
    expect([outside.status, ((await outside.json()) as { code: string }).code]).toEqual([
      400,
      "chunk_out_of_range",
    ]);
    const [signed] = await signChunks(clerk, batch_id, new Map([[0, zip]]));
    const put = (body: Uint8Array<ArrayBuffer>) =>
      fetch(signed?.url ?? "", { method: "PUT", headers: signed?.headers ?? {}, body });
    expect((await put(new Uint8Array(100).fill(1))).ok).toBe(false);
    expect((await put(new Uint8Array(99))).ok).toBe(false);
    const early = await clerk.call("POST", `/batches/${batch_id}/complete`);
    expect(await early.json()).toMatchObject({
      status: 409,
      code: "chunks_missing",
      errors: [{ path: "chunks.0" }],
    });
    expect((await put(zip)).ok).toBe(true);
    const [first, second] = [
      await clerk.call("POST", `/batches/${batch_id}/complete`),
      await clerk.call("POST", `/batches/${batch_id}/complete`),
    ];
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(await second.json()).toEqual(await first.json());
  }, 30_000);
});

async function results(batchId: string, format: string): Promise<string> {
  const redirect = await clerk.call("GET", `/batches/${batchId}/results?format=${format}`);
  expect(redirect.status).toBe(302);
  return (await fetch(redirect.headers.get("location") ?? "")).text();
}

function holdAgainst(sheet: Sheet | undefined, truth: SheetTruth): void {
  const { status, task_id, reason, duplicate_of } = truth;
  expect(sheet).toMatchObject({
    status,
    ...(task_id === undefined ? {} : { task_id }),
    ...(reason === undefined ? {} : { reason }),
    ...(duplicate_of === undefined ? {} : { duplicate_of }),
  });
  // Read as printed, or a person is told to look.
  if (truth.drug && sheet?.result && !sheet.needs_review) {
    const same = (a: string) => a.toLowerCase().replaceAll(/[\s-]/g, "");
    expect(same(sheet.result.name)).toBe(same(truth.drug));
  }
}
