import sharp from "sharp";
import type { Colour } from "./picture.ts";

/** Long edge of the thumbnail in pixels: a list entry on a tablet at double density. */
const THUMBNAIL_EDGE = 320;

// WebP effort 0 of 6: a quarter of the default's time for 9% larger files (docs/decisions/0030).
const WEBP = { quality: 80, effort: 0 } as const;

/** The web image (as large as the decoded picture) and the thumbnail (long edge at most 320 px), both WebP. */
export async function derivatives(picture: Colour): Promise<{ image: Uint8Array; thumbnail: Uint8Array }> {
  const raw = { width: picture.width, height: picture.height, channels: 3 } as const;
  const image = await sharp(picture.data, { raw }).webp(WEBP).toBuffer();
  const thumbnail = await sharp(picture.data, { raw })
    .resize({ width: THUMBNAIL_EDGE, height: THUMBNAIL_EDGE, fit: "inside", withoutEnlargement: true })
    .webp(WEBP)
    .toBuffer();
  return { image, thumbnail };
}
