/**
 * Where a scan's objects lie in the bucket. Ids only: an object key ends up in logs, metrics and queue messages.
 */

/** Every photo a tablet uploads is called this; the notification filter and the reader go by it. */
export const SCANS_PREFIX = "scans/";
export const ORIGINAL_SUFFIX = "/original";
/** Every ZIP that is handed in is called `archive`; the notification filter goes by it. */
export const BATCHES_PREFIX = "batches/";
export const ARCHIVE_SUFFIX = "/archive";
/** The upload canary's own corner, outside every notification filter. */
export const CANARY_PREFIX = "canary/";

export const pageImages = ["original", "image", "thumbnail"] as const;
export type PageImage = (typeof pageImages)[number];

/** Everything of one scan. */
export const scanPrefix = (jobId: string): string => `${SCANS_PREFIX}${jobId}/`;

/** `original` as uploaded; `image` (WebP, long edge at most 2000) and `thumbnail` (WebP, at most 320) made from it. */
export const pageKey = (jobId: string, page: number, image: PageImage): string =>
  `${scanPrefix(jobId)}pages/${page}/${image}`;

/** What was read from the photo: JSON in the shape of `pageReading`. */
export const readingKey = (jobId: string, page: number): string =>
  `${scanPrefix(jobId)}pages/${page}/reading.json`;

export const canaryKey = (id: string): string => `${CANARY_PREFIX}${id}`;

/** The page an uploaded photo belongs to, or null when the key is no photo's. */
export function parseOriginalKey(key: string): { jobId: string; page: number } | null {
  const match = /^scans\/([0-9a-f-]{36})\/pages\/([1-9]\d?)\/original$/.exec(key);
  return match?.[1] && match[2] ? { jobId: match[1], page: Number(match[2]) } : null;
}

/** Everything of one batch. */
export const batchPrefix = (batchId: string): string => `${BATCHES_PREFIX}${batchId}/`;
export const archiveKey = (batchId: string): string => `${BATCHES_PREFIX}${batchId}${ARCHIVE_SUFFIX}`;
/** What an `images` batch consists of, in order: JSON. */
export const manifestKey = (batchId: string): string => `${batchPrefix(batchId)}manifest.json`;
export const batchImagesPrefix = (batchId: string): string => `${batchPrefix(batchId)}images/`;
/** A photo of an `images` batch, by the index of its chunk. */
export const batchImageKey = (batchId: string, index: number): string =>
  `${batchImagesPrefix(batchId)}${index}`;

export const sheetImages = ["image", "thumbnail"] as const;
export type SheetImage = (typeof sheetImages)[number];
export const sheetImageKey = (batchId: string, index: number, image: SheetImage): string =>
  `${batchPrefix(batchId)}sheets/${index}/${image}`;

/** All results of a batch after its `round`th reading. */
export const resultsKey = (batchId: string, round: number, format: "ndjson" | "csv"): string =>
  `${batchPrefix(batchId)}results/${round}.${format}`;

/** The batch whose ZIP has this key, or null when the key is no ZIP's. */
export function parseArchiveKey(key: string): string | null {
  return /^batches\/([0-9a-f-]{36})\/archive$/.exec(key)?.[1] ?? null;
}
