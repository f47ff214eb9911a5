import { useCallback, useEffect, useRef, useState } from "react";
import { followBatch } from "../client/batches.ts";
import type { BatchProgress } from "../contract/batches.ts";
import { explain } from "./explain.ts";
import { useWork } from "./work.ts";

export type FollowedBatch = {
  /** Null until it is known. */
  batch: BatchProgress | null;
  trouble: string;
  /** Asks again now, and follows from there: after something was done to it. */
  again: () => void;
};

/** How a batch stands, as it goes on. */
export function useBatch(id: string): FollowedBatch {
  const { service, noticed } = useWork();
  const [batch, setBatch] = useState<BatchProgress | null>(null);
  const [trouble, setTrouble] = useState("");
  const following = useRef<AbortController>(null);

  const again = useCallback(() => {
    following.current?.abort();
    const stop = new AbortController();
    const { signal } = stop;
    following.current = stop;
    setTrouble("");
    followBatch(service, id, { onProgress: setBatch, signal }).catch((error: unknown) => {
      if (signal.aborted) return;
      noticed(error);
      setTrouble(explain(error));
    });
  }, [service, noticed, id]);
  useEffect(() => {
    again();
    return () => following.current?.abort();
  }, [again]);

  return { batch, trouble, again };
}
