import sharp from "sharp";
import { PhotoRefused } from "./photo-refused.ts";
import { type Colour, type Grey, greyOf } from "./picture.ts";

/** The largest file taken, in bytes: a 50-megapixel PNG of a photo fits, an archive does not. */
const MAX_BYTES = 128 * 1024 * 1024;

/** The most pixels taken: above every phone's full-resolution mode of 50 MP, well below a decompression bomb. */
const MAX_PIXELS = 64_000_000;

/** Long edge of the decoded picture in pixels: what the web image shows and what the readers see. */
const LONG_EDGE = 2000;

// libvips would open SVG, PDF, HEIC and more, each a parser that nobody asked for; only four are let back in.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadJpegBuffer",
    "VipsForeignLoadPngBuffer",
    "VipsForeignLoadWebpBuffer",
    "VipsForeignLoadTiffBuffer",
  ],
});
// Photos are all different, so libvips' cache of operations would only hold memory.
sharp.cache(false);
// One photo per process at a time, on one core: more threads only add memory.
sharp.concurrency(1);

/** A photo decoded once, upright; everything else is made from it. */
export type DecodedPhoto = {
  /** Size of the upright photo in its own pixels. */
  width: number;
  height: number;
  /** Photo pixels per pixel of `colour` and `grey`, in x and in y; at least 1. */
  scale: { x: number; y: number };
  /** The upright photo, long edge at most 2000 px. */
  colour: Colour;
  grey: Grey;
};

/**
 * Decodes a JPEG, PNG, WebP or TIFF: the first frame, transparency on white, 8-bit sRGB, turned as its EXIF
 * orientation says. Memory is bounded by the limits above, whatever the file claims.
 *
 * @throws PhotoRefused `not_an_image`, `image_too_large` or `image_damaged`
 */
export async function decode(photo: Uint8Array): Promise<DecodedPhoto> {
  if (photo.length > MAX_BYTES) {
    throw new PhotoRefused("image_too_large", `The file has more than ${MAX_BYTES / 1024 / 1024} MiB`);
  }
  if (!isPhotoType(photo)) {
    throw new PhotoRefused("not_an_image", "The file is not a JPEG, PNG, WebP or TIFF image");
  }
  try {
    return await decodeSupported(photo);
  } catch (error) {
    throw asRefusal(error);
  }
}

async function decodeSupported(photo: Uint8Array): Promise<DecodedPhoto> {
  const source = sharp(photo, {
    limitInputPixels: MAX_PIXELS,
    // A cut-off upload must not pass for a photo with a grey lower half.
    failOn: "error",
    sequentialRead: true,
  });
  const { width, height, orientation = 1 } = await source.metadata();
  const shrink = Math.min(1, LONG_EDGE / Math.max(width, height));
  const lying = await source
    .resize({
      width: Math.max(1, Math.round(width * shrink)),
      height: Math.max(1, Math.round(height * shrink)),
      fit: "fill",
    })
    .flatten({ background: "white" })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  // Turned only now: turning first would hold all of a 50-megapixel photo in memory.
  const colour = await turnUpright(
    { width: lying.info.width, height: lying.info.height, data: lying.data },
    lying.info.channels,
    orientation,
  );
  const sideways = orientation >= FIRST_SIDEWAYS_ORIENTATION;
  const upright = sideways ? { width: height, height: width } : { width, height };
  return {
    ...upright,
    scale: { x: upright.width / colour.width, y: upright.height / colour.height },
    colour,
    grey: greyOf(colour),
  };
}

/** EXIF orientations 5 to 8 swap width and height (Exif 2.32, 4.6.4, tag 274). */
const FIRST_SIDEWAYS_ORIENTATION = 5;

/** What to do to a picture of each EXIF orientation: mirror left-right first, then turn clockwise. */
const UPRIGHTING: Record<number, { mirror: boolean; turn: number }> = {
  2: { mirror: true, turn: 0 },
  3: { mirror: false, turn: 180 },
  4: { mirror: true, turn: 180 },
  5: { mirror: true, turn: 270 },
  6: { mirror: false, turn: 90 },
  7: { mirror: true, turn: 90 },
  8: { mirror: false, turn: 270 },
};

async function turnUpright(picture: Colour, channels: number, orientation: number): Promise<Colour> {
  const uprighting = UPRIGHTING[orientation];
  if (!uprighting && channels === 3) return picture;
  const { mirror, turn } = uprighting ?? { mirror: false, turn: 0 };
  const { width, height } = picture;
  const raw = { width, height, channels: channels === 1 ? 1 : 3 } as const;
  const mirrored = mirror ? await sharp(picture.data, { raw }).flop().raw().toBuffer() : picture.data;
  const { data, info } = await sharp(mirrored, { raw })
    .rotate(turn)
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

const SIGNATURES: (number | null)[][] = [
  [0xff, 0xd8, 0xff], // JPEG
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], // PNG
  [0x52, 0x49, 0x46, 0x46, null, null, null, null, 0x57, 0x45, 0x42, 0x50], // RIFF....WEBP
  [0x49, 0x49, 0x2a, 0x00], // TIFF, little endian
  [0x4d, 0x4d, 0x00, 0x2a], // TIFF, big endian
];

/** By its first bytes, whatever its name or declared type says. */
function isPhotoType(bytes: Uint8Array): boolean {
  return SIGNATURES.some((signature) =>
    signature.every((byte, place) => byte === null || bytes[place] === byte),
  );
}

function asRefusal(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (/exceeds pixel limit/i.test(error.message)) {
    return new PhotoRefused("image_too_large", `The photo has more than ${MAX_PIXELS / 1e6} megapixels`, {
      cause: error,
    });
  }
  return new PhotoRefused("image_damaged", "The image is damaged or cut off", { cause: error });
}
