import { type Grey, judge, LONG_EDGE } from "./judge.ts";

/** Decodes a photo and judges it, beside the page: on a slow tablet that takes half a second. */
addEventListener("message", async ({ data }: MessageEvent<Blob>) => {
  try {
    postMessage(judge(await greyOf(data)));
  } catch {
    // A kind of picture that this browser cannot show (TIFF): the reader will judge it.
    postMessage([]);
  }
});

async function greyOf(photo: Blob): Promise<Grey> {
  const picture = await createImageBitmap(photo);
  const scale = Math.min(1, LONG_EDGE / Math.max(picture.width, picture.height));
  const width = Math.round(picture.width * scale);
  const height = Math.round(picture.height * scale);
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no canvas to draw on");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
  picture.close();
  const { data: colours } = context.getImageData(0, 0, width, height);
  const data = new Uint8Array(width * height);
  for (let place = 0; place < data.length; place++) {
    // Luma as JPEG has it (ITU-R BT.601).
    data[place] =
      0.299 * (colours[4 * place] ?? 0) +
      0.587 * (colours[4 * place + 1] ?? 0) +
      0.114 * (colours[4 * place + 2] ?? 0);
  }
  return { width, height, data };
}
