import type { UnderstoodMedication } from "../contract/medications.ts";
import type { PageReading } from "../contract/reading.ts";
import { theLexicon } from "./medications/lexicon/lexicon.ts";
import { understand } from "./medications/understand.ts";
import { worthASecondLook } from "./medications/worth-a-second-look.ts";
import { joinPages } from "./reading/join-pages.ts";
import { openPhotoReader, type PhotoRead, type ReadOptions } from "./reading/read-photo.ts";

/**
 * Reading and understanding brought together, which know nothing of each other: what the worker does to a label, and
 * what evaluations measure.
 */
export type LabelReader = {
  /** @throws PhotoRefused when the file cannot be read as a photo; the signal's reason when it is aborted */
  readPhoto(photo: Uint8Array, options?: Omit<ReadOptions, "secondLook">): Promise<PhotoRead>;
  /** The medications on a label, from the readings of all its photos in order: at least one. */
  understand(readings: readonly PageReading[]): UnderstoodMedication[];
  close(): Promise<void>;
};

/** Loads the models and starts the workers: open one per process. */
export async function openLabelReader(): Promise<LabelReader> {
  const opening = openPhotoReader();
  // While the models load, and not while the first label waits.
  theLexicon();
  const reader = await opening;
  return {
    readPhoto: (photo, options) => reader.read(photo, { ...options, secondLook: worthASecondLook }),
    understand: (readings) =>
      understand({
        lines: joinPages([...readings]),
        pages: readings.map(({ width, height }, index) => ({ page: index + 1, width, height })),
      }),
    close: reader.close,
  };
}
