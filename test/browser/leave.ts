import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Tablet } from "./browser.ts";

/** Ends a test at a tablet: on nothing that it did may the browser have complained. */
export async function leave(tablet: Tablet, page: Page): Promise<void> {
  await page.context().close();
  expect(tablet.complaints.splice(0)).toEqual([]);
}
