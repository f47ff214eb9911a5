import type { Token } from "./tokens.ts";
import { tokenize } from "./tokens.ts";
import table from "./vocabulary.data.json" with { type: "json" };

export type UnitOfTime = "s" | "min" | "h" | "d" | "wk" | "mo" | "a";

/** Each unit in plain words, as one of it. */
export const UNIT_NAMES: Record<UnitOfTime, string> = {
  s: "second",
  min: "minute",
  h: "hour",
  d: "day",
  wk: "week",
  mo: "month",
  a: "year",
};
export type Day = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

/** What an entry of the table says about its words, by kind. */
type Entries = {
  number: { value: number };
  ordinal: { value: number };
  unit: { unit: string; code: string; measure?: boolean; route?: string };
  spoonful: object;
  "vague amount": object;
  form: { route?: string };
  verb: { method: string; route?: string };
  route: { route: string; code: string; display: string };
  site: { site: string; organ: string };
  "side code": { code: string };
  frequency: { frequency: number; period: number; periodUnit: UnitOfTime; soft?: boolean; when?: string };
  times: { value: number };
  every: object;
  period: { unit: UnitOfTime };
  time: { when: string };
  meal: { meal: string };
  "meal side": { side: string };
  "meal code": { when: string[] };
  day: { day: Day };
  days: { days: Day[] };
  "as needed": object;
  reason: object;
  purpose: object;
  "reason adjective": object;
  maximum: { per?: UnitOfTime };
  "up to": object;
  then: object;
  stop: object;
  "until finished": object;
  instruction: object;
  warning: object;
  "warning word": object;
  step: object;
  event: object;
  undo: object;
  "grammar word": object;
  filler: object;
};

export type Kind = keyof Entries;
export type Meaning<K extends Kind = Kind> = Entries[K] & { warn?: string };

/** A phrase of the vocabulary found in the tokens: what it means and where it ends. */
export type Phrase<K extends Kind = Kind> = { kind: K; meaning: Meaning<K>; end: number };

type Node = { next: Map<string, Node>; meanings: { kind: Kind; meaning: Meaning }[] };

const newNode = (): Node => ({ next: new Map(), meanings: [] });

const root = newNode();
/** Every word of the table, with the kinds of meaning it has a part in. */
const words = new Map<string, Set<Kind>>();
/** Words that mean something by themselves, with the kinds of it. */
const alone = new Map<string, Set<Kind>>();

const addKind = (map: Map<string, Set<Kind>>, word: string, kind: Kind) =>
  map.set(word, (map.get(word) ?? new Set()).add(kind));

function learn(kind: Kind, meaning: Meaning, phrase: string): void {
  let node = root;
  const tokens = tokenize(phrase);
  for (const token of tokens) {
    let next = node.next.get(token.text);
    if (!next) {
      next = newNode();
      node.next.set(token.text, next);
    }
    node = next;
    if (token.kind !== "word") continue;
    addKind(words, token.text, kind);
    if (tokens.length === 1) addKind(alone, token.text, kind);
  }
  node.meanings.push({ kind, meaning });
}

for (const [kind, entries] of Object.entries(table)) {
  if (kind === "about") continue;
  for (const entry of entries as (Meaning & { words: string | string[] })[])
    for (const phrase of [entry.words].flat().join(", ").split(", ")) learn(kind as Kind, entry, phrase);
}

/** Sayings are printed with and without their commas. */
const SPANS_COMMAS: ReadonlySet<Kind> = new Set<Kind>(["instruction", "until finished"]);

/** All phrases that start at a token, longest first. */
export function phrasesAt(tokens: readonly Token[], start: number): Phrase[] {
  const found: Phrase[] = [];
  let node: Node | undefined = root;
  let commas = false;
  for (let at = start; node; at++) {
    const afterComma = at > start && tokens[at - 1]?.text === ",";
    for (const meaning of node.meanings)
      if (!commas || (SPANS_COMMAS.has(meaning.kind) && !afterComma)) found.unshift({ ...meaning, end: at });
    const token = tokens[at];
    const next: Node | undefined = token && node.next.get(token.text);
    const comma = !next && token?.text === "," && at > start && !afterComma;
    if (comma) commas = true;
    else node = next;
  }
  return found;
}

/** The kinds of meaning a word has a part in; undefined for a word that the table does not know. */
export const kindsOf = (word: string): ReadonlySet<Kind> | undefined => words.get(word);

/** The kinds of meaning a word has by itself. */
export const kindsAlone = (word: string): ReadonlySet<Kind> | undefined => alone.get(word);

/** Every word of the table. */
export const knownWords = (): Iterable<string> => words.keys();

/** A route of the table by its SNOMED CT code. */
export const routeOfCode = (code: string): Meaning<"route"> | undefined =>
  table.route.find((entry) => entry.code === code);

const siteNamed = (name: string): Meaning<"site"> | undefined =>
  table.site.find((entry) => entry.site === name);
export const RIGHT_EYE = siteNamed("right eye");
export const RIGHT_EAR = siteNamed("right ear");
export const LEFT_EAR = siteNamed("left ear");

/** The unit that a form is counted in: "eye drops, solution" in drops; undefined for a cream. */
export function unitOfForm(form: string): Meaning<"unit"> | undefined {
  const tokens = tokenize(form);
  for (let at = 0; at < tokens.length; at++)
    for (const found of phrasesAt(tokens, at))
      if (found.kind === "unit" && !(found.meaning as Meaning<"unit">).measure)
        return found.meaning as Meaning<"unit">;
  return undefined;
}
