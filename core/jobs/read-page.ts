import type { UnderstoodMedication } from "../../contract/medications.ts";
import { pageKey, readingKey, scanPrefix } from "../../contract/object-keys.ts";
import type { JobFailureCode } from "../../contract/problems.ts";
import { type PageReading, pageReading } from "../../contract/reading.ts";
import { MAX_PHOTO_BYTES } from "../../contract/scans.ts";
import { claim, complete, isGone, type Job, refusePage, release, releaseJoining, settle } from "./job.ts";
import { medicationId, medicationIdPrefix } from "./medication-id.ts";
import { removeContents } from "./remove-scan.ts";
import { change, type JobStore, type MedicationStore, type PhotoStore, PhotoTooLarge } from "./stores.ts";

/** A reading's JSON: a label has some 60 lines; 5 MB is a page full of noise. */
const MAX_READING_BYTES = 5_000_000;
/** Characters of text kept with the job: a DynamoDB item has at most 400 KB, and no label has this much. */
const MAX_OCR_TEXT = 60_000;

export type ReadPageParts = {
  jobs: JobStore;
  medications: MedicationStore;
  photos: PhotoStore;
  /**
   * Hands the pictures to `keep` as soon as they are made, while the photo is still being read. What it answers is
   * answered once they are kept, and nothing of it goes on after that, whether it went well or not.
   */
  readPhoto: (
    photo: Uint8Array,
    keep: (pictures: { image: Uint8Array; thumbnail: Uint8Array }) => Promise<void>,
  ) => Promise<{ reading: PageReading }>;
  /** The photo's fault, as the code the job ends with; null for any other error. */
  refusalOf: (error: unknown) => JobFailureCode | null;
  /** All photos' readings, in page order, to the medications on the label: at least one. */
  understand: (readings: readonly PageReading[]) => UnderstoodMedication[];
  now: () => number;
  leaseMs: number;
};

/** What came of one message, for the log. */
export type ReadPageOutcome =
  /** Somebody else reads it, or it was read before. */
  | { kind: "nothing" }
  /** The scan was deleted: what still lay of it is removed. */
  | { kind: "gone" }
  /** The lease ran out while this worker was at it; another has the page. */
  | { kind: "lost" }
  | { kind: "refused"; code: JobFailureCode }
  | { kind: "exhausted" }
  /** Read, and other photos of the label are still to come. */
  | { kind: "read"; bytes: number }
  | { kind: "completed"; bytes: number; medications: number };

/**
 * Reads one photo of a scan: claim, fetch, read, record; and, as the last of its photos, joins them all into
 * medications. Every write is conditional, so the same message may come any number of times.
 * @throws whatever went wrong that may pass: the page is free for the next attempt, and the message should come again
 */
export async function readPage(jobId: string, page: number, parts: ReadPageParts): Promise<ReadPageOutcome> {
  const { jobs, photos, now, leaseMs } = parts;
  let gone = false;
  const claimed = await change(jobs, jobId, (job) => {
    gone = isGone(job, now());
    if (gone) return null;
    const made = claim(job, page, now(), leaseMs);
    return { job: made.kind === "nothing" ? job : made.job, told: made };
  });
  if (!claimed) {
    await photos.removeAll(scanPrefix(jobId));
    return { kind: "gone" };
  }
  const { told } = claimed;
  if (told.kind === "nothing" || told.kind === "exhausted") return { kind: told.kind };
  if (told.kind === "join") return join(claimed.job, told.fence, null, 0, parts);
  return read(claimed.job, page, told.fence, parts);
}

