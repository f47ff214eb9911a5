import { vi } from "vitest";

/**
 * A clock that only moves when every call has been answered or is held back, so that minutes of waiting take no time
 * and the same seed gives the same course of events, over real sockets too.
 */
export type SteeredClock = {
  /** Held back: time may pass although this call has no answer yet. */
  hold(call: string): void;
  /** No longer held back: it is answered before time passes again. */
  release(call: string): void;
  /** Lets time pass until the work has ended. @throws when nothing is left that could ever happen */
  until<T>(work: Promise<T>): Promise<T>;
  stop(): void;
};

/** The header by which a server tells the clock which call it is about. */
export const CALL = "x-test-call";

/** Turns of the event loop without a call or a timer before it is certain that nothing is left: digests take some. */
const IDLE_TURNS = 2000;

/** What is due within this is taken together: it saves most of the turns, and no promise is about hundredths of a second. */
const STEP_MS = 20;

const turn = () => new Promise((resolve) => setImmediate(resolve));

export function steeredClock(): SteeredClock {
  const timers = new Timers(Date.UTC(2026, 0, 5, 9));
  vi.stubGlobal("setTimeout", timers.set);
  vi.stubGlobal("clearTimeout", timers.clear);
  vi.spyOn(Date, "now").mockImplementation(() => timers.now);
  vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    const patience = new AbortController();
    timers.set(() => patience.abort(new DOMException("The operation timed out", "TimeoutError")), ms);
    return patience.signal;
  });

  const under = new Set<string>();
  let calls = 0;
  const real = globalThis.fetch;
  vi.stubGlobal("fetch", async (url: URL | string, init: RequestInit = {}) => {
    calls += 1;
    const call = String(calls);
    under.add(call);
    const headers = new Headers(init.headers);
    headers.set(CALL, call);
    const over = () => under.delete(call);
    try {
      const response = await real(url, { ...init, headers });
      // An answer has come when all of it has: the copy's end is the original's.
      response.clone().arrayBuffer().then(over, over);
      return response;
    } catch (error) {
      over();
      throw error;
    }
  });

  return {
    hold: (call) => under.delete(call),
    release: (call) => under.add(call),
    async until(work) {
      let ended = false;
      const end = () => {
        ended = true;
      };
      work.then(end, end);
      for (let idle = 0; !ended; ) {
        await turn();
        if (under.size > 0) continue;
        // What an answer set going comes before the next tick.
        await turn();
        await turn();
        if (under.size > 0 || ended) continue;
        idle = timers.next() ? 0 : idle + 1;
        if (idle > IDLE_TURNS) throw new Error("nothing is left that could ever happen");
      }
      return work;
    },
    stop() {
      vi.unstubAllGlobals();
      vi.restoreAllMocks();
    },
  };
}

type Timer = { at: number; work: () => void; isCleared: boolean };

/** Timers in the order of their times. Thousands wait at once, and vitest's own looks at each of them at each step. */
class Timers {
  now: number;
  readonly #waiting: Timer[] = [];

  constructor(now: number) {
    this.now = now;
  }

  set = (work: (...all: unknown[]) => void, ms = 0, ...all: unknown[]) => {
    const timer: Timer = { at: this.now + Math.max(1, ms), work: () => work(...all), isCleared: false };
    let [low, high] = [0, this.#waiting.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#waiting[middle]?.at ?? 0) <= timer.at) low = middle + 1;
      else high = middle;
    }
    this.#waiting.splice(low, 0, timer);
    return Object.assign(timer, { ref: () => timer, unref: () => timer });
  };

  clear = (timer?: Timer) => {
    if (timer) timer.isCleared = true;
  };

  /** Moves to the next timer and lets go off what is due within a step; answers whether there was one. */
  next(): boolean {
    let until: number | null = null;
    for (let [timer] = this.#waiting; timer && timer.at <= (until ?? timer.at); [timer] = this.#waiting) {
      this.#waiting.shift();
      if (timer.isCleared) continue;
      until ??= timer.at + STEP_MS;
      this.now = timer.at;
      timer.work();
    }
    return until !== null;
  }
}
