import { useCallback, useEffect, useRef, useState } from "react";
import type { SheetList } from "../contract/batches.ts";
import { explain } from "./explain.ts";
import { useWork } from "./work.ts";

/** Sheets shown at once: a few screens full. While the batch is being read they are asked for every few seconds. */
const SHEETS_SHOWN = 25;

/** Asks for one page of the sheets that are wanted. */
export type LoadSheets = (page: {
  pageSize: number;
  pageToken?: string | undefined;
  signal: AbortSignal;
}) => Promise<SheetList>;

export type ShownSheets = {
  /** Null until they are known. */
  list: SheetList | null;
  /** The place of its first sheet among all, from 1. */
  first: number;
  trouble: string;
  again: () => void;
  /** Shows the page before, or after; null where there is none. */
  before: (() => void) | null;
  after: (() => void) | null;
};

/** The tokens of the pages before the one that is shown and of that one; the first page has none. */
type Place = { load: LoadSheets; tokens: readonly string[] };

/**
 * One page of sheets, asked for again whenever `version` has changed since.
 * @param load another one begins at its first page
 */
export function useSheets(load: LoadSheets, version = ""): ShownSheets {
  const { noticed } = useWork();
  const [place, setPlace] = useState<Place>({ load, tokens: [] });
  const tokens = place.load === load ? place.tokens : [];
  const pageToken = tokens.at(-1);
  const [loaded, setLoaded] = useState<{ load: LoadSheets; pageToken?: string; list: SheetList } | null>(
    null,
  );
  const [trouble, setTrouble] = useState("");
  const latest = useRef(new Latest(version));
  const asking = useRef<AbortController>(null);
  useEffect(() => latest.current.tell(version), [version]);

  const again = useCallback(() => {
    asking.current?.abort();
    const stop = new AbortController();
    const { signal } = stop;
    asking.current = stop;
    const keepAsking = async () => {
      for (;;) {
        const { value } = latest.current;
        setTrouble("");
        try {
          const list = await load({ pageSize: SHEETS_SHOWN, pageToken, signal });
          setLoaded({ load, ...(pageToken === undefined ? {} : { pageToken }), list });
        } catch (error) {
          if (signal.aborted) return;
          noticed(error);
          setTrouble(explain(error));
        }
        // One question at a time, however fast the versions come.
        await latest.current.otherThan(value);
        if (signal.aborted) return;
      }
    };
    void keepAsking();
  }, [noticed, load, pageToken]);
  useEffect(() => {
    again();
    return () => asking.current?.abort();
  }, [again]);

  const list = loaded?.load === load && loaded.pageToken === pageToken ? loaded.list : null;
  const next = list?.next_page_token;
  return {
    list,
    first: tokens.length * SHEETS_SHOWN + 1,
    trouble,
    again,
    before: tokens.length > 0 ? () => setPlace({ load, tokens: tokens.slice(0, -1) }) : null,
    after: next === undefined ? null : () => setPlace({ load, tokens: [...tokens, next] }),
  };
}

/** A value that changes, and waiting for that. */
class Latest {
  value: string;
  #waiting: (() => void)[] = [];

  constructor(value: string) {
    this.value = value;
  }

  tell(value: string): void {
    if (value === this.value) return;
    this.value = value;
    for (const go of this.#waiting.splice(0)) go();
  }

  async otherThan(value: string): Promise<void> {
    while (this.value === value) await new Promise<void>((go) => this.#waiting.push(go));
  }
}
