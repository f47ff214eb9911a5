import { type ChildProcess, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { FileChanged, uploadBatch } from "../../client/upload-batch.ts";
import { archiveKey, batchImageKey } from "../../contract/object-keys.ts";
import { BUCKET } from "../local/s3/harness.ts";
import { type BatchApi, startBatchApi } from "../support/batch-api.ts";

/** A client with a real file, the real handlers behind HTTP, and an S3 that checks what it is sent. */

const MIB = 2 ** 20;
let api: BatchApi;
const realFetch = globalThis.fetch;

/** Chunks that were sent to S3, by index, in the order in which they left. */
let puts: number[];
/** What happens to a chunk on its way: null lets it pass. */
type Fate = RequestInit | Error | Response | null;
let onPut: (index: number, attempt: number, init: RequestInit) => Fate | Promise<Fate>;
/** Chunks that S3 has answered. */
let answered: number[];

beforeAll(async () => {
  api = await startBatchApi();
});
afterAll(() => api.close());
beforeEach(() => {
  puts = [];
  answered = [];
  onPut = () => null;
  const attempts = new Map<number, number>();
  vi.stubGlobal("fetch", async (url: URL | string, init: RequestInit = {}) => {
    if (init.method !== "PUT") return realFetch(url, init);
    const { pathname, searchParams } = new URL(url);
    const part = searchParams.get("partNumber");
    const index = part === null ? Number(pathname.split("/").at(-1)) : Number(part) - 1;
    puts.push(index);
    const attempt = (attempts.get(index) ?? 0) + 1;
    attempts.set(index, attempt);
    const changed = await onPut(index, attempt, init);
    if (changed instanceof Error) throw changed;
    if (changed instanceof Response) return changed;
    const answer = await realFetch(url, changed ?? init);
    answered.push(index);
    return answer;
  });
});
afterEach(() => vi.unstubAllGlobals());

/** Bytes that are the same on every run and nowhere alike. */
function bytesOf(size: number, seed = "a"): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += MIB)
    bytes.set(
      createHash("sha256")
        .update(`${seed}${at}`)
        .digest()
        .subarray(0, size - at),
      at,
    );
  return bytes;
}
const zip = (bytes: Uint8Array<ArrayBuffer>) =>
  ({ uploadType: "zip_with_qr", filename: "sheets.zip", file: new Blob([bytes]) }) as const;
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function stored(key: string): Promise<string> {
  const { Body } = await api.s3.client().send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
  return sha256((await Body?.transformToByteArray()) ?? new Uint8Array());
}
const sorted = (indexes: readonly number[]) => indexes.toSorted((a, b) => a - b);

