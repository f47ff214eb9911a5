/**
 * Kept for the end of a run, for a checkpoint and for sending for the next: a page of sheets to be read again takes a few
 * seconds. Of a function with little time, a quarter of it: it must get further in every run.
 */
const HAND_OVER_MS = 15_000;

/** At the beginning of a run: tells from then on whether its time is up. */
export function runTime(timeLeftMs: () => number): () => boolean {
  const kept = Math.min(HAND_OVER_MS, timeLeftMs() / 4);
  return () => timeLeftMs() < kept;
}
