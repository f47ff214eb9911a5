import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import { ADVICE } from "../../core/reading/quality/judge-quality.ts";
import { type Issue, judge, LONG_EDGE } from "../../web/photo-advice/judge.ts";
import { strings } from "../../web/strings.ts";
import { sample } from "../flow/road.ts";

const SAMPLES = [
  "lisinopril.jpg",
  "amoxicillin-suspension.jpg",
  "metformin-two-photos-1.jpg",
  "metformin-two-photos-2.jpg",
];

/** As the page does it: at most `LONG_EDGE` long, grey. */
async function judged(photo: Sharp): Promise<Issue[]> {
  const { data, info } = await sharp(await photo.jpeg().toBuffer())
    .resize({ width: LONG_EDGE, height: LONG_EDGE, fit: "inside", withoutEnlargement: true })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return judge({ width: info.width, height: info.height, data: new Uint8Array(data) });
}

describe.each(SAMPLES)("the advice before sending, on %s", (name) => {
  const photo = async () => sharp(await sample(name)).rotate();

  it("says nothing of a good photo", async () => {
    expect(await judged(await photo())).toEqual([]);
  });

  it.each([5, 10])("says that it is blurred when every edge is %s pixels wide", async (sigma) => {
    expect(await judged((await photo()).blur(sigma))).toContain("blurred");
  });

  it("says that it is blurred when the tablet was moved", async () => {
    const width = 21;
    const moved = (await photo()).convolve({ width, height: 3, kernel: movedBy(width) });
    expect(await judged(moved)).toContain("blurred");
  });

  it("says that it is too dark when hardly anything can be seen", async () => {
    expect(await judged((await photo()).linear(0.15, 0))).toEqual(["too_dark"]);
  });
});

it("says that the label is cut off when its lines go on beyond the photo", async () => {
  const cut = sharp(await sample("lisinopril.jpg")).rotate();
  expect(await judged(cut.extract({ left: 0, top: 0, width: 560, height: 1200 }))).toEqual(["cut_off"]);
});

it("says nothing of a photo that is all noise: nothing can be told of it", () => {
  const noise = Uint8Array.from({ length: 640 * 480 }, (_, place) => (place * 2_654_435_761) >>> 24);
  expect(judge({ width: 640, height: 480, data: noise })).toEqual([]);
});

it("says it in the reader's own words", () => {
  expect(strings.quality).toEqual(ADVICE);
});

/** A kernel that smears its middle row. */
const movedBy = (width: number): number[] =>
  Array.from({ length: 3 * width }, (_, place) => (Math.floor(place / width) === 1 ? 1 : 0));
