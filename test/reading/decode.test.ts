import { crc32 } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import { decode } from "../../core/reading/decode.ts";
import { PhotoRefused } from "../../core/reading/photo-refused.ts";

/** A picture of two halves, so that its way up shows: black on the left, white on the right. */
function halves(width: number, height: number): Sharp {
  const right = {
    input: { create: { width: width / 2, height, channels: 3, background: "white" } },
  } as const;
  return sharp({ create: { width, height, channels: 3, background: "black" } }).composite([
    { ...right, left: width / 2, top: 0 },
  ]);
}

function brightness({ grey }: Awaited<ReturnType<typeof decode>>, x: number, y: number): number {
  return grey.data[Math.floor(y * grey.height) * grey.width + Math.floor(x * grey.width)] ?? -1;
}

async function refusal(bytes: Uint8Array): Promise<string> {
  const error: unknown = await decode(bytes).then(
    () => undefined,
    (thrown) => thrown,
  );
  return error instanceof PhotoRefused ? error.code : `no refusal: ${error}`;
}

describe("decoding a photo", () => {
  it.each(["jpeg", "png", "webp", "tiff"] as const)("opens a %s", async (format) => {
    const photo = await decode(await halves(80, 40).toFormat(format).toBuffer());
    expect([photo.width, photo.height]).toEqual([80, 40]);
    expect(brightness(photo, 0.2, 0.5)).toBeLessThan(10);
    expect(brightness(photo, 0.8, 0.5)).toBeGreaterThan(245);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "stands upright what EXIF orientation %i laid down",
    async (orientation) => {
      const bytes = await halves(80, 40).jpeg().withMetadata({ orientation }).toBuffer();
      const photo = await decode(bytes);
      const upright = await sharp(bytes).autoOrient().greyscale().raw().toBuffer({ resolveWithObject: true });
      expect([photo.width, photo.height]).toEqual([upright.info.width, upright.info.height]);
      for (const [x, y] of [
        [0.1, 0.1],
        [0.9, 0.1],
        [0.1, 0.9],
        [0.9, 0.9],
      ] as const) {
        const at =
          Math.floor(y * upright.info.height) * upright.info.width + Math.floor(x * upright.info.width);
        expect(Math.abs(brightness(photo, x, y) - (upright.data[at] ?? -1))).toBeLessThan(12);
      }
    },
  );

  it("keeps a large photo's own size for places, and shrinks its pixels to 2000", async () => {
    const photo = await decode(await halves(3000, 1000).jpeg().toBuffer());
    expect([photo.width, photo.height, photo.colour.width]).toEqual([3000, 1000, 2000]);
    expect(photo.scale.x).toBe(1.5);
  });

  it.each([
    ["one pixel", () => sharp({ create: { width: 1, height: 1, channels: 3, background: "black" } }).png()],
    ["grey", () => halves(40, 40).greyscale().jpeg()],
    ["16-bit", () => halves(40, 40).toColourspace("rgb16").png()],
    ["16-bit grey", () => halves(40, 40).toColourspace("grey16").png()],
    ["CMYK", () => halves(40, 40).toColourspace("cmyk").jpeg()],
    ["transparent", () => halves(40, 40).ensureAlpha(0.5).png()],
    ["one-bit", () => halves(40, 40).png({ palette: true, colours: 2 })],
  ])("opens a picture that is %s", async (_, make) => {
    const { colour, grey } = await decode(await make().toBuffer());
    expect(colour.data).toHaveLength(colour.width * colour.height * 3);
    expect(grey.data).toHaveLength(colour.width * colour.height);
  });

  it("opens the first frame of an animation", async () => {
    const frames = await Promise.all([
      halves(40, 40).png().toBuffer(),
      halves(40, 40).negate().png().toBuffer(),
    ]);
    const photo = await decode(
      await sharp(frames, { join: { animated: true } })
        .webp()
        .toBuffer(),
    );
    expect([photo.width, photo.height]).toEqual([40, 40]);
    expect(brightness(photo, 0.2, 0.5)).toBeLessThan(10);
  });

  it("shows transparency as white paper", async () => {
    const clear = sharp({
      create: { width: 9, height: 9, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    });
    expect(brightness(await decode(await clear.png().toBuffer()), 0.5, 0.5)).toBe(255);
  });

  it("refuses what is no image, whatever it calls itself", async () => {
    expect(await refusal(Buffer.from("a letter, saved as photo.jpg"))).toBe("not_an_image");
    expect(await refusal(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'))).toBe(
      "not_an_image",
    );
    expect(await refusal(await halves(20, 20).gif().toBuffer())).toBe("not_an_image");
    expect(await refusal(new Uint8Array(0))).toBe("not_an_image");
  });

  it("refuses a photo that was cut off on its way, instead of reading a grey half", async () => {
    const noise = sharp({
      create: {
        width: 200,
        height: 200,
        channels: 3,
        background: "grey",
        noise: { type: "gaussian", mean: 120, sigma: 40 },
      },
    });
    for (const format of ["jpeg", "png", "webp", "tiff"] as const) {
      const whole = await noise.clone().toFormat(format).toBuffer();
      expect(await refusal(whole.subarray(0, whole.length / 2))).toBe("image_damaged");
    }
    expect(await refusal(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]))).toBe("image_damaged");
  });

  it("refuses 30,000 by 30,000 pixels before it unpacks them", async () => {
    const claim = await halves(20, 20).png().toBuffer();
    claim.writeUInt32BE(30_000, 16);
    claim.writeUInt32BE(30_000, 20);
    claim.writeUInt32BE(crc32(claim.subarray(12, 29)), 29);
    expect(await refusal(claim)).toBe("image_too_large");
  });
});
