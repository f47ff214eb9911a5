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

/** What is wrong with the page as it stands, upright and across: nothing. */
export async function faultsOf(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const viewport of [PORTRAIT, LANDSCAPE]) {
    await page.setViewportSize(viewport);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    const faults = [
      ...(await violationsOf(page)),
      ...(await tooSmall(page)),
      ...(wide ? ["scrolls sideways"] : []),
    ];
    found.push(...faults.map((fault) => `${viewport.width} wide: ${fault}`));
  }
  return found;
}
