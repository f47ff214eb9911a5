import type { Medication } from "../../contract/medications.ts";
import type { ReadPageMessage } from "../../contract/messages.ts";
import { change as changeRecord } from "../change.ts";
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

/**
 * The one way a job changes: see core/change.ts.
 * @param from the job's id; or the job as the caller last wrote it, which is then read only if it has changed since
 */
export async function change<T>(
  jobs: Pick<JobStore, "read" | "replace">,
  from: string | Job,
  move: (job: Job) => { job: Job; told: T } | null,
): Promise<{ job: Job; told: T } | null> {
  const id = typeof from === "string" ? from : from.id;
  const changed = await changeRecord(
    { read: () => jobs.read(id), replace: (job) => jobs.replace(job) },
    (job) => {
      const made = move(job);
      return made && { record: made.job, told: made.told };
    },
    typeof from === "string" ? null : from,
  );
  return changed && { job: changed.record, told: changed.told };
}
