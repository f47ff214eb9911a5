import type { taskSources } from "../../contract/batches.ts";
import type { UnderstoodMedication } from "../../contract/medications.ts";
import type { SheetReason } from "../../contract/problems.ts";
import type { Box, Line, PageReading } from "../../contract/reading.ts";

/** The task a sheet belongs to and where it says so, or why it has none. */
export type SheetTask =
  | { task_id: string; source: (typeof taskSources)[number] }
  | {
      task_id: null;
      reason: Extract<SheetReason, "no_task_code" | "several_task_codes" | "task_code_invalid">;
    };

const TASK = /^\d{8}$/;
const QR = "QRCode";

/**
 * How sure the reader must be of every one of the printed digits. On drawn sheets it was 0.96 or more of all digits
 * until they were blurred beyond use, and 0.73 at most of a number that it misread (docs/decisions/0088).
 */
const SURE = 0.9;

/**
 * From the sheet's QR codes: those of 8 digits, if they are all the same. Where there is none, from 8 digits printed
 * under a QR code or, failing that, on a line of their own, if there is one such line and it was read surely. Numbers
 * that are something else are left out: what a barcode says, and prescription numbers.
 */
export function taskOf(
  { codes, lines }: PageReading,
  medications: readonly Pick<UnderstoodMedication, "rx_number">[],
): SheetTask {
  const qrCodes = codes.filter(({ format }) => format === QR);
  const tasks = new Set(qrCodes.map(({ text }) => text.trim()).filter((text) => TASK.test(text)));
  const [task] = tasks;
  if (tasks.size > 1) return { task_id: null, reason: "several_task_codes" };
  if (task !== undefined) return { task_id: task, source: "qr" };

  const others = new Set([
    ...codes.filter(({ format }) => format !== QR).map(({ text }) => text.trim()),
    ...medications.map(({ rx_number }) => rx_number),
  ]);
  const printed = lines.filter(({ text }) => TASK.test(text.trim()) && !others.has(text.trim()));
  const under = printed.filter(({ box }) => qrCodes.some((code) => isUnder(box, code.box)));
  const found = surely(under.length > 0 ? under : printed);
  if (found !== null) return { task_id: found, source: "printed" };
  return { task_id: null, reason: qrCodes.length > 0 ? "task_code_invalid" : "no_task_code" };
}

/** The one number that these lines show, where every line was read surely. */
function surely(lines: readonly Line[]): string | null {
  const [number, ...others] = new Set(lines.map(({ text }) => text.trim()));
  if (number === undefined || others.length > 0) return null;
  return lines.every(isSure) ? number : null;
}

const isSure = ({ confidence, characters, second, text }: Line): boolean =>
  Math.min(confidence, ...(characters ?? [])) >= SURE && (second === undefined || second.text === text);

/** Whether a line begins below the upper half of the code, no lower than its height under it, and beside nothing of it. */
function isUnder([x, y, width]: Box, [left, top, codeWidth, codeHeight]: Box): boolean {
  const middle = x + width / 2;
  const within = middle >= left && middle <= left + codeWidth;
  return within && y > top + codeHeight / 2 && y <= top + 2 * codeHeight;
}
