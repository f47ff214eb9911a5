import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { photographBatches } from "./batch-pictures.ts";
import { openTablet, PORTRAIT, READ_MS, sampleFile } from "./browser.ts";

/** `npm run pictures`: the main states of the tablet page as docs/pictures/tablet-*.png, and how fast it opens. */

const root = resolve(import.meta.dirname, "../..");
const folder = join(root, "docs/pictures");
const label = sampleFile("lisinopril.jpg");
/** What a tablet of some years ago has of this machine's processor. */
const SLOWDOWN = 4;

await mkdir(folder, { recursive: true });
const began = performance.now();
const tablet = await openTablet();
try {
  const started = performance.now();
  const first = await tablet.signIn("newcomer");
  await first.evaluate(watchShifts);
  await first.setInputFiles("input[type=file]", sampleFile("amoxicillin-suspension.jpg"));
  await first.getByRole("button", { name: "Read this label" }).click();
  await first.getByRole("button", { name: "Confirm: it is as the label says" }).click({ timeout: READ_MS });
  await first.getByText("Confirmed. It is in your list").waitFor();
  const seconds = (from: number, to: number) => `${((to - from) / 1000).toFixed(1)} s`;
  const shifts = await first.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts);
  console.log(
    `the system and the browser start in ${seconds(began, started)}, and ${seconds(started, performance.now())} after that, ` +
      `four touches later, a medication is confirmed (at most 15 s); layout shifts on the way: ${JSON.stringify(shifts)}`,
  );
  await first.context().close();

  const page = await tablet.signIn("nurse");
  const photograph = (of: Page, name: string) =>
    of.screenshot({ path: join(folder, `tablet-${name}.png`), animations: "disabled" });
  const shoot = (name: string) => photograph(page, name);
  await shoot("take");
  await page.setInputFiles("input[type=file]", label);
  await page.getByRole("button", { name: "Read this label" }).click();
  await page.getByRole("heading", { name: "Lisinopril" }).waitFor({ timeout: READ_MS });
  await page.locator(".label-photo").waitFor();
  await page.getByRole("button", { name: /^Strength/ }).click();
  await shoot("medication");
  await page.setViewportSize(PORTRAIT);
  await page.getByRole("button", { name: "Change Quantity" }).click();
  await shoot("correcting");

  // A hand that was not still.
  const blurred = await sharp(label).rotate().blur(6).jpeg().toBuffer();
  await page.goto(`${tablet.url}/#/`);
  await page.setInputFiles("input[type=file]", { name: "a.jpg", mimeType: "image/jpeg", buffer: blurred });
  await page.getByText("The text is blurred").waitFor();
  await shoot("advice");
  await page.getByRole("button", { name: "Remove photo 1" }).click();

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

  await photographBatches(tablet, photograph);

  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  await page.goto(`${tablet.url}/#/`);
  await page.reload();
  await page.getByRole("heading", { name: "Photograph a label" }).waitFor();
  const opened = await page.evaluate(() => ({
    paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
    ready: performance.now(),
  }));
  console.log(
    `first paint ${Math.round(opened.paint)} ms (at most 1000), ready ${Math.round(opened.ready)} ms, at ${SLOWDOWN}x slowdown`,
  );
} finally {
  await tablet.close();
}

/** Keeps how far things move by themselves: what moves within half a second of a touch was asked for. */
function watchShifts(): void {
  const shifts: number[] = [];
  Object.assign(globalThis, { shifts });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as unknown as { value: number; hadRecentInput: boolean }[]) {
      if (!entry.hadRecentInput) shifts.push(entry.value);
    }
  }).observe({ type: "layout-shift", buffered: true });
}
