import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { archiveKey } from "../../contract/object-keys.ts";
import { ArchiveChanged, type ArchiveStore } from "../../core/batches/stores.ts";

/** What every ArchiveStore promises, asked of each implementation. */
export function archiveStoreKeepsItsPromises(
  name: string,
  open: () => Promise<{ archives: ArchiveStore; close?: () => Promise<void> }>,
): void {
  let store: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close?.());

  describe(`archives in ${name}`, () => {
    const fresh = () => archiveKey(randomUUID());
    const bytes = Uint8Array.from({ length: 100_000 }, (_, n) => n % 251);
    const kept = async (body = bytes) => {
      const key = fresh();
      await store.archives.put(key, body, "application/zip");
      const head = await store.archives.head(key);
      if (!head) throw new Error("it was not kept");
      return { key, ...head };
    };

    it("tell their size and their ETag, and nothing where there is none", async () => {
      const { size, etag } = await kept();
      expect(size).toBe(bytes.length);
      expect(etag).toMatch(/^".+"$/);
      expect(await store.archives.head(fresh())).toBeNull();
    });

    it("are read by range: the first byte included, the last not, and never more than there is", async () => {
      const { key, etag } = await kept();
      const range = async (from: number, to: number) =>
        new Uint8Array(await store.archives.range(key, etag, from, to));
      expect(await range(0, 1)).toEqual(bytes.slice(0, 1));
      expect(await range(99_990, 100_000)).toEqual(bytes.slice(99_990));
      expect(await range(99_990, 200_000)).toEqual(bytes.slice(99_990));
      expect(await range(500, 500)).toEqual(new Uint8Array());
    });

    it("are refused once they are others, or gone", async () => {
      const { key, etag } = await kept();
      await store.archives.put(key, bytes.slice(1), "application/zip");
      await expect(store.archives.range(key, etag, 0, 10)).rejects.toThrow(ArchiveChanged);
      await expect(store.archives.range(fresh(), etag, 0, 10)).rejects.toThrow(ArchiveChanged);
    });

    it.each([
      ["nothing", 0],
      ["a little", 3],
      ["more than a part", 40],
    ])("are written from pieces as they come: %s", async (_, pieces) => {
      const key = fresh();
      const one = new Uint8Array(300_001).fill(7);
      async function* coming() {
        for (let n = 0; n < pieces; n++) yield one;
      }
      await store.archives.write(key, coming(), "application/x-ndjson");
      const head = await store.archives.head(key);
      expect(head?.size).toBe(pieces * one.length);
      if (pieces === 0) return;
      const end = await store.archives.range(
        key,
        head?.etag ?? "",
        pieces * one.length - 5,
        pieces * one.length,
      );
      expect(new Uint8Array(end)).toEqual(new Uint8Array(5).fill(7));
    });

    it("are not there when their pieces broke off", async () => {
      const key = fresh();
      async function* breaking() {
        yield new Uint8Array(9_000_000);
        throw new Error("no more");
      }
      await expect(store.archives.write(key, breaking(), "text/csv")).rejects.toThrow("no more");
      expect(await store.archives.head(key)).toBeNull();
    });
  });
}
