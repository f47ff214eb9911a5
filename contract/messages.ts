import * as z from "zod";

/**
 * What travels on the queue `scans`: S3's own event when a photo lands, S3's test event when the notification is set
 * up, and our own request to read a page, sent by the sweeper and by retry.
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