describe("a ZIP", () => {
  it("arrives byte by byte, checked by S3 chunk by chunk, and every byte is told once it is there", async () => {
    const bytes = bytesOf(20 * MIB + 5);
    const told: number[] = [];
    const id = await uploadBatch(api.service, zip(bytes), { onProgress: ({ sent }) => told.push(sent) });
    expect(await stored(archiveKey(id))).toBe(sha256(bytes));
    const head = await api.s3
      .client()
      .send(new HeadObjectCommand({ Bucket: BUCKET, Key: archiveKey(id), ChecksumMode: "ENABLED" }));
    expect(head.ChecksumType).toBe("COMPOSITE");
    expect(head.ChecksumSHA256).toMatch(/-3$/);
    expect(sorted(puts)).toEqual([0, 1, 2]);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBe(bytes.length);
    expect(api.kept.get(id)?.status).toBe("expanding");
  });

  it("smaller than a chunk is one chunk", async () => {
    const bytes = bytesOf(100);
    const id = await uploadBatch(api.service, zip(bytes));
    expect(await stored(archiveKey(id))).toBe(sha256(bytes));
    expect(puts).toEqual([0]);
  });

  it("is sent on from where it was paused, and what has arrived is not sent again", async () => {
    const bytes = bytesOf(24 * MIB);
    const pausing = new AbortController();
    onPut = (index) => (index === 0 ? null : new Error("the network is gone"));
    const options = { idempotencyKey: "paused" };
    const onProgress = ({ sent }: { sent: number }) => {
      if (sent > 0) pausing.abort(new Error("paused"));
    };
    await expect(
      uploadBatch(api.service, zip(bytes), { ...options, onProgress, signal: pausing.signal }),
    ).rejects.toThrow("paused");
    puts = [];
    onPut = () => null;
    const told: number[] = [];
    const id = await uploadBatch(api.service, zip(bytes), {
      ...options,
      onProgress: ({ sent }) => told.push(sent),
    });
    expect(sorted(puts)).toEqual([1, 2]);
    expect(told.at(-1)).toBe(bytes.length);
    expect(await stored(archiveKey(id))).toBe(sha256(bytes));
  });

  it("whose file was changed since is sent anew where it differs, never mixed", async () => {
    const before = bytesOf(20 * MIB);
    const after = before.slice();
    after[3] = 1;
    const options = { idempotencyKey: "changed" };
    onPut = async (index) => {
      if (index !== 2) return null;
      await vi.waitFor(() => expect(sorted(answered)).toEqual([0, 1]));
      return new Response("<Code>AccessDenied</Code>", { status: 403 });
    };
    await expect(uploadBatch(api.service, zip(before), options)).rejects.toMatchObject({ status: 403 });
    puts = [];
    onPut = () => null;
    const id = await uploadBatch(api.service, zip(after), options);
    expect(puts).toContain(0);
    expect(await stored(archiveKey(id))).toBe(sha256(after));
  });

  it("begun elsewhere goes on by its id with the same file, and another is told before anything of it is sent", async () => {
    const bytes = bytesOf(20 * MIB);
    let batchId = "";
    const pausing = new AbortController();
    onPut = (index) => (index === 0 ? null : new Error("the network is gone"));
    const onProgress = (progress: { batchId: string; sent: number }) => {
      batchId = progress.batchId;
      if (progress.sent > 0) pausing.abort(new Error("closed"));
    };
    await expect(
      uploadBatch(api.service, zip(bytes), { onProgress, signal: pausing.signal }),
    ).rejects.toThrow("closed");
    puts = [];
    onPut = () => null;
    await expect(uploadBatch(api.service, zip(bytesOf(20 * MIB, "b")), { batchId })).rejects.toThrow(
      FileChanged,
    );
    expect(puts).toEqual([]);
    expect(await uploadBatch(api.service, zip(bytes), { batchId })).toBe(batchId);
    expect(await stored(archiveKey(batchId))).toBe(sha256(bytes));
  });

  it("is not sent again once it is complete: the same batch is answered", async () => {
    const options = { idempotencyKey: "complete" };
    const id = await uploadBatch(api.service, zip(bytesOf(MIB)), options);
    puts = [];
    expect(await uploadBatch(api.service, zip(bytesOf(MIB)), options)).toBe(id);
    expect(puts).toEqual([]);
  });

  it("loses no chunk to a network that breaks, changes a byte or is refused for a moment", async () => {
    const bytes = bytesOf(30 * MIB);
    onPut = (index, attempt, init) => {
      if (index === 0 && attempt < 3) return new TypeError("fetch failed");
      if (index === 2 && attempt === 1)
        return new Response("<Error><Code>SlowDown</Code></Error>", { status: 503 });
      if (index !== 1 || attempt > 1) return null;
      const changed = new Uint8Array(init.body as Uint8Array<ArrayBuffer>);
      changed[7] = 0xff;
      return { ...init, body: changed };
    };
    const id = await uploadBatch(api.service, zip(bytes));
    expect(sorted(puts)).toEqual([0, 0, 0, 1, 1, 2, 2, 3]);
    expect(await stored(archiveKey(id))).toBe(sha256(bytes));
  });

  it("asks for fresh URLs when the old ones have expired", async () => {
    const bytes = bytesOf(9 * MIB);
    onPut = (index, attempt) => {
      api.s3.clock.offsetMs = index === 1 && attempt === 1 ? 3600_000 : 0;
      return null;
    };
    const signed = () => api.calls.filter((call) => call === "POST /batches/{batch_id}/chunks").length;
    const before = signed();
    const id = await uploadBatch(api.service, zip(bytes));
    api.s3.clock.offsetMs = 0;
    expect(signed() - before).toBeGreaterThan(1);
    expect(await stored(archiveKey(id))).toBe(sha256(bytes));
  });

  it("is given up after three tries of a chunk, with a sentence, and nothing of it is joined", async () => {
    onPut = (index) => (index === 1 ? new TypeError("fetch failed") : null);
    const options = { idempotencyKey: "gives-up" };
    await expect(uploadBatch(api.service, zip(bytesOf(9 * MIB)), options)).rejects.toThrow("fetch failed");
    expect(puts.filter((index) => index === 1)).toHaveLength(3);
    const [batch] = [...api.kept.values()].slice(-1);
    expect(batch?.status).toBe("uploading");
  });

  it("is completed when somebody has taken a chunk away in between", async () => {
    const bytes = bytesOf(17 * MIB);
    let lied = false;
    vi.stubGlobal("fetch", async (url: URL | string, init: RequestInit = {}) => {
      // As if S3 had never kept it: the answer comes, the bytes do not arrive.
      const { searchParams } = new URL(url);
      if (init.method === "PUT" && searchParams.get("partNumber") === "2" && !lied) {
        lied = true;
        return new Response(null, { status: 200 });
      }
      return realFetch(url, init);
    });
    const id = await uploadBatch(api.service, zip(bytes));
    expect(lied).toBe(true);
    expect(await stored(archiveKey(id))).toBe(sha256(bytes));
  });

  it("that another device has completed meanwhile is done", async () => {
    const bytes = bytesOf(100);
    const options = { idempotencyKey: "overtaken" };
    let overtaken = false;
    vi.stubGlobal("fetch", async (url: URL | string, init: RequestInit = {}) => {
      const answer = await realFetch(url, init);
      if (overtaken || init.method === "POST" || !new URL(url).pathname.endsWith("/chunks")) return answer;
      overtaken = true;
      await uploadBatch(api.service, zip(bytes), options);
      return answer;
    });
    const id = await uploadBatch(api.service, zip(bytes), options);
    expect(api.kept.get(id)?.status).toBe("expanding");
  });

  it("is one batch when it is handed in twice at the same time", async () => {
    const bytes = bytesOf(9 * MIB);
    const ids = await Promise.all(
      [1, 2].map(() => uploadBatch(api.service, zip(bytes), { idempotencyKey: "at-once" })),
    );
    expect(ids[0]).toBe(ids[1]);
    expect(await stored(archiveKey(ids[0] ?? ""))).toBe(sha256(bytes));
  });
});

