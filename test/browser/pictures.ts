import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import sharp from "sharp";
import { openTablet, PORTRAIT, READ_MS, sampleFile } from "./browser.ts";

/** `npm run pictures`: the main states of the tablet page as docs/pictures/tablet-*.png, and how fast it opens. */

const root = resolve(import.meta.dirname, "../..");
const folder = join(root, "docs/pictures");
const label = sampleFile("lisinopril.jpg");
/** What a tablet of some years ago has of this machine's processor. */
const SLOWDOWN = 4;

await mkdir(folder, { recursive: true });
const tablet = await openTablet();
try {
  const page = await tablet.signIn("nurse");
  const shoot = (name: string) => page.screenshot({ path: join(folder, `tablet-${name}.png`) });
  await shoot("take");
  await page.setInputFiles("input[type=file]", label);
  await page.getByRole("button", { name: "Read this label" }).click();
  await page.getByRole("heading", { name: "Lisinopril" }).waitFor({ timeout: READ_MS });
  await page.locator(".label-photo").waitFor();
  await page.getByRole("button", { name: /^Strength/ }).click();
  await shoot("medication");
  await page.setViewportSize(PORTRAIT);
  await page.getByRole("button", { name: "Correct Quantity" }).click();
  await shoot("correcting");

  // A photo from too far to the left: the end of each line is missing.
  const cut = await sharp(label)
    .rotate()
    .extract({ left: 0, top: 0, width: 560, height: 1200 })
    .jpeg()
    .toBuffer();
  await page.goto(`${tablet.url}/#/`);
  await page.setInputFiles("input[type=file]", { name: "cut.jpg", mimeType: "image/jpeg", buffer: cut });
  await page.getByRole("button", { name: "Read this label" }).click();
  await page.locator(".doubts .close-up").first().waitFor({ timeout: READ_MS });
  await shoot("doubts");
  await page.goto(`${tablet.url}/#/medications`);
  await page.locator(".cards img").nth(1).waitFor();
  await shoot("list");

  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  await page.goto(`${tablet.url}/#/`);
  await page.reload();
  await page.getByRole("heading", { name: "Photograph a label" }).waitFor();
  const first = await page.evaluate(() => ({
    paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
    ready: performance.now(),
  }));
  console.log(
    `first paint ${Math.round(first.paint)} ms, ready ${Math.round(first.ready)} ms, at ${SLOWDOWN}x slowdown`,
  );
} finally {
  await tablet.close();
}
