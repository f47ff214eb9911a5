import * as z from "zod";

/**
 * What a reader saw on one photo: lines of text, each with where it stands and how sure the reader is.
 *
 * All places are in pixels of the photo as a person sees it: after its EXIF orientation has been applied and
 * before any scaling, origin at the top left, x to the right, y down.
 */

/** `[x, y, width, height]` in pixels of the upright photo. */
export const box = z.tuple([z.number(), z.number(), z.number().nonnegative(), z.number().nonnegative()]);
export type Box = z.infer<typeof box>;

/** Corners in reading order of the text itself: its top left, top right, bottom right, bottom left. */
export const quad = z.tuple([
  z.tuple([z.number(), z.number()]),
  z.tuple([z.number(), z.number()]),
  z.tuple([z.number(), z.number()]),
  z.tuple([z.number(), z.number()]),
]);
export type Quad = z.infer<typeof quad>;

/** 0 (a guess) to 1 (certain). */
export const confidence = z.number().min(0).max(1);

/** One line of text. Columns that stand side by side are separate lines. */
export const line = z.object({
  text: z.string(),
  /** The first reader's confidence in the whole line. */
  confidence,
  /** One confidence per UTF-16 code unit of `text`, where the reader keeps them. */
  characters: z.array(confidence).optional(),
  /** Where the middle of each code unit of `text` stands along the line: 0 at its start, 1 at its end. */
  middles: z.array(z.number().min(0).max(1)).optional(),
  box,
  /** The tilted or curved outline that `box` encloses. */
  quad: quad.optional(),
  /** Another reader's view of the same pixels, asked for only where it decides something. */
  second: z.object({ text: z.string(), confidence }).optional(),
});
export type Line = z.infer<typeof line>;

/** Why a photo may read badly, with what the person holding the tablet can do about it. */
export const qualityIssue = z
  .object({
    issue: z.enum(["blurred", "glare", "cut_off", "too_small", "too_dark", "no_text"]),
    /** Where on the photo; null when it is the whole of it. */
    where: box.nullable(),
    advice: z.string(),
  })
  .meta({ id: "QualityIssue" });
export type QualityIssue = z.infer<typeof qualityIssue>;

/** A QR code or barcode, as evidence. */
export const code = z.object({
  format: z.string().describe("The symbology as ZXing names it: QRCode, Code128, EAN13 ..."),
  text: z.string(),
  box,
});
export type Code = z.infer<typeof code>;

/** Everything that was read from one photo. */
export const pageReading = z.object({
  /** Size of the upright photo in pixels. */
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  /** In reading order: top to bottom, and column by column where there are columns. */
  lines: z.array(line),
  quality: z.array(qualityIssue),
  codes: z.array(code),
  /** The engines that read it and their versions, for the audit trail. */
  readers: z.array(z.string()),
});
export type PageReading = z.infer<typeof pageReading>;

/**
 * A line of a label, joined from the scan's photos: the best reading, the photo it stands on, and what the other
 * photos showed of the same line.
 */
export const labelLine = line.extend({
  /** 1-based photo of the scan. */
  page: z.number().int().positive(),
  /** The same line on other photos, kept where a photo shows it too, whether or not it reads the same. */
  also: z
    .array(z.object({ page: z.number().int().positive(), text: z.string(), confidence, box }))
    .optional(),
});
export type LabelLine = z.infer<typeof labelLine>;
