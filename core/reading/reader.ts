import type { Band } from "./geometry.ts";
import type { Grey } from "./picture.ts";

/** A line of text that a reader saw, in pixels of the picture it was given. */
export type SeenLine = {
  text: string;
  /** 0 to 1, of the whole line. */
  confidence: number;
  /** One confidence for each character of `text`, from readers that keep them. */
  characters?: number[];
  /** Where the middle of each character of `text` stands along the band, 0 to 1, from readers that know. */
  middles?: number[];
  /** Where it stands; its direction is the direction of reading. */
  band: Band;
};

/** An engine that reads: a picture in, lines out. Lines come in no particular order. */
export type Reader = {
  /** Engine, model and version, for the audit trail. */
  name: string;
  /**
   * `onLines` is given all lines so far, again and again while others are still read.
   *
   * @throws the signal's reason, when it is aborted between two steps
   */
  read(
    picture: Grey,
    options?: { signal?: AbortSignal; onLines?: (lines: SeenLine[]) => void },
  ): Promise<SeenLine[]>;
  close(): Promise<void>;
};
