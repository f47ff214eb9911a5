import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { archiveStore } from "../../aws/archive-store.ts";
import { startS3 } from "../../local/s3/server.ts";
import { archiveStoreKeepsItsPromises } from "../support/archive-contract.ts";

/** Archives over S3's own protocol. */
const CONFIG = { region: "us-east-1", credentials: { accessKeyId: "LOCAL", secretAccessKey: "local" } };
const BUCKET = "photos";
let client: S3Client;

archiveStoreKeepsItsPromises("S3", async () => {
  const folder = await mkdtemp(join(tmpdir(), "archives-"));
  const server = await startS3({
    ...CONFIG,
    folder,
    port: 0,
    buckets: [{ name: BUCKET }],
    notify: async () => undefined,
  });
  client = new S3Client({
    ...CONFIG,
    endpoint: server.url,
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  return {
    archives: archiveStore(client, BUCKET),
    close: async () => {
      client.destroy();
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
});

it("leaves no parts behind when the pieces of an object break off", async () => {
  async function* breaking() {
    for (let n = 0; n < 3; n++) yield new Uint8Array(9_000_000);
    throw new Error("no more");
  }
  await expect(archiveStore(client, BUCKET).write("results", breaking(), "text/csv")).rejects.toThrow();
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
  expect(Uploads).toEqual([]);
});

it("asks for no piece before there is room for it: some 20 MB are held of an object of 200", async () => {
  let ahead = 0;
  let most = 0;
  const handed = new S3Client({ ...CONFIG, requestHandler: { handle: answering } });
  async function answering(request: { body?: unknown; query?: Record<string, unknown> }) {
    const partNumber = request.query?.partNumber;
    if (partNumber !== undefined) ahead -= (request.body as Uint8Array).length;
    const body =
      "uploads" in (request.query ?? {}) ? "<R><UploadId>u</UploadId></R>" : "<R><ETag>e</ETag></R>";
    return { response: { statusCode: 200, headers: { etag: '"e"' }, body: Readable.from([body]) } };
  }
  async function* coming() {
    for (let n = 0; n < 200; n++) {
      ahead += 1_000_000;
      most = Math.max(most, ahead);
      yield new Uint8Array(1_000_000);
    }
  }
  await archiveStore(handed, BUCKET).write("results", coming(), "text/csv");
  expect(most).toBeLessThan(30_000_000);
});
