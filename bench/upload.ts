import { fork } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { once } from "node:events";
import { createReadStream, openAsBlob } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type ChecksumAlgorithm, DeleteObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { Service } from "../client/transport.ts";
import { uploadBatch } from "../client/upload-batch.ts";
import { archiveKey } from "../contract/object-keys.ts";
import { BUCKET, CREDENTIALS, REGION } from "../test/local/s3/harness.ts";
import { median } from "./statistics.ts";

/**
 * `npm run bench:upload`: our upload (booked, signed, sent, completed) beside the SDK's own uploader, of the same file to
 * the same S3 on loopback, in turn; the server is a process of its own.
 *
 *   --megabytes N   size of the file (256)
 *   --rounds N      uploads of each (5)
 */
const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "256" },
    rounds: { type: "string", default: "5" },
  },
});
const megabytes = Number(values.megabytes);
const rounds = Number(values.rounds);
/** As our own chunks of such a file. */
const PART_BYTES = 8 * 2 ** 20;

const folder = await mkdtemp(join(tmpdir(), "rxscan-bench-"));
const server = fork(fileURLToPath(new URL("./upload-server.ts", import.meta.url)));
try {
  const [told] = (await once(server, "message")) as [{ service: Service; s3: string }];
  const file = join(folder, "sheets.zip");
  await writeRandom(file);
  await compare(file, told.service, told.s3);
} finally {
  server.disconnect();
  await once(server, "exit");
  await rm(folder, { recursive: true });
}

async function compare(file: string, service: Service, endpoint: string): Promise<void> {
  const client = new S3Client({ endpoint, region: REGION, credentials: CREDENTIALS, forcePathStyle: true });
  const remove = (Key: string) => client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
  const ours = async () => {
    const source = { uploadType: "zip_with_qr", filename: "a.zip", file: await openAsBlob(file) } as const;
    return archiveKey(await uploadBatch(service, source));
  };
  const theirs = (algorithm: ChecksumAlgorithm) => async () => {
    const Key = `sdk/${crypto.randomUUID()}`;
    const Body = createReadStream(file, { highWaterMark: 2 ** 20 });
    const params = { Bucket: BUCKET, Key, Body, ChecksumAlgorithm: algorithm };
    await new Upload({ client, params, partSize: PART_BYTES, queueSize: 8 }).done();
    return Key;
  };
  const ways = { ours, "lib-storage, SHA-256": theirs("SHA256"), "lib-storage, CRC32": theirs("CRC32") };
  const times = new Map<string, number[]>();
  // The first round is not counted.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, upload] of Object.entries(ways)) {
      const began = performance.now();
      const key = await upload();
      const ms = performance.now() - began;
      await remove(key);
      if (round > 0) times.set(name, [...(times.get(name) ?? []), ms]);
    }
  }
  client.destroy();
  console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
  console.log(`A file of ${megabytes} MB to S3 on loopback, checked part by part (medians of ${rounds})`);
  const own = times.get("ours") ?? [];
  for (const [name, list] of times) {
    const ratio = median(list.map((ms, index) => (own[index] ?? Number.NaN) / ms));
    const rate = (megabytes / median(list)) * 1000;
    const beside = name === "ours" ? "" : `  ours takes ${ratio.toFixed(2)} of its time (paired)`;
    console.log(
      `  ${name.padEnd(22)} ${median(list).toFixed(0).padStart(6)} ms  ${rate.toFixed(0).padStart(4)} MB/s${beside}`,
    );
  }
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(`  this process, all three: at most ${peak.toFixed(0)} MB in memory`);
}

/** Bytes that nothing can shorten. */
async function writeRandom(path: string): Promise<void> {
  const handle = await open(path, "w");
  const piece = new Uint8Array(1e6);
  for (let written = 0; written < megabytes; written++) await handle.write(randomFillSync(piece));
  await handle.close();
}
