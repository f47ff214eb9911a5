import axe from "axe-core";
import type { Page } from "playwright-core";
import { LANDSCAPE, PORTRAIT } from "./browser.ts";

/** What is held against every page of the tablet. */

/** The browser's network slowed down; -1: as fast as it is. */
export async function throttle(page: Page, bytesPerSecond: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  });
}

/** Everything on the page that axe finds fault with, by WCAG 2.2 AA and its own best practice. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations: found } = await page.evaluate(() =>
    (
      globalThis as unknown as {
        axe: { run(o: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      }
    ).axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** Everything to touch that is smaller than a gloved thumb needs. */
export const tooSmall = (page: Page): Promise<string[]> =>
  page
    .locator(
      "button, a, summary, input:not([type=file], [type=checkbox], [type=radio]), textarea, label:has(input)",
    )
    .evaluateAll((all) =>
      all
        .filter((one) => !one.matches(".skip, label:not(.tick)"))
        .map((one) => ({ box: one.getBoundingClientRect(), html: one.outerHTML.slice(0, 80) }))
        .filter(({ box }) => box.width > 1 && (box.height < 48 || box.width < 48))
        .map(({ box, html }) => `${Math.round(box.width)} x ${Math.round(box.height)}: ${html}`),
    );

/** As a window of 1280 pixels at four times its size. WCAG 2.2, 1.4.10 */
const NARROW = { width: 320, height: 640 };

/** What makes the page scroll sideways at this size, with text as large as is asked for. WCAG 2.2, 1.4.4 and 1.4.10 */
async function sidewaysAt(page: Page, viewport: typeof NARROW, text = "100%"): Promise<string[]> {
  await page.setViewportSize(viewport);
  const wide = await page.evaluate((fontSize) => {
    const root = document.documentElement;
    root.style.fontSize = fontSize;
    const all = root.scrollWidth > innerWidth ? [...document.body.querySelectorAll("*")] : [];
    const found = all.filter((one) => one.getBoundingClientRect().right > innerWidth + 1);
    root.style.fontSize = "";
    return found.map((one) => one.outerHTML.slice(0, 80));
  }, text);
  return wide.map((html) => `${viewport.width} wide, text at ${text}: sticks out: ${html}`);
}

/** What is wrong with the page as it stands: upright, across, narrow, and with large text: nothing. */
export async function faultsOf(page: Page): Promise<string[]> {
  const found = [...(await sidewaysAt(page, NARROW)), ...(await sidewaysAt(page, LANDSCAPE, "200%"))];
  for (const viewport of [PORTRAIT, LANDSCAPE]) {
    await page.setViewportSize(viewport);
    const faults = [...(await violationsOf(page)), ...(await tooSmall(page))];
    found.push(...faults.map((fault) => `${viewport.width} wide: ${fault}`));
    found.push(...(await sidewaysAt(page, viewport)));
  }
  return found;
}