async function read(job: Job, page: number, fence: number, parts: ReadPageParts): Promise<ReadPageOutcome> {
  const { jobs, photos, now, leaseMs } = parts;
  try {
    const photo = await photos.get(pageKey(job.id, page, "original"), MAX_PHOTO_BYTES);
    if (!photo) throw new Error("the photo is not in the bucket");
    const { reading } = await parts.readPhoto(photo, async ({ image, thumbnail }) => {
      await Promise.all([
        photos.put(pageKey(job.id, page, "image"), image, "image/webp"),
        photos.put(pageKey(job.id, page, "thumbnail"), thumbnail, "image/webp"),
      ]);
    });
    await photos.put(readingKey(job.id, page), Buffer.from(JSON.stringify(reading)), "application/json");
    const { width, height, quality } = reading;
    // Where there are other photos, their workers have written since.
    const settled = await change(jobs, job.pages.length === 1 ? job : job.id, (job) => {
      const made = settle(job, page, fence, { width, height, quality }, now(), leaseMs);
      return made && { job: made.job, told: made.joining };
    });
    if (!settled) return await lost(job, parts);
    if (settled.told === null) return { kind: "read", bytes: photo.length };
    return await join(settled.job, settled.told, { page, reading }, photo.length, parts);
  } catch (error) {
    const code = error instanceof PhotoTooLarge ? "image_too_large" : parts.refusalOf(error);
    const freed = await change(jobs, job.id, (job) => {
      const made = code
        ? refusePage(job, page, fence, code, now())
        : release(job, page, fence, now(), leaseMs);
      return made && { job: made, told: null };
    });
    if (code) return freed ? { kind: "refused", code } : { kind: "lost" };
    if (freed?.job.status === "failed") return { kind: "exhausted" };
    throw error;
  }
}

type InHand = { page: number; reading: PageReading } | null;

/** Joins the pages; when that goes wrong in a way that may pass, the joining is free for the message's next coming. */
async function join(
  job: Job,
  fence: number,
  mine: InHand,
  bytes: number,
  parts: ReadPageParts,
): Promise<ReadPageOutcome> {
  try {
    return await putTogether(job, fence, mine, bytes, parts);
  } catch (error) {
    await change(parts.jobs, job.id, (job) => {
      const made = releaseJoining(job, fence, parts.now());
      return made && { job: made, told: null };
    });
    throw error;
  }
}

/** Makes the medications of all pages and ends the job. `mine` is the reading this worker still has in hand. */
async function putTogether(
  job: Job,
  fence: number,
  mine: InHand,
  bytes: number,
  parts: ReadPageParts,
): Promise<ReadPageOutcome> {
  const { jobs, medications, photos, understand, now } = parts;
  const readings = await Promise.all(
    job.pages.map((_, index) =>
      mine?.page === index + 1 ? mine.reading : keptReading(readingKey(job.id, index + 1), photos),
    ),
  );
  const results = understand(readings).map((one, index) => ({ id: medicationId(job, index), ...one }));
  const at = new Date(now()).toISOString();
  for (const result of results) {
    await medications.keep({
      ...result,
      job_id: job.id,
      status: "unconfirmed",
      created_at: at,
      updated_at: at,
      history: [{ at, by: job.owner, action: "read" }],
      owner: job.owner,
      version: 1,
      round: job.round,
    });
  }
  const ocr_text = readings
    .map((reading) => reading.lines.map((line) => line.text).join("\n"))
    .join("\n\n")
    .slice(0, MAX_OCR_TEXT);
  // Before the job ends: afterwards nobody would look again, should this worker die here.
  await removeOutdated(job, medications);
  const ended = await change(jobs, job, (job) => {
    const made = complete(job, fence, { results, ocr_text }, now());
    return made && { job: made, told: null };
  });
  if (!ended) return lost(job, parts);
  return { kind: "completed", bytes, medications: results.length };
}

/** An earlier round may have seen more medications than this one. What a person has touched stays. */
async function removeOutdated(job: Job, medications: MedicationStore): Promise<void> {
  if (job.round === 1) return;
  for (const old of await medications.ofJob(job.owner, medicationIdPrefix(job))) {
    const untouched = old.history.every((entry) => entry.action === "read");
    if (old.round < job.round && untouched) await medications.remove(old.owner, old.id, old.version);
  }
}

async function keptReading(key: string, photos: PhotoStore): Promise<PageReading> {
  const kept = await photos.get(key, MAX_READING_BYTES);
  if (!kept) throw new Error("a page's reading is not in the bucket");
  return pageReading.parse(JSON.parse(Buffer.from(kept).toString("utf8")));
}

/**
 * The lease went to somebody else, whose objects and medications have the same names. But what a deleted scan or an
 * earlier round would leave behind is taken away again.
 */
async function lost(mine: Job, parts: ReadPageParts): Promise<ReadPageOutcome> {
  const job = await parts.jobs.read(mine.id);
  if (!job || job.deleting) {
    await removeContents(mine, parts);
    return { kind: "gone" };
  }
  if (job.status === "completed") await removeOutdated(job, parts.medications);
  return { kind: "lost" };
}
