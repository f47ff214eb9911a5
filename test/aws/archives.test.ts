import { Readable } from "node:stream";
import { ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { archiveStore } from "../../aws/archive-store.ts";
import { archiveStoreKeepsItsPromises } from "../support/archive-contract.ts";
import { LOCAL_S3, openLocalBucket } from "../support/local-bucket.ts";

/** Archives over S3's own protocol. */
const BUCKET = "photos";
let client: S3Client;

archiveStoreKeepsItsPromises("S3", async () => {
  const bucket = await openLocalBucket(BUCKET);
  client = bucket.client;
  return { archives: archiveStore(client, BUCKET), close: bucket.close };
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
  const handed = new S3Client({ ...LOCAL_S3, requestHandler: { handle: answering } });
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
