import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The Idempotency-Key of an upload that may be interrupted: the same files, handed in again, are the same batch. The
 * note beside it is named by a hash, for files are called after patients, and gone once the batch has been seen to
 * its end.
 */
export type KeptKey = {
  key: string;
  /** It is from an earlier run. */
  known: boolean;
  forget(): Promise<void>;
};

export async function keptKey(folder: string, identity: unknown): Promise<KeptKey> {
  const name = createHash("sha256").update(JSON.stringify(identity)).digest("hex");
  const file = join(folder, "uploads", name);
  const forget = () => rm(file, { force: true });
  try {
    return { key: await readFile(file, "utf8"), known: true, forget };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const key = randomUUID();
  await mkdir(join(folder, "uploads"), { recursive: true });
  await writeFile(file, key, { mode: 0o600 });
  return { key, known: false, forget };
}
