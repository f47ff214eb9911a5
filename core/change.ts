/** Times a write is tried against concurrent ones before it is given up as `Contended`. */
const MAX_TRIES = 20;

/** So many others wrote the same record at once that this write never got its turn. It is safe to try again. */
export class Contended extends Error {
  override readonly name = "Contended";
}

type Versioned = { version: number };

/** A record as its store reads and writes it: `replace` refuses a write made from any version but the stored one. */
export type Kept<R extends Versioned> = {
  read(): Promise<R | null>;
  replace(record: R): Promise<boolean>;
};

/**
 * Reads a record, makes a move and writes it, again from the start when somebody else wrote in between: the one way a
 * record changes. `move` answers the new record and what to tell the caller, or null to leave it as it is.
 * @param inHand the record as the caller last wrote it: it is read only if it has changed since
 * @returns what `move` told; null when there is no record or no move
 * @throws Contended
 */
export async function change<R extends Versioned, T>(
  kept: Kept<R>,
  move: (record: R) => { record: R; told: T } | null,
  inHand: R | null = null,
): Promise<{ record: R; told: T } | null> {
  let given = inHand;
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const before = given ?? (await kept.read());
    const made = before && move(before);
    if (before && made && made.record !== before) {
      const after = { ...made.record, version: before.version + 1 };
      if (await kept.replace(after)) return { record: after, told: made.told };
      // Full jitter, so that those who met here do not meet again.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * Math.min(tries, 8)));
    } else if (!given) {
      return made;
    }
    given = null;
  }
  throw new Contended();
}
