import { useCallback, useEffect, useRef, useState } from "react";
import { listSheets } from "../client/batches.ts";
import type { SheetFilter, SheetList } from "../contract/batches.ts";
import { explain } from "./explain.ts";
import { useWork } from "./work.ts";

/** Sheets shown at once: a few screens full. While the batch is being read they are asked for every few seconds. */
export const SHEETS_SHOWN = 25;

/** Which sheets of a batch, and from where on. */
export type Wanted = { status?: SheetFilter; taskId?: string; pageToken?: string };

export type ShownSheets = {
  /** Null until they are known. */
  list: SheetList | null;
  trouble: string;
  again: () => void;
};

/** One page of a batch's sheets, asked for again whenever `version` has changed since. */
export function useSheets(batchId: string, wanted: Wanted, version: string): ShownSheets {
  const { service, noticed } = useWork();
  const [loaded, setLoaded] = useState<{ wanted: Wanted; list: SheetList } | null>(null);
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
          const list = await listSheets(service, batchId, { ...wanted, pageSize: SHEETS_SHOWN, signal });
          setLoaded({ wanted, list });
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
  }, [service, noticed, batchId, wanted]);
  useEffect(() => {
    again();
    return () => asking.current?.abort();
  }, [again]);

  return { list: loaded?.wanted === wanted ? loaded.list : null, trouble, again };
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
