import type { MedicationResult, UnderstoodMedication } from "../../contract/medications.ts";
import type { PageReading } from "../../contract/reading.ts";
import { book, claim, complete, type Job, type NewJob, settle } from "../../core/jobs/job.ts";
import { medicationId } from "../../core/jobs/medication-id.ts";
import type { StoredMedication } from "../../core/jobs/stores.ts";

/** Things to test with: each is whole and legal, and a test says only what it is about. */

export const JOB_ID = "3f0c2b1e-8a54-4d27-9b61-5a7c0e9d1f42";
export const T0 = Date.UTC(2026, 0, 5, 9);
export const LEASE_MS = 70_000;
export const UPLOAD_SECONDS = 900;

export const newJob = (more: Partial<NewJob> = {}): NewJob => ({
  id: JOB_ID,
  owner: "nurse",
  pages: 1,
  fingerprint: "f",
  uploadSeconds: UPLOAD_SECONDS,
  ...more,
});

export const bookedJob = (more: Partial<NewJob> = {}, now = T0): Job => book(newJob(more), now);

export function understood(
  name = "Lisinopril",
  more: Partial<UnderstoodMedication> = {},
): UnderstoodMedication {
  return {
    name,
    dosage: "10 mg",
    schedule: "Once daily",
    quantity: 30,
    prescriber: "Dr Smith",
    instructions: "Take one tablet once daily",
    form: "tablet",
    refills: 2,
    rx_number: "1234567",
    needs_review: false,
    review: [],
    fields: {
      name: {
        value: name,
        raw: name.toUpperCase(),
        confidence: 0.97,
        page: 1,
        box: [1, 2, 3, 4],
        review: null,
      },
    },
    directions: [{ text: "Take one tablet once daily" }],
    ...more,
  };
}

export const resultsOf = (job: Pick<Job, "id" | "created_at">, names = ["Lisinopril"]): MedicationResult[] =>
  names.map((name, index) => ({ id: medicationId(job, index), ...understood(name) }));

export function stored(more: Partial<StoredMedication> = {}): StoredMedication {
  const at = new Date(T0).toISOString();
  return {
    id: medicationId({ id: JOB_ID, created_at: T0 }, 0),
    ...understood(),
    job_id: JOB_ID,
    status: "unconfirmed",
    created_at: at,
    updated_at: at,
    history: [{ at, by: "nurse", action: "read" }],
    owner: "nurse",
    version: 1,
    round: 1,
    ...more,
  };
}

/** The same medication after a person's correction. */
export function corrected(one: StoredMedication): StoredMedication {
  const at = new Date(T0 + 1000).toISOString();
  return {
    ...one,
    dosage: "20 mg",
    history: [...one.history, { at, by: one.owner, action: "corrected" }],
    version: one.version + 1,
  };
}

export const reading = (...texts: string[]): PageReading => ({
  width: 640,
  height: 480,
  lines: texts.map((text, index) => ({ text, confidence: 0.9, box: [10, 20 * index, 300, 18] })),
  quality: [],
  codes: [],
  readers: ["test"],
});

export const READ = { width: 640, height: 480, quality: [] };

/** Fails loudly where a move was expected to be legal. */
export function made<T>(move: T | null): T {
  if (move === null) throw new Error("the move was refused");
  return move;
}

export function claimed(job: Job, page = 1, now = T0): { job: Job; fence: number } {
  const move = claim(job, page, now, LEASE_MS);
  if (move.kind !== "read") throw new Error(`the claim answered ${move.kind}`);
  return move;
}

/** A job of one page that is read, joined and completed. */
export function completedJob(more: Partial<NewJob> = {}, now = T0): Extract<Job, { status: "completed" }> {
  let job = bookedJob(more, now);
  let joining = 0;
  for (const page of job.pages.keys()) {
    const held = claimed(job, page + 1, now);
    const settled = made(settle(held.job, page + 1, held.fence, READ, now, LEASE_MS));
    job = settled.job;
    joining = settled.joining ?? 0;
  }
  const ended = made(complete(job, joining, { results: resultsOf(job), ocr_text: "LISINOPRIL 10 MG" }, now));
  if (ended.status !== "completed") throw new Error(ended.status);
  return ended;
}
