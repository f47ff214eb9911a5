import type { BatchPhoto } from "../client/upload-batch.ts";
import { MAX_BATCH_BYTES, MAX_IMAGES } from "../contract/batches.ts";
import { MAX_PHOTO_BYTES, type PhotoType, photoTypes } from "../contract/scans.ts";
import { batchStrings } from "./batch-strings.ts";

/** What was chosen to be handed in, or a sentence on why it cannot be. */
export type Handed =
  | { kind: "zip"; file: File }
  | { kind: "photos"; photos: readonly BatchPhoto[] }
  | { kind: "fault"; message: string };

const words = batchStrings.handIn;

const ZIP_TYPES = ["application/zip", "application/x-zip-compressed"];
/** Systems that know a file's name but not its type. */
const TYPE_OF_ENDING: Readonly<Record<string, PhotoType>> = {
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  tif: "image/tiff",
  tiff: "image/tiff",
};

/** Looks at the files before any byte of them is sent. */
export async function judge(files: readonly File[]): Promise<Handed> {
  const [first] = files;
  if (!first) return fault(words.nothing);
  const zips = files.filter(isZip).length;
  if (zips > 0 && zips < files.length) return fault(words.mixed);
  if (zips > 1) return fault(words.oneZip);
  const empty = files.find(({ size }) => size === 0);
  if (empty) return fault(words.empty(empty.name));
  if (files.reduce((sum, { size }) => sum + size, 0) > MAX_BATCH_BYTES) {
    return fault(words.tooLarge);
  }
  return zips === 1 ? judgeZip(first) : judgePhotos(files);
}

async function judgeZip(file: File): Promise<Handed> {
  try {
    return (await hasEnd(file)) ? { kind: "zip", file } : fault(words.notAZip(file.name));
  } catch {
    return fault(words.unreadable);
  }
}

/** In the order of their names: the same photos chosen again, in whatever order, are the same batch. */
function judgePhotos(files: readonly File[]): Handed {
  if (files.length > MAX_IMAGES) return fault(words.tooManyPhotos);
  const photos: BatchPhoto[] = [];
  for (const file of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const contentType = typeOf(file);
    if (!contentType) return fault(words.notSheets(file.name));
    if (file.size > MAX_PHOTO_BYTES) return fault(words.photoTooLarge(file.name));
    photos.push({ filename: file.name, contentType, file });
  }
  return { kind: "photos", photos };
}

const fault = (message: string): Handed => ({ kind: "fault", message });

const endingOf = (name: string): string => name.slice(name.lastIndexOf(".") + 1).toLowerCase();
const isZip = ({ name, type }: File): boolean => ZIP_TYPES.includes(type) || endingOf(name) === "zip";
const typeOf = ({ name, type }: File): PhotoType | undefined =>
  photoTypes.find((one) => one === type) ?? (type === "" ? TYPE_OF_ENDING[endingOf(name)] : undefined);

/** The record that ends every ZIP has 22 bytes and a comment of up to 65,535. APPNOTE.TXT 4.3.16 */
const MAX_END_BYTES = 22 + 65_535;
const END_SIGNATURE = [0x50, 0x4b, 0x05, 0x06];

/** Whether a ZIP ends in this file. Hours of sending a file that was cut off are worth 64 kB of looking. */
async function hasEnd(file: File): Promise<boolean> {
  const bytes = new Uint8Array(await file.slice(-MAX_END_BYTES).arrayBuffer());
  for (let at = bytes.lastIndexOf(0x50); at >= 0; at = at > 0 ? bytes.lastIndexOf(0x50, at - 1) : -1) {
    if (END_SIGNATURE.every((byte, index) => bytes[at + index] === byte)) return true;
  }
  return false;
}
