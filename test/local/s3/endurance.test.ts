import { type ChildProcess, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BUCKET, CREDENTIALS, REGION, startHarness } from "./harness.ts";

let folder: string;
let child: ChildProcess;
let client: S3Client;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "s3-endurance-"));
});
afterEach(async () => {
  await kill();
  await rm(folder, { recursive: true });
});

async function serve(): Promise<void> {
  child = fork(fileURLToPath(new URL("./serve.ts", import.meta.url)), [folder]);
  const [{ url }] = (await once(child, "message")) as [{ url: string }];
  client = new S3Client({
    region: REGION,
    endpoint: url,
    forcePathStyle: true,
    credentials: CREDENTIALS,
    maxAttempts: 1,
  });
}

async function kill(): Promise<void> {
  client.destroy();
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

async function peakMiB(): Promise<number> {
  const answer = once(child, "message");
  child.send("memory");
  const [{ peakKiB }] = (await answer) as [{ peakKiB: number }];
  return peakKiB / 1024;
}

const get = async (Key: string) => {
  const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
  return { bytes: Buffer.from((await Body?.transformToByteArray()) ?? []), etag: ETag?.replaceAll('"', "") };
};
const md5 = (bytes: Buffer) => createHash("md5").update(bytes).digest("hex");

describe("the server", () => {
  it("has every object it acknowledged, whole, and nothing else after it was killed while writing", async () => {
    const ROUNDS = 2;
    const WRITERS = 8;
    const WRITES = 50;
    const acknowledged = new Map<string, string>();
    for (let round = 0; round < ROUNDS; round++) {
      await serve();
      let killed = false;
      let writes = 0;
      const enough = Promise.withResolvers<void>();
      const write = async (writer: number) => {
        for (let count = 0; !killed; count++) {
          // Every other write replaces the object before it.
          const key = `${round}/${writer}/${count >> 1}`;
          const body = Buffer.alloc(1 + ((count * 7919) % 300_000), `${key} ${count}`);
          try {
            await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }));
          } catch (error) {
            if (!killed) throw error;
            acknowledged.delete(key);
            return;
          }
          acknowledged.set(key, md5(body));
          if (++writes === WRITES + round) enough.resolve();
        }
      };
      const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer));
      await enough.promise;
      killed = true;
      await kill();
      await Promise.all(writers);
    }
    await serve();
    const listed: string[] = [];
    for await (const page of paginateListObjectsV2({ client }, { Bucket: BUCKET })) {
      listed.push(...(page.Contents ?? []).map(({ Key = "" }) => Key));
    }
    expect(acknowledged.size).toBeGreaterThan((ROUNDS * WRITES) / 2 - ROUNDS * WRITERS);
    expect([...acknowledged.keys()].filter((key) => !listed.includes(key))).toEqual([]);
    for (const key of listed) {
      const { bytes, etag } = await get(key);
      expect(md5(bytes)).toBe(acknowledged.get(key) ?? etag);
    }
    expect(await readdir(join(folder, "pieces"))).toHaveLength(listed.length);
  }, 120_000);

  it("lets no second server near its folder", async () => {
    await serve();
    await expect(startHarness({ folder })).rejects.toThrow(/another server/);
  });

  it("takes and gives 200 MB without holding it in memory", async () => {
    const PIECE = Buffer.alloc(1024 ** 2, "photo");
    const PIECES = 200;
    /** Buffers of a few connections and garbage that is not collected yet; the object would be 200 MiB more. */
    const ALLOWANCE_MIB = 80;
    await serve();
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "small", Body: PIECE }));
    await get("small");
    const before = await peakMiB();
    const body = async function* () {
      for (let count = 0; count < PIECES; count++) yield PIECE;
    };
    await client.send(
      new PutObjectCommand({
        Bucket: BUCKET,
        Key: "large",
        Body: Readable.from(body(), { objectMode: false }),
        ContentLength: PIECES * PIECE.length,
      }),
    );
    const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "large" }));
    let size = 0;
    for await (const piece of Body as Readable) size += (piece as Buffer).length;
    expect(size).toBe(PIECES * PIECE.length);
    const growth = (await peakMiB()) - before;
    expect(growth).toBeLessThan(ALLOWANCE_MIB);
  }, 120_000);

  it("serves many at once, each its own bytes", async () => {
    const CLIENTS = 30;
    await serve();
    await Promise.all(
      Array.from({ length: CLIENTS }, async (_, index) => {
        const key = `load/${index}`;
        for (let round = 0; round < 4; round++) {
          const body = Buffer.alloc(20_000 + index * 1000 + round, `${key} ${round}`);
          await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }));
          expect((await get(key)).bytes.equals(body)).toBe(true);
        }
        if (index % 2 === 0) await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }));
      }),
    );
    expect(await readdir(join(folder, "pieces"))).toHaveLength(CLIENTS / 2);
  }, 120_000);
});