describe("photos", () => {
  const photo = (name: string, bytes: Uint8Array<ArrayBuffer>) =>
    ({ filename: name, contentType: "image/jpeg", file: new Blob([bytes]) }) as const;
  const images = (...photos: ReturnType<typeof photo>[]) =>
    ({ uploadType: "images", filename: "ward 3", taskId: "12345678", photos }) as const;

  it("arrive each as an object of its own, and only those that are missing are sent again", async () => {
    const all = [bytesOf(1000, "x"), bytesOf(3 * MIB, "y"), bytesOf(20, "z")];
    const source = images(...all.map((bytes, index) => photo(`${index}.jpg`, bytes)));
    onPut = async (index) => {
      if (index !== 2) return null;
      await vi.waitFor(() => expect(sorted(answered)).toEqual([0, 1]));
      return new Response("<Code>AccessDenied</Code>", { status: 403 });
    };
    await expect(uploadBatch(api.service, source, { idempotencyKey: "photos" })).rejects.toThrow();
    onPut = () => null;
    puts = [];
    const id = await uploadBatch(api.service, source, { idempotencyKey: "photos" });
    expect(puts).toEqual([2]);
    for (const [index, bytes] of all.entries())
      expect(await stored(batchImageKey(id, index))).toBe(sha256(bytes));
    expect(api.sent).toContainEqual({ type: "expand_batch", batch_id: id });
  });

  const second = photo("b.jpg", bytesOf(20, "b"));
  const oneOf = (seed: string) => images(photo("a.jpg", bytesOf(1000, seed)), second);
  /** Uploads until the first photo is there. */
  async function begin(idempotencyKey: string): Promise<void> {
    onPut = (index) => (index === 1 ? new Error("the network is gone") : null);
    await expect(uploadBatch(api.service, oneOf("a"), { idempotencyKey })).rejects.toThrow("network");
    onPut = () => null;
  }

  it("that have changed since they arrived are never passed off as the new ones", async () => {
    await begin("photo-changed");
    const again = uploadBatch(api.service, oneOf("c"), { idempotencyKey: "photo-changed" });
    await expect(again).rejects.toMatchObject({ name: "PhotoChanged" });
  });

  it("that arrive by another device meanwhile are compared as well", async () => {
    let racing = false;
    let raced = false;
    vi.stubGlobal("fetch", async (url: URL | string, init: RequestInit = {}) => {
      if (racing && init.method === "PUT" && new URL(url).pathname.endsWith("/1"))
        throw new TypeError("fetch failed");
      const answer = await realFetch(url, init);
      if (raced || init.method === "POST" || !new URL(url).pathname.endsWith("/chunks")) return answer;
      // The answer says what S3 had before the other device began.
      raced = true;
      racing = true;
      const other = uploadBatch(api.service, oneOf("a"), { idempotencyKey: "raced" });
      await expect(other).rejects.toThrow("fetch failed");
      racing = false;
      return answer;
    });
    const again = uploadBatch(api.service, oneOf("c"), { idempotencyKey: "raced" });
    await expect(again).rejects.toMatchObject({ name: "PhotoChanged" });
  });
});

describe("a client that is killed", () => {
  let child: ChildProcess | undefined;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "upload-"));
  });
  afterAll(async () => {
    child?.kill("SIGKILL");
    await rm(folder, { recursive: true });
  });

  it("leaves an upload that another goes on with", async () => {
    const bytes = bytesOf(40 * MIB);
    const file = join(folder, "sheets.zip");
    await writeFile(file, bytes);
    const started = fork(fileURLToPath(new URL("./upload-slowly.ts", import.meta.url)), [
      JSON.stringify(api.service),
      file,
      "killed",
    ]);
    child = started;
    await new Promise<void>((resolve) => {
      started.on("message", (sent) => {
        if (sent === 24 * MIB && started.kill("SIGKILL")) resolve();
      });
    });
    const id = await uploadBatch(api.service, zip(bytes), { idempotencyKey: "killed" });
    expect(sorted(puts)).toEqual([3, 4]);
    expect(await stored(archiveKey(id))).toBe(sha256(bytes));
  });
});
