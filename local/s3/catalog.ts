import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import type { Checksum } from "./checksums.ts";
import type { Piece } from "./pieces.ts";

/** One version of an object; in a bucket without versioning its only one, called "null" as S3 does. */
export type Version = {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  /** True for the version that stands for a deletion in a versioned bucket. */
  readonly deleteMarker: boolean;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly modified: Date;
  /** Content-Type, x-amz-meta-* and the like, as they are given back. */
  readonly headers: Readonly<Record<string, string>>;
  readonly checksum: Checksum | null;
  readonly pieces: readonly Piece[];
};

/** Grows with every change of any object. */
export type Sequenced<T> = T & { readonly sequence: number };

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS versions (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket TEXT NOT NULL, key TEXT NOT NULL, version_id TEXT NOT NULL,
    current INTEGER NOT NULL, delete_marker INTEGER NOT NULL,
    size INTEGER NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL,
    headers TEXT NOT NULL, checksum TEXT NOT NULL, pieces TEXT NOT NULL,
    UNIQUE (bucket, key, version_id)
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS current_versions ON versions (bucket, key) WHERE current = 1;
`;

/** Which objects there are. Every method is one SQLite transaction and returns in one turn of the event loop. */
export class Catalog {
  readonly database: DatabaseSync;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.database = new DatabaseSync(join(folder, "catalog.sqlite"));
    try {
      // A second server on the same folder would delete the files the first is writing.
      this.database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;");
      this.database.exec("PRAGMA synchronous = FULL;");
      this.database.exec(SCHEMA);
    } catch (error) {
      this.database.close();
      throw new Error(`cannot open the objects in ${folder}: is another server using them?`, {
        cause: error,
      });
    }
  }

  close(): void {
    this.database.close();
  }

  transaction<T>(work: () => T): T {
    this.database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.database.exec("COMMIT");
      return result;
    } catch (error) {
      this.database.exec("ROLLBACK");
      throw error;
    }
  }

  current(bucket: string, key: string): Sequenced<Version> | undefined {
    const row = this.database
      .prepare("SELECT * FROM versions WHERE bucket = ? AND key = ? AND current = 1")
      .get(bucket, key);
    return row === undefined ? undefined : toVersion(row);
  }

  version(bucket: string, key: string, versionId: string): Sequenced<Version> | undefined {
    const row = this.database
      .prepare("SELECT * FROM versions WHERE bucket = ? AND key = ? AND version_id = ?")
      .get(bucket, key, versionId);
    return row === undefined ? undefined : toVersion(row);
  }

  /** Makes this the current version; answers its sequence and the pieces of the version it replaced. */
  put(version: Version): { sequence: number; replaced: readonly Piece[] } {
    const { bucket, key, versionId } = version;
    const replaced = this.version(bucket, key, versionId)?.pieces ?? [];
    this.database
      .prepare("DELETE FROM versions WHERE bucket = ? AND key = ? AND version_id = ?")
      .run(bucket, key, versionId);
    this.database.prepare("UPDATE versions SET current = 0 WHERE bucket = ? AND key = ?").run(bucket, key);
    const { lastInsertRowid } = this.database
      .prepare(
        `INSERT INTO versions
          (bucket, key, version_id, current, delete_marker, size, etag, modified, headers, checksum, pieces)
          VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        bucket,
        key,
        versionId,
        version.deleteMarker ? 1 : 0,
        version.size,
        version.etag,
        version.modified.getTime(),
        JSON.stringify(version.headers),
        JSON.stringify(version.checksum),
        JSON.stringify(version.pieces),
      );
    return { sequence: Number(lastInsertRowid), replaced };
  }

  /** Forgets one version; the newest one left, if any, becomes the current one. */
  forget(bucket: string, key: string, versionId: string): Sequenced<Version> | undefined {
    const version = this.version(bucket, key, versionId);
    if (version === undefined) return undefined;
    this.database.prepare("DELETE FROM versions WHERE sequence = ?").run(version.sequence);
    this.database
      .prepare(
        `UPDATE versions SET current = 1 WHERE sequence =
          (SELECT max(sequence) FROM versions WHERE bucket = ? AND key = ?)`,
      )
      .run(bucket, key);
    return version;
  }

  /** Forgets every version last changed before then, at most so many; answers their pieces. */
  forgetOlder(bucket: string, prefix: string, time: Date, most: number): (readonly Piece[])[] {
    return this.database
      .prepare(
        `SELECT * FROM versions WHERE bucket = ? AND substr(key, 1, length(?)) = ? AND modified < ?
          ORDER BY sequence LIMIT ?`,
      )
      .all(bucket, prefix, prefix, time.getTime(), most)
      .map(toVersion)
      .map(({ key, versionId }) => this.forget(bucket, key, versionId)?.pieces ?? []);
  }

  /** Current objects with keys from `from` on, in the order of the keys' UTF-8 bytes as S3 lists them. */
  list(bucket: string, from: string, most: number): Sequenced<Version>[] {
    return this.database
      .prepare(
        `SELECT * FROM versions WHERE bucket = ? AND key >= ? AND current = 1 AND delete_marker = 0
          ORDER BY key LIMIT ?`,
      )
      .all(bucket, from, most)
      .map(toVersion);
  }

  /** Names of the files that belong to objects. */
  files(): Set<string> {
    const rows = this.database
      .prepare(
        "SELECT json_extract(piece.value, '$.file') AS file FROM versions, json_each(versions.pieces) AS piece",
      )
      .all();
    return new Set(rows.map((row) => String(row.file)));
  }
}

function toVersion(row: Record<string, SQLOutputValue>): Sequenced<Version> {
  return {
    sequence: Number(row.sequence),
    bucket: String(row.bucket),
    key: String(row.key),
    versionId: String(row.version_id),
    deleteMarker: row.delete_marker === 1,
    size: Number(row.size),
    etag: String(row.etag),
    modified: new Date(Number(row.modified)),
    headers: JSON.parse(String(row.headers)),
    checksum: JSON.parse(String(row.checksum)),
    pieces: JSON.parse(String(row.pieces)),
  };
}
