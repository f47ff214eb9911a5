import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageKey, scanPrefix } from "../../contract/object-keys.ts";
import { type PhotoStore, PhotoTooLarge } from "../../core/jobs/stores.ts";

/** What every PhotoStore promises, asked of each implementation. */
export function photoStoreKeepsItsPromises(
  name: string,
  open: () => Promise<{ photos: PhotoStore; close?: () => Promise<void> }>,
): void {
  let store: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close?.());

  describe(`photos in ${name}`, () => {
    const fresh = () => pageKey(randomUUID(), 1, "image");

    it("come back byte by byte, and are there from the moment they are put", async () => {
      const key = fresh();
      const bytes = Uint8Array.from({ length: 100_000 }, (_, n) => n % 251);
      expect(await store.photos.exists(key)).toBe(false);
      await store.photos.put(key, bytes, "image/webp");
      expect(await store.photos.exists(key)).toBe(true);
      expect(new Uint8Array((await store.photos.get(key, bytes.length)) ?? [])).toEqual(bytes);
    });

    it("are null where there is none", async () => {
      expect(await store.photos.get(fresh(), 10)).toBeNull();
    });

    it("are replaced by what is put later", async () => {
      const key = fresh();
      await store.photos.put(key, Buffer.from("one"), "image/webp");
      await store.photos.put(key, Buffer.from("two"), "image/webp");
      expect(Buffer.from((await store.photos.get(key, 10)) ?? []).toString()).toBe("two");
    });

    it("are refused when they are larger than asked for", async () => {
      const key = fresh();
      await store.photos.put(key, new Uint8Array(11), "image/webp");
      await expect(store.photos.get(key, 10)).rejects.toThrow(PhotoTooLarge);
    });

    it("are all removed with their scan, each named, and no other scan's", async () => {
      const [mine, other] = [randomUUID(), randomUUID()];
      const keys = [1, 2].flatMap((page) => [pageKey(mine, page, "image"), pageKey(mine, page, "thumbnail")]);
      for (const key of [...keys, pageKey(other, 1, "image")]) {
        await store.photos.put(key, Buffer.from("x"), "image/webp");
      }
      expect((await store.photos.removeAll(scanPrefix(mine))).toSorted()).toEqual(keys.toSorted());
      expect(await store.photos.removeAll(scanPrefix(mine))).toEqual([]);
      expect(await store.photos.exists(pageKey(other, 1, "image"))).toBe(true);
    });
  });
}
