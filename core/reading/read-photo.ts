import type { Box, Line, PageReading, Quad } from "../../contract/reading.ts";
import { openCodeReader } from "./codes.ts";
import { type DecodedPhoto, decode } from "./decode.ts";
import { derivatives } from "./derivatives.ts";
import { boxAround, cornersOf } from "./geometry.ts";
import { openPpOcrReader } from "./pp-ocr-reader.ts";
import { judgeQuality } from "./quality/judge-quality.ts";
import type { SeenLine } from "./reader.ts";
import { startSecondLooks } from "./second-looks.ts";
import { openSecondReader } from "./second-reader.ts";

/** The two pictures of a photo that people see. */
type Pictures = {
  /** WebP, upright, long edge at most 2000 px. */
  image: Uint8Array;
  /** WebP, upright, long edge at most 320 px. */
  thumbnail: Uint8Array;
};

/** What one photo gave. */
export type PhotoRead = Pictures & {
  /** Places are in pixels of the upright original photo. */
  reading: PageReading;
};

export type ReadOptions = {
  /**
   * Given the first reader's lines, answers the indexes of those that decide something and deserve the second reader. Asked
   * with the lines so far while others are still read, and at last with all of them; only that answer counts.
   */
  secondLook?: (lines: Line[]) => number[];
  /** Given the pictures as soon as they are made, while the readers still read; the reading ends after it. */
  onPictures?: (pictures: Pictures) => Promise<void>;
  signal?: AbortSignal;
};

export type PhotoReader = {
  /**
   * Reads a JPEG, PNG, WebP or TIFF.
   *
   * @throws PhotoRefused when the file cannot be read as a photo; the signal's reason when it is aborted; what
   *   `onPictures` threw
   */
  read(photo: Uint8Array, options?: ReadOptions): Promise<PhotoRead>;
  close(): Promise<void>;
};

/**
 * Opens the readers and keeps them: open one per process. `threads` is for each network, 1 unless said. The second
 * reader and the code reader may still be starting when this answers: the first photo reaches them last.
 *
 * @throws when a reader cannot be opened; of those that start late, reading a photo throws it
 */
export async function openPhotoReader({ threads = 1 }: { threads?: number } = {}): Promise<PhotoReader> {
  const codeReader = openCodeReader();
  const opening = openSecondReader();
  // Whoever needs it sees how it failed; until then nobody may wait.
  opening.catch(() => {});
  const first = await openPpOcrReader(threads);

  async function read(photo: Uint8Array, options: ReadOptions = {}): Promise<PhotoRead> {
    const { signal, onPictures } = options;
    signal?.throwIfAborted();
    const decoded = await decode(photo);
    signal?.throwIfAborted();
    // The networks, the codes, the pictures for people and the second reader each run in threads of their own: side by side where
    // there is more than one core.
    const reading = readDecoded(decoded, options);
    const pictures = derivatives(decoded.colour).then(async (made) => {
      await onPictures?.(made);
      return made;
    });
    // Also when one of them went wrong: nothing goes on behind the caller's back.
    await Promise.allSettled([reading, pictures]);
    return { reading: await reading, ...(await pictures) };
  }

  async function readDecoded(
    { width, height, scale, grey }: DecodedPhoto,
    { secondLook = () => [], signal }: ReadOptions,
  ): Promise<PageReading> {
    const looks = startSecondLooks({
      deciding: secondLook,
      readBand: async (band) => (await opening).readBand(grey, band, signal),
      asLine: (line) => asLine(line, scale),
    });
    // Looked for while the first reader reads; whoever waits for them sees how it failed.
    const codesFound = codeReader.read(grey);
    codesFound.catch(() => {});
    try {
      const seen = await first.read(grey, { ...(signal ? { signal } : {}), onLines: looks.ask });
      // In this order: the photo is judged while the second reader reads.
      const [lines, quality, codes] = await Promise.all([
        looks.finish(seen),
        judgeQuality(grey, seen),
        codesFound,
      ]);
      signal?.throwIfAborted();
      return {
        width,
        height,
        lines,
        quality: quality.map((issue) => ({ ...issue, where: issue.where && scaledBox(issue.where, scale) })),
        codes: codes.map((code) => ({ ...code, box: scaledBox(code.box, scale) })),
        readers: lines.some((line) => line.second) ? [first.name, (await opening).name] : [first.name],
      };
    } finally {
      await Promise.allSettled([looks.settle(), codesFound]);
    }
  }

  return {
    read,
    async close() {
      const second = await opening;
      await Promise.all([first.close(), second.close(), codeReader.close()]);
    },
  };
}

type Scale = { x: number; y: number };

function asLine({ text, confidence, characters, middles, band }: SeenLine, scale: Scale): Line {
  const corners = cornersOf(band).map(([x, y]) => [x * scale.x, y * scale.y]);
  return {
    text,
    confidence,
    ...(characters ? { characters } : {}),
    ...(middles ? { middles } : {}),
    box: scaledBox(boxAround(band), scale),
    quad: corners as Quad,
  };
}

function scaledBox([x, y, width, height]: Box, scale: Scale): Box {
  return [x * scale.x, y * scale.y, width * scale.x, height * scale.y];
}
