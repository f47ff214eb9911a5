import pRetry from "p-retry";

/** How often a call or an upload that a weak network broke is tried in all. */
export const TRIES = 3;
/** Before the second try, in milliseconds; it doubles, and is stretched at random so that a ward does not return at once. */
const FIRST_PAUSE_MS = 500;

/** Does the work again while its error is one that passes. @throws the last error, or the signal's reason */
export function tryAgain<T>(
  work: () => Promise<T>,
  passes: (error: unknown) => boolean,
  signal: AbortSignal | undefined,
): Promise<T> {
  return pRetry(work, {
    retries: TRIES - 1,
    minTimeout: FIRST_PAUSE_MS,
    factor: 2,
    randomize: true,
    shouldRetry: ({ error }) => passes(error),
    ...(signal ? { signal } : {}),
  });
}

/** @throws the signal's reason, as soon as it is given */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
