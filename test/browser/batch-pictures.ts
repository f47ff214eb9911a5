import type { Page } from "playwright-core";
import { makeSheets } from "../corpus/make-batch.ts";
import { Random } from "../corpus/random.ts";
import { drawTaskSheet } from "../corpus/task-sheet.ts";
import { endOf, handIn, zipOf } from "../flow/batch-road.ts";
import { PORTRAIT, type Tablet } from "./browser.ts";
import { throttle } from "./checks.ts";

/** Sheets of the batch that is photographed: of twenty, one of each kind is not as it should be. */
const SHEETS = 20;
/** Slow enough to be seen on its way, in bytes a second. */
const SLOW_UPLOAD = 500_000;
const READ_ALL_MS = 300_000;

/** A batch on its way through the page, a sheet of it, and a task's sheets over two batches. */
export async function photographBatches(
  tablet: Tablet,
  shoot: (page: Page, name: string) => Promise<unknown>,
): Promise<void> {
  const made = [];
  for await (const sheet of makeSheets("pictures", SHEETS)) made.push(sheet);
  const zip = await zipOf(made, false);
  // As it was a day before: another sheet of a task.
  const [{ truth: { task_id: task = "" } = {} } = {}] = made;
  const earlier = await drawTaskSheet({ kind: "qr", taskId: task }, "tune", new Random("pictures/earlier"));
  const clerk = await tablet.road.as("clerk");
  const before = await handIn(clerk, await zipOf([{ name: "ward 2/sheet-00007.jpg", bytes: earlier.jpeg }]));
  await endOf(clerk, before);

  const page = await tablet.signIn("clerk");
  await page.addInitScript(() => {
    Reflect.deleteProperty(globalThis, "showOpenFilePicker");
  });
  await page.reload();
  await page.goto(`${tablet.url}/#/batches`);
  await page.getByRole("button", { name: "Choose a ZIP or photos" }).waitFor();
  await page.setInputFiles("input[type=file]", {
    name: "ward round.zip",
    mimeType: "application/zip",
    buffer: zip,
  });
  await page.getByRole("button", { name: "Hand in" }).waitFor();
  await page.getByRole("link", { name: /Finished/ }).waitFor();
  await shoot(page, "hand-in");

  await throttle(page, SLOW_UPLOAD);
  await page.getByRole("button", { name: "Hand in" }).click();
  await page.getByText(/left$/).waitFor();
  await shoot(page, "upload");
  await throttle(page, -1);

  const read = (number: number) => page.locator(".meter").getByText(new RegExp(`^${number} of \\d+ sheets`));
  await read(SHEETS / 2).waitFor({ timeout: READ_ALL_MS });
  await page.locator(".cards img").nth(4).waitFor();
  await shoot(page, "batch");

  const finished = page.getByText(`All of ${SHEETS} sheets are accounted for`).first();
  await finished.waitFor({ timeout: READ_ALL_MS });
  await page.getByRole("button", { name: /^No task/ }).click();
  await page.getByText("It shows the QR codes of different tasks").waitFor();
  await page.locator(".cards img").nth(2).waitFor();
  await shoot(page, "batch-finished");

  await page.getByRole("button", { name: /^All/ }).click();
  await page
    .getByRole("link", { name: /sheet-00001/ })
    .first()
    .click();
  await page.locator("svg.label-photo").waitFor();
  await page
    .getByRole("button", { name: /on the photo$/ })
    .first()
    .click();
  await page.evaluate(() => scrollTo(0, 0));
  await shoot(page, "sheet");

  await page.setViewportSize(PORTRAIT);
  await page.getByRole("link", { name: `Task ${task}` }).click();
  await page.locator(".cards img").nth(1).waitFor();
  await shoot(page, "task");
  await page.context().close();
}
