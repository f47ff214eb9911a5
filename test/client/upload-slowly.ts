import { openAsBlob } from "node:fs";
import { uploadBatch } from "../../client/upload-batch.ts";

/**
 * A client in a process of its own, to be killed: node upload-slowly.ts SERVICE FILE KEY. It tells the bytes it has sent,
 * and never gets beyond the third chunk.
 */
const [service = "", file = "", idempotencyKey = ""] = process.argv.slice(2);
const LAST_PART = 3;
const FOREVER_MS = 60_000;
const realFetch = globalThis.fetch;
globalThis.fetch = async (url, init) => {
  const part = Number(new URL(String(url)).searchParams.get("partNumber"));
  if (part > LAST_PART) await new Promise((resolve) => setTimeout(resolve, FOREVER_MS));
  return realFetch(url, init);
};
const source = { uploadType: "zip_with_qr", filename: "sheets.zip", file: await openAsBlob(file) } as const;
await uploadBatch(JSON.parse(service), source, {
  idempotencyKey,
  onProgress: ({ sent }) => process.send?.(sent),
});
