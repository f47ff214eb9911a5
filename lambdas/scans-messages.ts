import { decodeEventKey, scansMessage } from "../contract/messages.ts";
import { parseOriginalKey } from "../contract/object-keys.ts";

/**
 * The pages that a message of the queue `scans` is about: none for S3's test event and for keys that are no photo's.
 * Null when it is no message of ours at all.
 */
export function pagesOf(body: string): { jobId: string; page: number }[] | null {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return null;
  }
  const message = scansMessage.safeParse(json);
  if (!message.success) return null;
  const { data } = message;
  if ("type" in data) return [{ jobId: data.job_id, page: data.page }];
  if ("Event" in data) return [];
  return data.Records.flatMap((record) => {
    if (!record.eventName.startsWith("ObjectCreated:")) return [];
    const key = decodeEventKey(record.s3.object.key);
    const found = key === null ? null : parseOriginalKey(key);
    return found ? [found] : [];
  });
}
