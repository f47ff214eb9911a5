import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Sheet } from "../../contract/batches.ts";
import { type Entry, endOf, handIn, smallSheet, zipOf } from "../flow/batch-road.ts";
import { openTablet, type Tablet } from "./browser.ts";
import { faultsOf } from "./checks.ts";
import { leave } from "./leave.ts";

const TASK = "40718293";

let tablet: Tablet;
let page: Page;
let people = 0;
let person: string;

beforeAll(async () => {
  tablet = await openTablet();
}, 180_000);
afterAll(() => tablet?.close());

beforeEach(async () => {
  people += 1;
  person = `pharmacist-${people}`;
  page = await tablet.signIn(person);
});
afterEach(() => leave(tablet, page));

const heading = (name: string) => page.getByRole("heading", { name, level: 1, exact: true });
const cards = () => page.locator(".cards strong").allTextContents();

async function readBatch(by: string, ...entries: Entry[]): Promise<void> {
  const somebody = await tablet.road.as(by);
  await endOf(somebody, await handIn(somebody, await zipOf(entries)));
}

async function find(field: string, digits: string): Promise<void> {
  await page.getByRole("textbox", { name: field }).fill(digits);
  await page.getByRole("button", { name: "Find" }).click();
}

describe("the sheets of a task", () => {
  it("are found by its 8 digits over all batches, newest first, and each leads to its sheet and back to its task", async () => {
    const ours = await smallSheet(TASK, "LISINOPRIL 10 MG TABLETS", "TAKE ONE TABLET DAILY");
    const again = await smallSheet(TASK, "WARFARIN 5 MG TABLETS", "TAKE ONE TABLET DAILY");
    const other = await smallSheet("11111111", "METFORMIN 500 MG TABLETS", "TAKE ONE DAILY");
    await readBatch(person, { name: "monday/1.png", bytes: ours }, { name: "monday/2.png", bytes: other });
    await readBatch(person, { name: "tuesday/1.png", bytes: again });
    await readBatch("somebody-else", { name: "theirs/1.png", bytes: again });

    await page.goto(`${tablet.url}/#/batches`);
    await find("Find the sheets of a task", "4071");
    await page.getByText("A task number has 8 digits").waitFor();
    await find("Find the sheets of a task", TASK);
    await heading(`Task ${TASK}`).waitFor();
    await page.getByRole("link", { name: /Lisinopril 10 mg/i }).waitFor();
    expect(await cards()).toEqual(["tuesday/1.png", "monday/1.png"]);
    await page.locator(".cards img").nth(1).waitFor();
    expect(await faultsOf(page)).toEqual([]);

    await page.getByRole("link", { name: /monday\/1\.png/ }).click();
    await heading("monday/1.png").waitFor();
    await page.getByRole("link", { name: `Task ${TASK}: all its sheets` }).click();
    await heading(`Task ${TASK}`).waitFor();
    await find("Find another task", "99999999");
    await heading("Task 99999999").waitFor();
    await page.getByText("No sheet of this task has been read.").waitFor();
    await page.goto(`${tablet.url}/#/tasks/4071`);
    await page.getByText("A task number has 8 digits").waitFor();
  }, 240_000);

  it("are shown a page at a time", async () => {
    await page.route(`**/tasks/${TASK}/sheets?*`, (route) => {
      const query = new URL(route.request().url()).searchParams;
      const from = Number(query.get("page_token") ?? 0);
      const to = Math.min(from + Number(query.get("page_size")), 30);
      const sheets = Array.from({ length: to - from }, (_, at): Sheet => {
        return {
          batch_id: `11111111-1111-4111-8111-${String(from + at).padStart(12, "0")}`,
          index: 0,
          name: `${from + at}.jpg`,
          status: "completed",
          task_id: TASK,
        };
      });
      return route.fulfill({ json: { sheets, ...(to < 30 ? { next_page_token: String(to) } : {}) } });
    });
    await page.goto(`${tablet.url}/#/tasks/${TASK}`);
    await page.getByText("1 to 25 of this list").waitFor();
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByText("26 to 30 of this list").waitFor();
    expect(await cards()).toEqual(["25.jpg", "26.jpg", "27.jpg", "28.jpg", "29.jpg"]);
    expect(await page.getByRole("button", { name: "Next" }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Previous" }).click();
    await page.getByText("1 to 25 of this list").waitFor();
  });
});
