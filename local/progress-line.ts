/** How far a command has come: one line that is drawn over on a terminal, and now and then a line anywhere else. */

export type Draw = (done: number, total: number, words: string) => void;

const WIDTH = 30;
/** A log that nobody watches has a line every so often, and at each end. */
const QUIET_MS = 5_000;
/** A terminal is drawn at most so often. */
const DRAW_MS = 100;

type Output = { isTTY?: boolean; write(text: string): unknown };

/** @param name what is being done, before the bar */
export function progressLine(name: string, output: Output = process.stderr, now = Date.now): Draw {
  let last = Number.NEGATIVE_INFINITY;
  return (done, total, words) => {
    const complete = done >= total;
    if (!complete && now() - last < (output.isTTY ? DRAW_MS : QUIET_MS)) return;
    last = now();
    const part = total > 0 ? Math.min(done / total, 1) : 0;
    const filled = Math.floor(part * WIDTH);
    const bar = "#".repeat(filled) + "-".repeat(WIDTH - filled);
    // Short of 100 until all is done.
    const percent = `${complete ? 100 : Math.min(Math.floor(part * 100), 99)}%`.padStart(4);
    const line = `${name} [${bar}] ${percent}  ${words}`;
    // A carriage return, and an escape that clears what an earlier, longer line has left.
    output.write(output.isTTY ? `\r${line}\u001b[K${complete ? "\n" : ""}` : `${line}\n`);
  };
}
