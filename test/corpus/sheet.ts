import { type Canvas, createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import { type Face, family, registerFonts } from "./fonts.ts";
import type { Random } from "./random.ts";

/** How a run of text is set. Sizes in mm of cap-to-descender type size, as `font-size` means it. */
export type Setting = {
  size: number;
  face?: Face;
  bold?: boolean;
  align?: "left" | "right" | "center";
  /** Widest a line may be, in mm; longer text is wrapped at words. */
  width?: number;
  colour?: string;
  /** Distance between baselines in type sizes. */
  leading?: number;
};

/** Pixels a millimetre: twice a 203 dpi label printer, enough that the camera, not the drawing, limits. */
export const PIXELS_PER_MM = 16;

/** How much longer than its usual height a label may get. */
const SPARE = 1.6;

/** A label being drawn: places in mm from its top left, and every printed segment remembered as truth. */
export class Sheet {
  readonly width: number;
  /** Of the label as cut; long directions make it taller. */
  height: number;
  readonly pen: SKRSContext2D;
  readonly #roll: Canvas;
  readonly lines: string[] = [];
  face: Face;
  ink = "#161616";

  constructor(width: number, height: number, face: Face, paper = "#f7f6f2") {
    registerFonts();
    this.width = width;
    this.height = height;
    this.face = face;
    this.#roll = createCanvas(Math.round(width * PIXELS_PER_MM), Math.round(height * SPARE * PIXELS_PER_MM));
    this.pen = this.#roll.getContext("2d");
    this.pen.scale(PIXELS_PER_MM, PIXELS_PER_MM);
    this.box(0, 0, width, height * SPARE, paper);
  }

  /** The label as cut from the roll. */
  get canvas(): Canvas {
    const cut = createCanvas(this.#roll.width, Math.round(this.height * PIXELS_PER_MM));
    cut.getContext("2d").drawImage(this.#roll, 0, 0);
    return cut;
  }

  box(x: number, y: number, width: number, height: number, colour: string): void {
    this.pen.fillStyle = colour;
    this.pen.fillRect(x, y, width, height);
  }

  frame(x: number, y: number, width: number, height: number, weight = 0.3): void {
    this.pen.strokeStyle = this.ink;
    this.pen.lineWidth = weight;
    this.pen.strokeRect(x, y, width, height);
  }

  rule(y: number, from = 2, to = this.width - 2, weight = 0.25): void {
    this.box(from, y, to - from, weight, this.ink);
  }

  /** Prints `text` with its first baseline one type size below `y`; returns the y below the last line. */
  print(text: string, x: number, y: number, setting: Setting): number {
    const { size, align = "left", colour = this.ink, leading = 1.22 } = setting;
    this.pen.font = this.#font(setting);
    this.pen.fillStyle = colour;
    this.pen.textAlign = align;
    this.pen.textBaseline = "alphabetic";
    let below = y;
    for (const row of this.#wrap(text, setting.width ?? this.width)) {
      this.#hold(row, x, below + size * 1.3, align);
      this.pen.fillText(row, x, below + size);
      this.lines.push(row);
      below += size * leading;
    }
    return below;
  }

  /** Prints rows about (x, y), turned a quarter clockwise, as a sticker on its side. */
  printTurned(rows: readonly string[], x: number, y: number, setting: Setting): void {
    this.pen.save();
    this.pen.translate(x, y);
    this.pen.rotate(Math.PI / 2);
    this.pen.font = this.#font(setting);
    this.pen.fillStyle = setting.colour ?? this.ink;
    this.pen.textAlign = "center";
    const leading = setting.size * (setting.leading ?? 1.22);
    for (const [index, row] of rows.entries()) {
      this.pen.fillText(row, 0, (index - rows.length / 2) * leading + setting.size);
      this.lines.push(row);
    }
    this.pen.restore();
  }

  /** Width in mm that `text` takes on one line. */
  measure(text: string, setting: Setting): number {
    this.pen.font = this.#font(setting);
    return this.pen.measureText(text).width;
  }

  /** The largest size up to `setting.size` at which `text` fits on one line of `width` mm. */
  fit(text: string, width: number, setting: Setting): Setting {
    const wide = this.measure(text, setting);
    return wide <= width ? setting : { ...setting, size: (setting.size * width) / wide };
  }

  /** A Code 39-like run of bars: looks like a barcode, says nothing. */
  bars(random: Random, x: number, y: number, width: number, height: number): void {
    let at = x;
    while (at < x + width - 1) {
      const bar = random.pick([0.25, 0.25, 0.5, 0.75]);
      this.box(at, y, bar, height, this.ink);
      at += bar + random.pick([0.25, 0.25, 0.5]);
    }
  }

  /** Makes room for a row of text: what is cut off could not be truth. */
  #hold(row: string, x: number, bottom: number, align: "left" | "right" | "center"): void {
    const wide = this.pen.measureText(row).width;
    const left = align === "left" ? x : align === "right" ? x - wide : x - wide / 2;
    if (left < 0 || left + wide > this.width) throw new RangeError(`"${row}" does not fit across the label`);
    this.height = Math.max(this.height, bottom + 0.5);
    if (this.height * PIXELS_PER_MM > this.#roll.height)
      throw new RangeError(`"${row}" does not fit on the label`);
  }

  #font(setting: Setting): string {
    // The generic fallback is never reached: registerFonts throws when a face is absent.
    return `${setting.size}px "${family(setting.face ?? this.face, setting.bold ?? false)}"`;
  }

  #wrap(text: string, width: number): string[] {
    const rows: string[] = [];
    let row = "";
    for (const word of text.split(" ")) {
      const longer = row === "" ? word : `${row} ${word}`;
      if (row !== "" && this.pen.measureText(longer).width > width) {
        rows.push(row);
        row = word;
      } else row = longer;
    }
    rows.push(row);
    return rows;
  }
}
