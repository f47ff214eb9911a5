import * as z from "zod";

/**
 * What travels on the queues. On `scans`: S3's own event when a photo lands, S3's test event when the notification is
 * set up, and our own request to read a page, sent by the sweeper and by retry. On `batches` and `sheets`: see there.
 */

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
const s3Event = z.object({
  Records: z
    .array(
      z.object({
        eventName: z.string(),
        s3: z.object({
          bucket: z.object({ name: z.string() }),
          object: z.object({
            key: z.string().describe("URL-encoded, with + for a space"),
            size: z.number().optional(),
            eTag: z.string().optional(),
            versionId: z.string().optional(),
          }),
        }),
      }),
    )
    .min(1),
});

const s3TestEvent = z.object({ Event: z.literal("s3:TestEvent") });

export const readPageMessage = z.object({
  type: z.literal("read_page"),
  job_id: z.uuid(),
  page: z.number().int().positive(),
});
export type ReadPageMessage = z.infer<typeof readPageMessage>;

/** On the queue `batches`: list the batch's sheets, or go on listing them. Beside it, S3's event when a ZIP is complete. */
export const expandBatchMessage = z.object({ type: z.literal("expand_batch"), batch_id: z.uuid() });
/** On the queue `batches`: count the sheets and, when every one has ended, write the results and end the batch. */
export const recountBatchMessage = z.object({
  type: z.literal("recount_batch"),
  batch_id: z.uuid(),
  /** Also send for every sheet that waits: its message may be lost. */
  resend: z.boolean(),
});
export type BatchesMessage = z.infer<typeof expandBatchMessage> | z.infer<typeof recountBatchMessage>;
export const batchesMessage = z.union([expandBatchMessage, recountBatchMessage, s3Event, s3TestEvent]);

/** On the queue `sheets`. */
export const readSheetMessage = z.object({
  type: z.literal("read_sheet"),
  batch_id: z.uuid(),
  index: z.number().int().nonnegative(),
});
export type ReadSheetMessage = z.infer<typeof readSheetMessage>;

export const scansMessage = z.union([readPageMessage, s3Event, s3TestEvent]);
export type ScansMessage = z.infer<typeof scansMessage>;

/** The key as it is in the bucket, from the form it has in an S3 event; null when S3 cannot have written it. */
export function decodeEventKey(key: string): string | null {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return null;
  }
}

/**
 * What the schedule sends to the sweeper. `all` looks at every unfinished job now, whether or not it is due, and
 * takes running leases as lost: for a start after every worker is known to be gone, or after a queue was lost.
 */
export const sweepEvent = z.object({ scope: z.enum(["due", "all"]).default("due") });
export type SweepEvent = z.infer<typeof sweepEvent>;
