import { canonicalShape } from "./nearest.ts";

/** Shorter pieces begin or end too many names to say anything. */
const SHORTEST_PIECE = 4;
/** A piece this long may be a whole unknown name when it is shorter than this share of the name it would come from. */
const LEAST_SHARE = 0.4;
const MOST_NAMES = 6;

/** The names by their beginnings and by their ends, each sorted, to find those that a piece begins or ends. */
export class NamePieces {
  readonly #forward: readonly Shape[];
  readonly #backward: readonly Shape[];

  constructor(names: readonly { key: string; name: string }[]) {
    const shapes = names.map(({ key, name }) => ({ shape: canonicalShape(key), name }));
    const turned = shapes.map(({ shape, name }) => ({ shape: reversed(shape), name }));
    this.#forward = shapes.sort(byShape);
    this.#backward = turned.sort(byShape);
  }

  /** The names of which `key` is only the beginning or the end; none when it is a whole name. */
  namesOf(key: string): string[] {
    if (key.length < SHORTEST_PIECE) return [];
    const piece = canonicalShape(key);
    const begun = beginningWith(this.#forward, piece);
    if (begun.some(({ shape }) => shape === piece)) return [];
    return [...begun, ...beginningWith(this.#backward, reversed(piece))]
      .filter(({ shape }) => piece.length >= LEAST_SHARE * shape.length)
      .map(({ name }) => name)
      .slice(0, MOST_NAMES);
  }
}

type Shape = { shape: string; name: string };

function beginningWith(sorted: readonly Shape[], piece: string): Shape[] {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.shape ?? "") < piece) low = middle + 1;
    else high = middle;
  }
  const found: Shape[] = [];
  for (let at = low; sorted[at]?.shape.startsWith(piece); at++) {
    const shape = sorted[at];
    if (shape !== undefined) found.push(shape);
  }
  return found;
}

function byShape(a: Shape, b: Shape): number {
  return a.shape < b.shape ? -1 : a.shape > b.shape ? 1 : 0;
}

function reversed(text: string): string {
  return [...text].reverse().join("");
}
