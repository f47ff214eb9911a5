import { Random } from "../corpus/random.ts";

/** What may befall a call on its way there and back, with how often it does, in percent. */
const onTheWay = {
  /** The connection breaks before the call arrives. */
  broken_before: 4,
  /** It breaks after the service has done what was asked. */
  broken_after: 4,
  /** It breaks in the middle of the answer. */
  broken_within: 3,
  /** No answer ever comes, although the service has done what was asked. */
  silent: 2,
  late: 8,
  /** Somebody on the way answers 200 with a page of their own; the service never hears of the call. */
  portal: 1,
  /** A proxy hands the call on twice and answers what came second. */
  twice: 5,
  unavailable: 4,
} as const;

const ofABooking = {
  ...onTheWay,
  /** The token is not taken any more. */
  signed_out: 1,
} as const;

const ofAStatus = {
  ...onTheWay,
  /** A cache answers what it once answered about another scan. */
  anothers: 3,
  signed_out: 0.2,
} as const;

const ofAnUpload = {
  ...onTheWay,
  /** One bit of the photo changes on its way. */
  corrupted: 8,
  /** Only half of the photo arrives. */
  cut_short: 3,
  /** Its URL is too old when it arrives. */
  expired: 4,
} as const;

const ofAReader = {
  /** The event of the photo's arrival comes twice. */
  twice: 15,
  /** It comes after the client's patience has ended. */
  late: 1,
  crashes_once: 6,
  crashes_always: 1,
} as const;

const perils = { book: ofABooking, status: ofAStatus, put: ofAnUpload, read: ofAReader } as const;
type Perils = typeof perils;
export type Kind = keyof Perils;
export type Fate<K extends Kind> = K extends Kind ? keyof Perils[K] | "good" : never;

export type Fates = {
  /** A number from 0 to 1 that is always the same for the same words. */
  number(...words: (string | number)[]): number;
  /** What befalls the n-th call of its kind for one scan: the same for the same seed, whatever else goes on. */
  of<K extends Kind>(kind: K, scan: string, n: number): Fate<K>;
  /** How often each befell somebody. */
  dealt: Map<string, number>;
  /** From now on nothing befalls anybody. */
  calm(): void;
};

export function fatesFrom(seed: number): Fates {
  const dealt = new Map<string, number>();
  let isCalm = false;
  const number = (...words: (string | number)[]) => new Random(JSON.stringify([seed, ...words])).unit();
  return {
    number,
    dealt,
    calm() {
      isCalm = true;
    },
    of<K extends Kind>(kind: K, scan: string, n: number) {
      const fate = isCalm ? "good" : drawn(perils[kind], number(kind, scan, n) * 100);
      if (fate !== "good") dealt.set(`${kind}: ${fate}`, (dealt.get(`${kind}: ${fate}`) ?? 0) + 1);
      return fate as Fate<K>;
    },
  };
}

/** @param left where the draw fell, of 100 */
function drawn(from: Readonly<Record<string, number>>, left: number): string {
  let upTo = 0;
  for (const [peril, percent] of Object.entries(from)) {
    upTo += percent;
    if (left < upTo) return peril;
  }
  return "good";
}

export const everyPeril: readonly string[] = Object.entries(perils).flatMap(([kind, all]) =>
  Object.keys(all).map((peril) => `${kind}: ${peril}`),
);
