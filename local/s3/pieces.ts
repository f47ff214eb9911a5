import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { join } from "node:path";

/** A run of bytes of an object: one file for a PUT, one for each part of a multipart upload. */
export type Piece = { readonly file: string; readonly size: number };

/** How much of a file is in memory at once while it is read. */
const READ_BYTES = 256 * 1024;

/**
 * Files of bytes under names of their own, so no key ever becomes a path. A file belongs to nothing until the catalog
 * says so in a transaction; what a crash left behind belongs to nothing and is deleted at the next start.
 */
export class PieceFiles {
  readonly #folder: string;
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** Writes what `fill` hands over. The file is on the disk when this resolves, and gone if it rejects. */
  async write<T>(
    fill: (take: (piece: Buffer) => Promise<void>) => Promise<T>,
  ): Promise<{ file: string; filled: T }> {
    const file = randomUUID();
    const handle = await open(this.#path(file), "wx");
    try {
      const filled = await fill((piece) => writeAll(handle, piece));
      await handle.sync();
      await handle.close();
      await this.#syncFolder();
      return { file, filled };
    } catch (error) {
      await handle.close();
      await unlink(this.#path(file));
      throw error;
    }
  }

  /**
   * Keeps the files until the returned function is called, even if their object is deleted meanwhile. To be called in
   * the same turn as the look-up that named them.
   */
  retain(pieces: readonly Piece[]): () => void {
    for (const { file } of pieces) this.#readers.set(file, (this.#readers.get(file) ?? 0) + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      for (const { file } of pieces) this.#release(file);
    };
  }

  #release(file: string): void {
    const left = (this.#readers.get(file) ?? 1) - 1;
    if (left > 0) {
      this.#readers.set(file, left);
      return;
    }
    this.#readers.delete(file);
    if (this.#doomed.delete(file)) void this.#unlink(file);
  }

  /** Deletes the files, each as soon as nobody reads it. */
  async remove(pieces: readonly Piece[]): Promise<void> {
    for (const { file } of pieces) {
      if (this.#readers.has(file)) this.#doomed.add(file);
      else await this.#unlink(file);
    }
  }

  /** Deletes every file the catalog does not know. */
  async removeAllBut(known: ReadonlySet<string>): Promise<void> {
    for (const file of readdirSync(this.#folder)) {
      if (!known.has(file)) await this.#unlink(file);
    }
  }

  /** The bytes from `start` to `end`, both included, counted over all the pieces. */
  async *read(pieces: readonly Piece[], start: number, end: number): AsyncGenerator<Buffer> {
    let offset = 0;
    for (const { file, size } of pieces) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, size - 1);
      offset += size;
      if (from <= to) yield* this.#readFile(file, from, to);
    }
  }

  async *#readFile(file: string, from: number, to: number): AsyncGenerator<Buffer> {
    const handle = await open(this.#path(file), "r");
    try {
      for (let position = from; position <= to; ) {
        const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, to - position + 1));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
        if (bytesRead === 0) throw new Error(`the file ${file} is shorter than its object`);
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  }

  #path(file: string): string {
    return join(this.#folder, file);
  }

  /** A new file's name is durable only once its folder is. */
  async #syncFolder(): Promise<void> {
    const folder = await open(this.#folder, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  /** A file that cannot be deleted now belongs to nothing, and the next start deletes it. */
  async #unlink(file: string): Promise<void> {
    await unlink(this.#path(file)).catch(() => undefined);
  }
}

async function writeAll(handle: FileHandle, piece: Buffer): Promise<void> {
  for (let written = 0; written < piece.length; ) {
    const { bytesWritten } = await handle.write(piece, written);
    written += bytesWritten;
  }
}
