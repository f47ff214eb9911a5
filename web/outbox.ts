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

interface Schema extends DBSchema {
  scans: { key: string; value: KeptScan };
}

const NAME = "rxscan";
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
    const database = await openDB<Schema>(NAME, 1, {
      upgrade: (made) => void made.createObjectStore("scans", { keyPath: "id" }),
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
    return all.filter(({ owner }) => owner === this.#owner).sort((a, b) => a.createdAt - b.createdAt);
  }

  async keep(scan: KeptScan): Promise<void> {
    await this.#database.put("scans", scan);
  }

  async remove(id: string): Promise<void> {
    await this.#database.delete("scans", id);
  }

  /** Everything in this browser, whosever it is. */
  async clear(): Promise<void> {
    this.#database.close();
    await deleteDB(NAME);
  }
}
