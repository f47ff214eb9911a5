import { archiveKey, batchImageKey } from "../../contract/object-keys.ts";
import type { Batch } from "./batch.ts";
import type { Sheet } from "./sheet.ts";
import type { ArchiveStore } from "./stores.ts";
import { EntryDamaged, entryRange, openEntry } from "./zip-entry.ts";

/**
 * A sheet's bytes as they were packed: of an entry its own range of the archive, in one request, or two where its local
 * header is unusually long; of a photo all of it.
 * @throws EntryDamaged when they are not what the directory promised
 * @throws ArchiveChanged when the archive or the photo is gone, or another
 */
export async function bytesOfSheet(
  batch: Batch,
  { place, index }: Sheet,
  archives: Pick<ArchiveStore, "range">,
): Promise<Uint8Array> {
  if (place.kind === "refused") throw new EntryDamaged("its place is not known");
  if (place.kind === "image")
    return archives.range(batchImageKey(batch.id, index), place.etag, 0, place.size);
  if (!batch.archive) throw new Error("the batch has sheets, but its archive was never opened");

  const { etag, size } = batch.archive;
  const key = archiveKey(batch.id);
  const { from, to } = entryRange(place, size);
  const opened = await openEntry(await archives.range(key, etag, from, to), place);
  if (opened.kind === "opened") return opened.content;
  const end = place.offset + opened.needed;
  if (end > size) throw new EntryDamaged("it would go on behind the archive's end");
  const again = await openEntry(await archives.range(key, etag, from, end), place);
  if (again.kind === "opened") return again.content;
  throw new EntryDamaged("its local header changes");
}
