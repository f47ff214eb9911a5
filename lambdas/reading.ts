import type { Context } from "aws-lambda";
import type { LabelReader } from "../core/label-reader.ts";
import { PhotoRefused, type RefusalCode } from "../core/reading/photo-refused.ts";
import type { ReadOptions } from "../core/reading/read-photo.ts";

/** What the functions that read have in common: a page of a scan, a sheet of a batch. */

/** Left to give the page back in good order instead of being killed with it in hand. */
const GIVE_BACK_MS = 3_000;
/** What passes soon (a throttled store, a lost connection) is tried soon, and then less soon. */
export const READ_AGAIN_SECONDS = [5, 30] as const;

/** The reader, ended shortly before the function is. */
export function readingWithin(reader: LabelReader, context: Context) {
  const signal = AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - GIVE_BACK_MS));
  return {
    readPhoto: (photo: Uint8Array, onPictures?: ReadOptions["onPictures"]) =>
      reader.readPhoto(photo, { signal, ...(onPictures ? { onPictures } : {}) }),
    refusalOf: (error: unknown): RefusalCode | null => (error instanceof PhotoRefused ? error.code : null),
    understand: reader.understand,
  };
}
