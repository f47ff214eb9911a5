import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from "idb";

/** One photo of a label; pages count from 1. */
export type KeptPhoto = { page: number; blob: Blob };

/**
 * Photos that are on their way, kept in this browser until their scan has ended: they survive a reload, a lost network
 * and an expired session. Gone when the person signs out.
 */
export type KeptScan = {
  /** Also the Idempotency-Key of its booking: sent again after a reload, it stays one scan. */
  id: string;
  /** The person's subject identifier: nobody sees or sends another's photos. */
  owner: string;
  createdAt: number;
  photos: readonly KeptPhoto[];
  /** Known once every photo has arrived. */
  jobId?: string;
};

/** Where the file of a batch lies on this device, as far as its browser tells: never the file itself. */
export type KeptFiles = {
  batchId: string;
  owner: string;
  createdAt: number;
  handles: readonly FileSystemFileHandle[];
};

interface Schema extends DBSchema {
  scans: { key: string; value: KeptScan };
  files: { key: string; value: KeptFiles };
}

const NAME = "rxscan";
/** 1 had no files. */
const VERSION = 2;
/** What somebody else left behind without signing out goes after a day. */
const LEFT_BEHIND_MS = 24 * 3600 * 1000;

export class Outbox {
  readonly #database: IDBPDatabase<Schema>;
  readonly #owner: string;

  private constructor(database: IDBPDatabase<Schema>, owner: string) {
    this.#database = database;
    this.#owner = owner;
  }

  static async open(owner: string): Promise<Outbox> {
    const database = await openDB<Schema>(NAME, VERSION, {
      upgrade(made, before) {
        if (before < 1) made.createObjectStore("scans", { keyPath: "id" });
        if (before < 2) made.createObjectStore("files", { keyPath: "batchId" });
      },
    });
    return new Outbox(database, owner);
  }

  /** The person's own, oldest first. */
  async all(): Promise<KeptScan[]> {
    const all = await this.#database.getAll("scans");
    const forgotten = all.filter(
      ({ owner, createdAt }) => owner !== this.#owner && Date.now() - createdAt > LEFT_BEHIND_MS,
    );
    for (const { id } of forgotten) await this.remove(id);
    for (const { batchId, createdAt } of await this.#database.getAll("files")) {
      if (Date.now() - createdAt > LEFT_BEHIND_MS) await this.forgetFiles(batchId);
    }
    return all.filter(({ owner }) => owner === this.#owner).sort((a, b) => a.createdAt - b.createdAt);
  }

  async keep(scan: KeptScan): Promise<void> {
    await this.#database.put("scans", scan);
  }

  async remove(id: string): Promise<void> {
    await this.#database.delete("scans", id);
  }

  async keepFiles(files: KeptFiles): Promise<void> {
    await this.#database.put("files", files);
  }

  /** The person's own, if the browser kept any of this batch. */
  async filesOf(batchId: string): Promise<KeptFiles | null> {
    const kept = await this.#database.get("files", batchId);
    return kept?.owner === this.#owner ? kept : null;
  }

  async forgetFiles(batchId: string): Promise<void> {
    await this.#database.delete("files", batchId);
  }

  /** Everything in this browser, whosever it is. */
  async clear(): Promise<void> {
    this.#database.close();
    await deleteDB(NAME);
  }
}
