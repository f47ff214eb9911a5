import type { Medication } from "../../contract/medications.ts";
import type { ReadPageMessage } from "../../contract/messages.ts";
import type { Job } from "./job.ts";

/** The ports: what the life of a job needs of the world. `aws/` keeps them over the AWS SDK, tests in memory. */

export type JobStore = {
  /** Writes a job that is not there yet; false when there is one with this id. */
  create(job: Job): Promise<boolean>;
  /** The job as it is now (a consistent read), also when it is being deleted or past its time; null when there is none. */
  read(id: string): Promise<Job | null>;
  /** Writes the job if the stored one still has the version `job` was made from; answers whether it did. */
  replace(job: Job): Promise<boolean>;
  remove(id: string): Promise<void>;
  /** Ids of jobs whose `due_at` is at or before the time (ms); every unfinished one for Infinity. In no special order. */
  due(at: number): AsyncIterable<string>;
};

export type StoredMedication = Medication & {
  owner: string;
  version: number;
  /** The round of its job that read it. */
  round: number;
};

export type MedicationStore = {
  /**
   * Keeps what a round of reading made, unless the same or a later round is there already or a person has corrected
   * or confirmed it. Repeating it changes nothing.
   */
  keep(medication: StoredMedication): Promise<void>;
  read(owner: string, id: string): Promise<StoredMedication | null>;
  /** Newest first; `after` is the last id of the page before. */
  list(owner: string, limit: number, after?: string): Promise<StoredMedication[]>;
  /** Writes it if the stored one still has the version before; answers whether it did. */
  replace(medication: StoredMedication): Promise<boolean>;
  /** Whether there was one: of this version, where one is given. */
  remove(owner: string, id: string, version?: number): Promise<boolean>;
  /** Every medication of a scan. */
  ofJob(owner: string, idPrefix: string): Promise<StoredMedication[]>;
};

export type PhotoStore = {
  exists(key: string): Promise<boolean>;
  /** The object's bytes; null when there is none. @throws PhotoTooLarge before reading more than `limit` bytes */
  get(key: string, limit: number): Promise<Uint8Array | null>;
  put(key: string, body: Uint8Array, contentType: string): Promise<void>;
  /** Removes everything under the prefix; answers the keys removed. */
  removeAll(prefix: string): Promise<string[]>;
};

export class PhotoTooLarge extends Error {
  override readonly name = "PhotoTooLarge";
}

export type ReadQueue = {
  request(messages: readonly ReadPageMessage[]): Promise<void>;
};

/** Times a write is tried against concurrent ones before it is given up as `Contended`. */
const MAX_TRIES = 20;

/** So many others wrote the same record at once that this write never got its turn. It is safe to try again. */
export class Contended extends Error {
  override readonly name = "Contended";
}

/**
 * Reads a job, makes a move and writes it, again from the start when somebody else wrote in between: the one way a
 * job changes. `move` answers the new job and what to tell the caller, or null to leave the job as it is.
 * @param from the job's id; or the job as the caller last wrote it, which is then read only if it has changed since
 * @returns what `move` told; null when there is no job or no move
 */
export async function change<T>(
  jobs: JobStore,
  from: string | Job,
  move: (job: Job) => { job: Job; told: T } | null,
): Promise<{ job: Job; told: T } | null> {
  const id = typeof from === "string" ? from : from.id;
  let inHand = typeof from === "string" ? null : from;
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const before = inHand ?? (await jobs.read(id));
    const made = before && move(before);
    if (before && made && made.job !== before) {
      const after = { ...made.job, version: before.version + 1 };
      if (await jobs.replace(after)) return { job: after, told: made.told };
      // Full jitter, so that the photos of one job that finish together do not meet again.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * Math.min(tries, 8)));
    } else if (!inHand) {
      return made;
    }
    inHand = null;
  }
  throw new Contended(id);
}
