import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { Checksum, ChecksumAlgorithm } from "./checksums.ts";
import type { Piece } from "./pieces.ts";

/** A multipart upload that has been opened and not aborted. */
export type Upload = {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  readonly started: Date;
  /** Of the object it will become. */
  readonly headers: Readonly<Record<string, string>>;
  /** What checksum its parts must come with; null when it was opened without one. */
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly type: Checksum["type"] } | null;
  /** How it was completed; null while it is open. Kept so that completing it again gives the same answer. */
  readonly completed: Completion | null;
};

export type Completion = {
  /** Part numbers and ETags as the request named them. */
  readonly parts: string;
  readonly etag: string;
  readonly versionId: string;
  readonly checksum: Checksum | null;
};

export type Part = Piece & {
  readonly number: number;
  /** Without quotes. */
  readonly etag: string;
  readonly checksum: Checksum | null;
  readonly modified: Date;
};

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS uploads (
    upload_id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, started INTEGER NOT NULL,
    headers TEXT NOT NULL, checksum TEXT NOT NULL, completed TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS uploads_by_key ON uploads (bucket, key, upload_id);
  CREATE TABLE IF NOT EXISTS parts (
    upload_id TEXT NOT NULL REFERENCES uploads ON DELETE CASCADE, number INTEGER NOT NULL,
    file TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, checksum TEXT NOT NULL, modified INTEGER NOT NULL,
    PRIMARY KEY (upload_id, number)
  ) STRICT;
`;

/** Multipart uploads under way, in the catalog's database so that completing one is a single transaction. */
export class Uploads {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec(SCHEMA);
  }

  open(upload: Upload): void {
    this.#database
      .prepare(
        `INSERT INTO uploads (upload_id, bucket, key, started, headers, checksum, completed)
          VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        upload.uploadId,
        upload.bucket,
        upload.key,
        upload.started.getTime(),
        JSON.stringify(upload.headers),
        JSON.stringify(upload.checksum),
        JSON.stringify(upload.completed),
      );
  }

  find(uploadId: string): Upload | undefined {
    const row = this.#database.prepare("SELECT * FROM uploads WHERE upload_id = ?").get(uploadId);
    return row === undefined ? undefined : toUpload(row);
  }

  /** Remembers the answer; the parts belong to the object from now on. */
  complete(uploadId: string, completion: Completion): void {
    this.#database
      .prepare("UPDATE uploads SET completed = ? WHERE upload_id = ?")
      .run(JSON.stringify(completion), uploadId);
    this.#database.prepare("DELETE FROM parts WHERE upload_id = ?").run(uploadId);
  }

  /** Answers the pieces that nothing owns any more. */
  forget(uploadId: string): Part[] {
    const parts = this.parts(uploadId);
    this.#database.prepare("DELETE FROM uploads WHERE upload_id = ?").run(uploadId);
    return parts;
  }

  /** Answers the part of the same number that it replaces. */
  putPart(uploadId: string, part: Part): Part | undefined {
    const [replaced] = this.parts(uploadId, part.number - 1, 1).filter(
      ({ number }) => number === part.number,
    );
    this.#database
      .prepare(
        `INSERT OR REPLACE INTO parts (upload_id, number, file, size, etag, checksum, modified)
          VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        uploadId,
        part.number,
        part.file,
        part.size,
        part.etag,
        JSON.stringify(part.checksum),
        part.modified.getTime(),
      );
    return replaced;
  }

  /** In the order of their numbers, from the one after `after`. */
  parts(uploadId: string, after = 0, most = -1): Part[] {
    return this.#database
      .prepare("SELECT * FROM parts WHERE upload_id = ? AND number > ? ORDER BY number LIMIT ?")
      .all(uploadId, after, most)
      .map(toPart);
  }

  /** Open uploads in the order of their keys, from the one after that key and upload id. */
  list(bucket: string, prefix: string, after: { key: string; uploadId: string }, most: number): Upload[] {
    return this.#database
      .prepare(
        `SELECT * FROM uploads WHERE bucket = ? AND completed = 'null' AND substr(key, 1, length(?)) = ?
          AND (key, upload_id) > (?, ?) ORDER BY key, upload_id LIMIT ?`,
      )
      .all(bucket, prefix, prefix, after.key, after.uploadId, most)
      .map(toUpload);
  }

  /** Every upload, completed or not, that was opened before then. */
  startedBefore(bucket: string, time: Date): Upload[] {
    return this.#database
      .prepare("SELECT * FROM uploads WHERE bucket = ? AND started < ?")
      .all(bucket, time.getTime())
      .map(toUpload);
  }

  /** Names of the files that belong to parts. */
  files(): Set<string> {
    return new Set(
      this.#database
        .prepare("SELECT file FROM parts")
        .all()
        .map((row) => String(row.file)),
    );
  }
}

function toUpload(row: Record<string, SQLOutputValue>): Upload {
  return {
    uploadId: String(row.upload_id),
    bucket: String(row.bucket),
    key: String(row.key),
    started: new Date(Number(row.started)),
    headers: JSON.parse(String(row.headers)),
    checksum: JSON.parse(String(row.checksum)),
    completed: JSON.parse(String(row.completed)),
  };
}

function toPart(row: Record<string, SQLOutputValue>): Part {
  return {
    number: Number(row.number),
    file: String(row.file),
    size: Number(row.size),
    etag: String(row.etag),
    checksum: JSON.parse(String(row.checksum)),
    modified: new Date(Number(row.modified)),
  };
}
