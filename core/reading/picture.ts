/** A grey picture: one byte per pixel, row by row from the top left, 0 black to 255 white. */
export type Grey = { width: number; height: number; data: Uint8Array };

/** A colour picture: red, green, blue bytes for each pixel, row by row from the top left. */
export type Colour = { width: number; height: number; data: Uint8Array };

// Rec. 601 luma weights in 1/256ths, the ones JPEG itself uses (ITU-R BT.601-7, 2.5.1).
const RED = 77;
const GREEN = 150;
const BLUE = 29;

/** The brightness of each pixel, by Rec. 601. */
export function greyOf({ width, height, data }: Colour): Grey {
  const grey = new Uint8Array(width * height);
  for (let pixel = 0, byte = 0; pixel < grey.length; pixel += 1, byte += 3) {
    const luma = (data[byte] ?? 0) * RED + (data[byte + 1] ?? 0) * GREEN + (data[byte + 2] ?? 0) * BLUE;
    grey[pixel] = luma >> 8;
  }
  return { width, height, data: grey };
}

/** A binary PGM (https://netpbm.sourceforge.net/doc/pgm.html): pixels with a header, the cheapest format to hand on. */
export function portableGraymap({ width, height, data }: Grey): Buffer {
  return Buffer.concat([Buffer.from(`P5 ${width} ${height} 255\n`), data]);
}
