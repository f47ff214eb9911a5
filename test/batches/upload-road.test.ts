import { createHash } from "node:crypto";
import { AbortMultipartUploadCommand, ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  batchProgress,
  bookBatchResponse,
  type ChunkUpload,
  chunksReceived,
  chunkUrls,
  completeResponse,
} from "../../contract/batches.ts";
import { archiveKey } from "../../contract/object-keys.ts";
import { type Problem, problem } from "../../contract/problems.ts";
import { BUCKET, refusal } from "../local/s3/harness.ts";
import { type BatchApi, startBatchApi } from "../support/batch-api.ts";

/** The calls of an upload with S3 behind them: what is asked for, what is refused, and what it leaves. */

const MIB = 2 ** 20;
let api: BatchApi;
beforeAll(async () => {
  api = await startBatchApi();
});
afterAll(() => api.close());

type Asked = { status: number; body: unknown; location: string | null };
async function ask(
  method: string,
  path: string,
  body?: unknown,
  { key, sub = "nurse" }: { key?: string; sub?: string } = {},
): Promise<Asked> {
  const response = await fetch(new URL(path, api.service.url), {
    method,
    headers: {
      authorization: `Bearer ${sub}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    body: await response.json(),
    location: response.headers.get("location"),
  };
}
const refused = async (asked: Promise<Asked>): Promise<Problem> => problem.parse((await asked).body);

const chunk = (index: number, size = 8 * MIB) => new Uint8Array(size).fill(index + 1);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("base64");
const put = ({ url, headers }: ChunkUpload, bytes: Uint8Array<ArrayBuffer>) =>
  fetch(url, { method: "PUT", headers, body: bytes });

const zip = (more: object = {}) => ({
  filename: "a.zip",
  size: 20 * MIB,
  upload_type: "zip_with_qr",
  ...more,
});
const book = async (request: object = zip(), key?: string) =>
  bookBatchResponse.parse((await ask("POST", "/batches", request, key === undefined ? {} : { key })).body);
async function sign(id: string, bytes: ReadonlyMap<number, Uint8Array>): Promise<ChunkUpload[]> {
  const body = { chunk_indexes: [...bytes.keys()], sha256s: [...bytes.values()].map(sha256) };
  return chunkUrls.parse((await ask("POST", `/batches/${id}/chunks`, body)).body).uploads;
}
async function send(id: string, ...indexes: number[]): Promise<void> {
  for (const index of indexes) {
    const bytes = chunk(index, index === 2 ? 4 * MIB : 8 * MIB);
    const [upload] = await sign(id, new Map([[index, bytes]]));
    if (!upload || (await put(upload, bytes)).status !== 200) throw new Error(`chunk ${index}`);
  }
}
const received = async (id: string) => chunksReceived.parse((await ask("GET", `/batches/${id}/chunks`)).body);
const complete = (id: string) => ask("POST", `/batches/${id}/complete`);
async function openUploads(): Promise<number> {
  const { Uploads = [] } = await api.s3.client().send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
  return Uploads.length;
}

describe("a booking", () => {
  it("opens an upload of so many chunks, and signs the first ones whose SHA-256 it was given", async () => {
    const bytes = chunk(0);
    const asked = await ask(
      "POST",
      "/batches",
      zip({ sha256s: [Buffer.from(sha256(bytes), "base64").toString("hex")] }),
    );
    const booked = bookBatchResponse.parse(asked.body);
    expect(asked.status).toBe(201);
    expect(asked.location).toBe(`/batches/${booked.batch_id}/progress`);
    expect(booked).toMatchObject({ chunk_size: 8 * MIB, total_chunks: 3 });
    expect(booked.uploads.map(({ chunk_index, size }) => [chunk_index, size])).toEqual([[0, 8 * MIB]]);
    const [upload] = booked.uploads;
    if (upload) expect((await put(upload, bytes)).status).toBe(200);
    expect(await received(booked.batch_id)).toMatchObject({ received: [0], sha256s: [sha256(bytes)] });
  });

  it.each([
    [1, 1, 1],
    [8 * MIB, 8 * MIB, 1],
    [8 * MIB + 1, 8 * MIB, 2],
    [16 * 2 ** 30, 8 * MIB, 2048],
    [16 * 2 ** 30 + 1, 16 * MIB, 1025],
    [64 * 2 ** 30, 32 * MIB, 2048],
  ])("of %d bytes has chunks of %d bytes, %d of them", async (size, chunk_size, total_chunks) => {
    expect(await book(zip({ size }))).toMatchObject({ chunk_size, total_chunks });
  });

  it("takes 64 GiB in the smallest chunks: still under S3's 10,000", async () => {
    expect(await book(zip({ size: 64 * 2 ** 30, chunk_size: 8 * MIB }))).toMatchObject({
      total_chunks: 8192,
    });
  });

  it("under the same Idempotency-Key is the same batch and the same upload, and another body is refused", async () => {
    const before = await openUploads();
    const first = await book(zip(), "again");
    expect(await book(zip(), "again")).toMatchObject({
      batch_id: first.batch_id,
      upload_id: first.upload_id,
    });
    expect(await openUploads()).toBe(before + 1);
    const other = await refused(ask("POST", "/batches", zip({ size: 1 }), { key: "again" }));
    expect(other).toMatchObject({ status: 422, code: "idempotency_key_reused" });
    const stranger = await ask("POST", "/batches", zip(), { key: "again", sub: "stranger" });
    expect(bookBatchResponse.parse(stranger.body).batch_id).not.toBe(first.batch_id);
  });

  it("made several times at once leaves one batch and one open upload", async () => {
    const before = await openUploads();
    const booked = await Promise.all(Array.from({ length: 4 }, () => book(zip(), "at-once")));
    expect(new Set(booked.map(({ batch_id, upload_id }) => batch_id + upload_id)).size).toBe(1);
    expect(await openUploads()).toBe(before + 1);
  });

  const photo = { filename: "a.jpg", content_type: "image/jpeg", size: 10 };
  const images = { filename: "ward", upload_type: "images", size: 10, images: [photo], task_id: "12345678" };
  it.each<[string, object, string, string]>([
    [
      "a task of 7 digits",
      zip({ upload_type: "zip_no_qr", task_id: "1234567" }),
      "invalid_request",
      "task_id",
    ],
    [
      "a task of letters",
      zip({ upload_type: "zip_no_qr", task_id: "abcdefgh" }),
      "invalid_request",
      "task_id",
    ],
    [
      "a task of foreign digits",
      zip({ upload_type: "zip_no_qr", task_id: "١٢٣٤٥٦٧٨" }),
      "invalid_request",
      "task_id",
    ],
    ["no task where one is needed", zip({ upload_type: "zip_no_qr" }), "invalid_request", "task_id"],
    ["a task where sheets have theirs", zip({ task_id: "12345678" }), "invalid_request", "task_id"],
    ["photos without a task", { ...images, task_id: undefined }, "invalid_request", "task_id"],
    ["photos that are not named", { ...images, images: undefined }, "invalid_request", "images"],
    ["photos of other bytes in all", { ...images, size: 11 }, "invalid_request", "size"],
    ["photos in chunks", { ...images, chunk_size: 8 * MIB }, "invalid_request", "chunk_size"],
    [
      "a photo that is a PDF",
      { ...images, images: [{ ...photo, content_type: "application/pdf" }] },
      "invalid_request",
      "images.0.content_type",
    ],
    [
      "a photo of 30 MB",
      { ...images, size: 30e6, images: [{ ...photo, size: 30e6 }] },
      "file_too_large",
      "images.0.size",
    ],
    ["a ZIP with photos", zip({ images: [photo] }), "invalid_request", "images"],
    ["chunks of 1 MiB", zip({ chunk_size: MIB }), "invalid_request", "chunk_size"],
    ["chunks of 1 GiB", zip({ chunk_size: 2 ** 30 }), "invalid_request", "chunk_size"],
    [
      "more checksums than chunks",
      zip({ size: 1, sha256s: [sha256(chunk(0)), sha256(chunk(1))] }),
      "invalid_request",
      "sha256s",
    ],
    ["no bytes", zip({ size: 0 }), "invalid_request", "size"],
    ["an unknown type", zip({ upload_type: "tar" }), "invalid_request", "upload_type"],
  ])("of %s is refused, saying what is wrong, and opens nothing", async (_, request, code, path) => {
    const before = await openUploads();
    const told = await refused(ask("POST", "/batches", request));
    expect(told.code).toBe(code);
    expect(told.errors?.map((error) => error.path)).toContain(path);
    expect(await openUploads()).toBe(before);
  });

  it("of more than 64 GiB is too large", async () => {
    const told = await refused(ask("POST", "/batches", zip({ size: 64 * 2 ** 30 + 1 })));
    expect(told).toMatchObject({ status: 413, code: "batch_too_large" });
  });
});

describe("a chunk", () => {
  it("is taken by S3 only with the bytes, the length and the checksum that were signed", async () => {
    const { batch_id } = await book();
    const [upload] = await sign(batch_id, new Map([[1, chunk(1)]]));
    if (!upload) throw new Error("no URL");
    expect(await refusal(await put(upload, chunk(7)))).toEqual({ status: 400, code: "BadDigest" });
    expect((await put(upload, chunk(1, MIB))).status).toBe(403);
    const other = { ...upload, headers: { "x-amz-checksum-sha256": sha256(chunk(7)) } };
    expect((await put(other, chunk(7))).status).toBe(403);
    expect((await put({ ...upload, headers: {} }, chunk(1))).status).toBe(403);
    expect((await received(batch_id)).received).toEqual([]);
    expect((await put(upload, chunk(1))).status).toBe(200);
    expect((await received(batch_id)).received).toEqual([1]);
  });

  it("out of range is refused, naming which", async () => {
    const { batch_id } = await book();
    const body = { chunk_indexes: [0, 3, 9], sha256s: [0, 3, 9].map((index) => sha256(chunk(index))) };
    const told = await refused(ask("POST", `/batches/${batch_id}/chunks`, body));
    expect(told).toMatchObject({ status: 400, code: "chunk_out_of_range" });
    expect(told.errors?.map(({ path }) => path)).toEqual(["chunk_indexes.3", "chunk_indexes.9"]);
    const negative = { ...body, chunk_indexes: [-1, 0, 1] };
    expect((await refused(ask("POST", `/batches/${batch_id}/chunks`, negative))).code).toBe(
      "invalid_request",
    );
    const uneven = { ...body, chunk_indexes: [0] };
    expect((await refused(ask("POST", `/batches/${batch_id}/chunks`, uneven))).code).toBe("invalid_request");
  });
});

describe("completing", () => {
  it("before every chunk is there is 409 and names those that are missing; then it is done", async () => {
    const { batch_id } = await book();
    await send(batch_id, 1);
    const told = await refused(complete(batch_id));
    expect(told).toMatchObject({ status: 409, code: "chunks_missing", retryable: true });
    expect(told.errors?.map(({ path }) => path)).toEqual(["chunks.0", "chunks.2"]);
    await send(batch_id, 0, 2);
    expect((await complete(batch_id)).status).toBe(202);
    expect(api.kept.get(batch_id)?.status).toBe("expanding");
  });

  it("twice, or five times at once, is the same answer, and leaves no open upload", async () => {
    const { batch_id } = await book();
    await send(batch_id, 0, 1, 2);
    const asked = await Promise.all(Array.from({ length: 5 }, () => complete(batch_id)));
    asked.push(await complete(batch_id));
    for (const { status, body } of asked) {
      expect(status).toBe(202);
      expect(completeResponse.parse(body)).toEqual(asked[0]?.body);
    }
    expect(await received(batch_id)).toMatchObject({ is_complete: true, chunks_received: 3, sha256s: [] });
    expect(await openUploadsOf(batch_id)).toBe(0);
  });

  it("goes on when an earlier call died after S3 had joined the chunks", async () => {
    const { batch_id } = await book();
    await send(batch_id, 0, 1, 2);
    const before = api.kept.get(batch_id);
    await complete(batch_id);
    if (before) api.kept.set(batch_id, before);
    // S3 has forgotten the upload: its list of chunks is gone, the object is there.
    expect(await received(batch_id)).toMatchObject({ is_complete: true });
    expect((await complete(batch_id)).status).toBe(202);
    expect(api.kept.get(batch_id)?.status).toBe("expanding");
  });

  it("is refused when the upload was given up, whoever did it", async () => {
    const { batch_id, upload_id } = await book();
    await send(batch_id, 0, 1, 2);
    const Key = archiveKey(batch_id);
    const command = new AbortMultipartUploadCommand({ Bucket: BUCKET, Key, UploadId: upload_id });
    await api.s3.client().send(command);
    expect(await refused(complete(batch_id))).toMatchObject({ status: 409, code: "batch_not_uploading" });
  });
});

describe("stopping", () => {
  it("gives the chunks up, answers how the batch stands, and may be repeated", async () => {
    const { batch_id } = await book();
    await send(batch_id, 0);
    for (let times = 0; times < 2; times++) {
      const { status, body } = await ask("DELETE", `/batches/${batch_id}`);
      expect(status).toBe(200);
      expect(batchProgress.parse(body)).toMatchObject({ status: "cancelled", counts: { total: 0 } });
    }
    expect(await openUploadsOf(batch_id)).toBe(0);
    expect((await refused(complete(batch_id))).code).toBe("batch_not_uploading");
    const body = { chunk_indexes: [0], sha256s: [sha256(chunk(0))] };
    expect((await refused(ask("POST", `/batches/${batch_id}/chunks`, body))).code).toBe(
      "batch_not_uploading",
    );
    expect(await received(batch_id)).toMatchObject({ received: [], is_complete: false });
  });
});

describe("somebody else's batch", () => {
  it("is 404 for every call, like one that never was", async () => {
    const { batch_id } = await book();
    const other = { sub: "stranger" };
    const body = { chunk_indexes: [0], sha256s: [sha256(chunk(0))] };
    for (const id of [batch_id, "00000000-0000-4000-8000-000000000000", "no-id"]) {
      for (const [method, path, sent] of [
        ["POST", "/chunks", body],
        ["GET", "/chunks", undefined],
        ["POST", "/complete", undefined],
        ["DELETE", "", undefined],
      ] as const) {
        const told = await refused(ask(method, `/batches/${id}${path}`, sent, other));
        expect(told).toMatchObject({ status: 404, code: "batch_not_found" });
      }
    }
    expect(api.kept.get(batch_id)?.status).toBe("uploading");
  });
});

/** Uploads that S3 holds open for the batch. */
async function openUploadsOf(id: string): Promise<number> {
  const Prefix = archiveKey(id);
  const { Uploads = [] } = await api.s3
    .client()
    .send(new ListMultipartUploadsCommand({ Bucket: BUCKET, Prefix }));
  return Uploads.length;
}
