import { type ReadSheetMessage, readSheetMessage } from "../contract/messages.ts";

/** The sheet that a message of the queue `sheets` is about; null when it is no message of ours. */
export function sheetOf(body: string): ReadSheetMessage | null {
  try {
    return readSheetMessage.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}
