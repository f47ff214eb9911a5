import type { Issue } from "./judge.ts";

/** Advice that comes later than this is of no use: the photo is under way. */
const PATIENCE_MS = 10_000;

/** What should make a person take this photo again; nothing when it is good, or cannot be judged here. */
export function issuesOf(photo: Blob): Promise<readonly Issue[]> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const judged = new Promise<readonly Issue[]>((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<readonly Issue[]>) => resolve(data);
    worker.onerror = () => resolve([]);
    setTimeout(() => resolve([]), PATIENCE_MS);
    worker.postMessage(photo);
  });
  return judged.finally(() => worker.terminate());
}
