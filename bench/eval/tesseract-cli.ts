import { spawn } from "node:child_process";
import { type Grey, portableGraymap } from "../../core/reading/picture.ts";

/**
 * Reads a picture with the `tesseract` command, as people run it: English, page segmentation 3, one thread. The
 * picture goes in as PGM over standard input, so that no time is spent on compression or files.
 * @returns its text, and the milliseconds from starting the command to its end
 * @throws Error when the command is missing or fails
 */
export function readWithTesseract(picture: Grey): Promise<{ text: string; ms: number }> {
  return new Promise((resolve, reject) => {
    const pgm = portableGraymap(picture);
    const started = performance.now();
    const child = spawn("tesseract", ["stdin", "stdout", "--psm", "3", "-l", "eng"], {
      env: { ...process.env, OMP_THREAD_LIMIT: "1" },
    });
    const out: Buffer[] = [];
    const complaints: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk));
    child.on("error", (error: NodeJS.ErrnoException) => {
      const missing = error.code === "ENOENT";
      reject(
        missing
          ? new Error("no `tesseract` command here: install it (Debian: tesseract-ocr) or leave out --vs")
          : error,
      );
    });
    // A command that dies before it has read everything says why in its exit, not in the broken pipe.
    child.stdin.on("error", () => {});
    child.on("close", (code) => {
      const ms = performance.now() - started;
      if (code === 0) resolve({ text: Buffer.concat(out).toString("utf8"), ms });
      else
        reject(
          new Error(
            `tesseract ended with ${code}: ${Buffer.concat(complaints).toString("utf8").slice(0, 500)}`,
          ),
        );
    });
    child.stdin.end(pgm);
  });
}
