import { batchManifest } from "../../contract/batches.ts";
import { archiveKey, batchImageKey, manifestKey } from "../../contract/object-keys.ts";
import type { SheetReason } from "../../contract/problems.ts";
import type { Batch } from "./batch.ts";
import type { Place } from "./sheet.ts";
import { ArchiveChanged, type ArchiveStore } from "./stores.ts";
import { type Archive, ArchiveFault } from "./zip-archive.ts";
import { entriesOf } from "./zip-directory.ts";
import { findDirectory } from "./zip-end.ts";
import { Extents, judge, mostEntries } from "./zip-rules.ts";

/** What a batch consists of, in its order: the same however often it is listed. */

export type Listed =
  | { kind: "skip" }
  | { kind: "refuse"; name: string; reason: SheetReason }
  | { kind: "book"; name: string; place: Place; content: string };

export type Source = {
  /** As it is pinned from now on; null for photos, which are objects of their own. */
  archive: Batch["archive"];
  /** How many entries there will be, where that is known before they are listed. */
  expected: number | null;
  /** @throws ArchiveFault also after the last entry, where all of them together are at fault */
  entries: AsyncIterable<Listed[]>;
};

/** @throws ArchiveFault */
export const openSource = (batch: Batch, store: ArchiveStore): Promise<Source> =>
  batch.upload_type === "images" ? openImages(batch, store) : openZip(batch, store);

async function openZip(batch: Batch, store: ArchiveStore): Promise<Source> {
  const key = archiveKey(batch.id);
  const pinned = batch.archive ?? (await store.head(key));
  if (!pinned) throw new ArchiveFault("archive_missing");
  const whole: Archive = {
    size: pinned.size,
    range: (from, to) => store.range(key, pinned.etag, from, to),
  };
  const { directory, archive } = await findDirectory(whole);
  async function* entries(): AsyncGenerator<Listed[]> {
    const extents = new Extents(mostEntries(directory), pinned?.size ?? 0);
    for await (const found of entriesOf(directory, archive)) {
      yield found.map((entry): Listed => {
        const verdict = judge(entry, directory);
        if (verdict.kind !== "book") return verdict;
        extents.add(verdict.place);
        return { ...verdict, content: zipContent(verdict.place) };
      });
    }
    extents.check();
  }
  return { archive: pinned, expected: directory.exact ? directory.entries : null, entries: entries() };
}

const zipContent = ({ crc32, size }: { crc32: number; size: number }): string =>
  `${crc32.toString(16).padStart(8, "0")}-${size}`;

/** A manifest names at most 2,000 photos. */
const IMAGES_AT_ONCE = 50;

async function openImages(batch: Batch, store: ArchiveStore): Promise<Source> {
  const key = manifestKey(batch.id);
  const head = await store.head(key);
  if (!head) throw new ArchiveFault("archive_missing");
  const json = Buffer.from(await store.range(key, head.etag, 0, head.size)).toString("utf8");
  const { images } = batchManifest.parse(JSON.parse(json));
  async function* entries(): AsyncGenerator<Listed[]> {
    for (let first = 0; first < images.length; first += IMAGES_AT_ONCE) {
      const some = images.slice(first, first + IMAGES_AT_ONCE);
      yield await Promise.all(some.map(({ filename }, at) => listImage(filename, first + at)));
    }
  }
  async function listImage(name: string, index: number): Promise<Listed> {
    const found = await store.head(batchImageKey(batch.id, index));
    // It was there when the upload was completed, and nobody but the bucket's lifecycle removes it.
    if (!found) throw new ArchiveChanged();
    const { etag, size } = found;
    if (size === 0) return { kind: "refuse", name, reason: "not_an_image" };
    return { kind: "book", name, place: { kind: "image", etag, size }, content: `${etag}-${size}` };
  }
  return { archive: null, expected: images.length, entries: entries() };
}
