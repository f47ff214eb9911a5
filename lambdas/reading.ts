import type { Context, SQSRecord } from "aws-lambda";
import { sqs } from "../aws/clients.ts";
import { comeAgain } from "../aws/queues.ts";
import type { LabelReader } from "../core/label-reader.ts";
import { PhotoRefused, type RefusalCode } from "../core/reading/photo-refused.ts";
import type { ReadOptions } from "../core/reading/read-photo.ts";
import { PutOff, receivesOf } from "./sqs.ts";

/** What the functions that read have in common: a page of a scan, a sheet of a batch. */

/** Left to give the page back in good order instead of being killed with it in hand. */
const GIVE_BACK_MS = 3_000;
/** What passes soon (a throttled store, a lost connection) is tried soon, and then less soon. */
const RETRY_SECONDS = [5, 30] as const;

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

/** Has a failed message come again soon, and one that was put off when it said. */
export const comeAgainSoon =
  (queueUrl: string) =>
  async (record: SQSRecord, error: unknown): Promise<void> => {
    const soon = RETRY_SECONDS[Math.min(receivesOf(record), RETRY_SECONDS.length) - 1] ?? RETRY_SECONDS[0];
    const seconds = error instanceof PutOff ? error.seconds : soon;
    await comeAgain(sqs(), queueUrl, record.receiptHandle, seconds);
  };

/** No message of ours: it goes to the dead-letter queue, where somebody can look at it. */
export class UnreadableMessage extends Error {
  override readonly name = "UnreadableMessage";
}
