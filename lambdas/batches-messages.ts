import { batchesMessage, decodeEventKey } from "../contract/messages.ts";
import { parseArchiveKey } from "../contract/object-keys.ts";

/** What a message of the queue `batches` asks for. */
export type BatchWork =
  | { kind: "arrived"; batchId: string }
  | { kind: "expand"; batchId: string }
  | { kind: "recount"; batchId: string; resend: boolean };

/** None for S3's test event and for keys that are no ZIP's. Null when it is no message of ours at all. */
export function batchWorkOf(body: string): BatchWork[] | null {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return null;
  }
  const message = batchesMessage.safeParse(json);
  if (!message.success) return null;
  const { data } = message;
  if ("Event" in data) return [];
  if ("type" in data) {
    const batchId = data.batch_id;
    return [
      data.type === "expand_batch"
        ? { kind: "expand", batchId }
        : { kind: "recount", batchId, resend: data.resend },
    ];
  }
  return data.Records.flatMap((record): BatchWork[] => {
    if (!record.eventName.startsWith("ObjectCreated:")) return [];
    const key = decodeEventKey(record.s3.object.key);
    const batchId = key === null ? null : parseArchiveKey(key);
    return batchId === null ? [] : [{ kind: "arrived", batchId }];
  });
}
