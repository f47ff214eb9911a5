import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { downloadUrl, photoStore, uploadSigner } from "../../aws/photo-bucket.ts";
import { PhotoTooLarge } from "../../core/jobs/stores.ts";
import { LOCAL_S3, openLocalBucket } from "../support/local-bucket.ts";
import { photoStoreKeepsItsPromises } from "../support/photos-contract.ts";

/** The bucket over S3's own protocol. */
const BUCKET = "photos";
let client: S3Client;
let later = 0;

photoStoreKeepsItsPromises("S3", async () => {
  const bucket = await openLocalBucket(BUCKET, () => new Date(Date.now() + later));
  client = bucket.client;
  return { photos: photoStore(client, BUCKET), close: bucket.close };
});

describe("a photo that is too large", () => {
  it("is refused before a byte of its body is read, and the connection is let go", async () => {
    let read = 0;
    const body = new Readable({
      read() {
        read += 1;
        this.push(Buffer.alloc(1024));
      },
    });
    const response = { statusCode: 200, headers: { "content-length": "20000001" }, body };
    const answering = new S3Client({ ...LOCAL_S3, requestHandler: { handle: async () => ({ response }) } });
    await expect(photoStore(answering, BUCKET).get("key", 20_000_000)).rejects.toThrow(PhotoTooLarge);
    expect(read).toBe(0);
    expect(body.destroyed).toBe(true);
  });
});

describe("an upload URL", () => {
  const photo = Buffer.from("the bytes of a photo");
  const sha256 = createHash("sha256").update(photo).digest("base64");
  let count = 0;
  const sign = async (more: { sha256?: string } = {}) => {
    const key = `scans/${++count}/pages/1/original`;
    const terms = { key, contentType: "image/jpeg", size: photo.length, seconds: 60, ...more };
    return { key, ...(await uploadSigner(client, BUCKET)(terms)) };
  };
  const put = async (url: string, headers: Record<string, string>, body = photo) =>
    (await fetch(url, { method: "PUT", headers, body })).status;

  it("takes the very photo it was signed for, with its headers and nothing more", async () => {
    for (const more of [{}, { sha256 }]) {
      const { key, url, headers } = await sign(more);
      expect(await put(url, headers)).toBe(200);
      expect(Buffer.from((await photoStore(client, BUCKET).get(key, 100)) ?? [])).toEqual(photo);
    }
  });

  it("takes no other bytes, no other length, no other type", async () => {
    const { url, headers, key } = await sign({ sha256 });
    expect(await put(url, headers, Buffer.from("the bytes of A photo"))).toBe(400);
    expect(await put(url, headers, Buffer.from("fewer"))).toBe(403);
    expect(await put(url, { ...headers, "Content-Type": "text/html" })).toBe(403);
    expect(await photoStore(client, BUCKET).exists(key)).toBe(false);
  });

  it("takes no photo without the signed SHA-256 and none without If-None-Match", async () => {
    const { url, headers } = await sign({ sha256 });
    const { "x-amz-checksum-sha256": _, ...unchecked } = headers;
    expect(await put(url, unchecked)).toBe(403);
    const { "If-None-Match": __, ...overwriting } = headers;
    expect(await put(url, overwriting)).toBe(403);
  });

  it("takes one photo: a second PUT does not touch the first", async () => {
    const { url, headers, key } = await sign();
    expect(await put(url, headers)).toBe(200);
    expect(await put(url, headers, Buffer.from("THE BYTES OF A PHOTO"))).toBe(412);
    expect(Buffer.from((await photoStore(client, BUCKET).get(key, 100)) ?? [])).toEqual(photo);
  });

  it("is refused once it has expired", async () => {
    const { url, headers } = await sign();
    later = 61_000;
    try {
      expect(await put(url, headers)).toBe(403);
    } finally {
      later = 0;
    }
  });

  it("shows what was uploaded through a download URL, and through no forged one", async () => {
    const { url, headers, key } = await sign();
    await put(url, headers);
    const shown = await downloadUrl(client, BUCKET, key, 60);
    expect(await (await fetch(shown)).text()).toBe(photo.toString());
    expect((await fetch(shown.replace(/Signature=..../, "Signature=0000"))).status).toBe(403);
  });
});
