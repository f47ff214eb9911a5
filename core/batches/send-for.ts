import type { ReadSheetMessage } from "../../contract/messages.ts";
import type { Sheet } from "./sheet.ts";
import type { SheetsQueue } from "./stores.ts";

/** SQS takes at most ten messages in one request. */
const MESSAGES = 10;

/** Sends for the sheets among these that wait to be read, ten in a request and the requests side by side. */
export async function sendFor(sheets: readonly Sheet[], queue: SheetsQueue): Promise<void> {
  const messages = sheets
    .filter((sheet) => sheet.status === "pending")
    .map(({ batch_id, index }): ReadSheetMessage => ({ type: "read_sheet", batch_id, index }));
  const tens = Array.from({ length: Math.ceil(messages.length / MESSAGES) }, (_, ten) =>
    messages.slice(ten * MESSAGES, (ten + 1) * MESSAGES),
  );
  await allOf(tens.map((ten) => queue.send(ten)));
}

/** Waits for every one, also when one fails: nothing goes on behind the back of whoever sees the failure. */
export async function allOf<T>(works: readonly Promise<T>[]): Promise<T[]> {
  const ended = await Promise.allSettled(works);
  return ended.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}
