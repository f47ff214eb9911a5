import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileChooser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { zipOf } from "../flow/batch-road.ts";
import { openTablet, READ_MS, sampleFile, type Tablet } from "./browser.ts";
import { leave } from "./leave.ts";

const PHOTOS = ["metformin-two-photos-1.jpg", "metformin-two-photos-2.jpg"].map(sampleFile);

let tablet: Tablet;
let people = 0;
let page: Page;
/** Files that are chosen and dropped: they lie on the disk, as a person's do. */
let folder: string;
let zip: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rxscan-choosing-"));
  zip = join(folder, "ward.zip");
  const sheet = { name: "1.png", bytes: new TextEncoder().encode("no picture at all") };
  await Promise.all([
    zipOf([sheet]).then((bytes) => writeFile(zip, bytes)),
    mkdir(join(folder, "ward")),
    writeFile(join(folder, "notes.pdf"), "%PDF"),
  ]);
  tablet = await openTablet();
}, 180_000);
afterAll(async () => {
  await tablet?.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  people += 1;
  page = await tablet.signIn(`chooser-${people}`);
});
afterEach(() => leave(tablet, page));

const button = (name: string) => page.getByRole("button", { name });

/** What the browser opens when the button is tapped. */
async function pickerOf(name: string): Promise<FileChooser> {
  const opening = page.waitForEvent("filechooser");
  await button(name).tap();
  return opening;
}

describe("photos of a label", () => {
  it("are chosen with the browser's own picker, several at once, and the same one again after it was removed", async () => {
    const picker = await pickerOf("Choose photos");
    expect(picker.isMultiple()).toBe(true);
    expect(await picker.element().getAttribute("accept")).toContain("image/jpeg");
    await picker.setFiles(PHOTOS);
    await page.getByRole("img", { name: "Photo 2" }).waitFor();
    await button("Remove photo 2").tap();
    await page.getByRole("img", { name: "Photo 2" }).waitFor({ state: "detached" });
    await (await pickerOf("Choose photos")).setFiles(PHOTOS.slice(1));
    await page.getByRole("img", { name: "Photo 2" }).waitFor();
  });

  it("that were chosen stay when a file is dropped by mistake: the page refuses it, and the browser does not open it", async () => {
    await (await pickerOf("Choose photos")).setFiles(PHOTOS);
    await page.getByRole("img", { name: "Photo 2" }).waitFor();
    // This browser does not leave for a file that is dropped by its own protocol: seen is whether it was let.
    await page.evaluate(() => {
      addEventListener("dragover", ({ defaultPrevented, dataTransfer }) => {
        Object.assign(globalThis, { seen: { defaultPrevented, dropEffect: dataTransfer?.dropEffect } });
      });
    });
    await dropAt(page, await middleOf(page.locator(".photos")), zip);
    expect(await page.evaluate(() => (globalThis as unknown as { seen: object }).seen)).toEqual({
      defaultPrevented: true,
      dropEffect: "none",
    });
    expect(await page.getByRole("img", { name: /^Photo \d$/ }).count()).toBe(2);
    expect(new URL(page.url()).protocol).toBe("http:");
  });
});

describe("a batch", () => {
  const inside = () => middleOf(page.locator(".drop > p").first());
  const openBatches = async () => {
    await page.goto(`${tablet.url}/#/batches`);
    await button("Choose a ZIP or photos").waitFor();
  };

  it("is chosen with the picker of a browser that does not tell where files lie", async () => {
    await page.addInitScript(() => {
      Reflect.deleteProperty(globalThis, "showOpenFilePicker");
    });
    await page.reload();
    await openBatches();
    const picker = await pickerOf("Choose a ZIP or photos");
    expect(picker.isMultiple()).toBe(true);
    // Systems that know no type for a ZIP go by its ending.
    expect(await picker.element().getAttribute("accept")).toContain(".zip");
    await picker.setFiles(zip);
    await page.getByText("ward.zip, 1 kB").waitFor();
    await (await pickerOf("Choose something else")).setFiles(PHOTOS);
    await page.getByText("2 photos, ").waitFor();
    // Photos are always of one task, whatever was chosen before.
    await page.getByRole("textbox", { name: "Task number" }).waitFor();
  });

  it("is asked for in a way that the picker of a browser that does tell understands, and in a touch", async () => {
    await page.addInitScript(() => {
      type Picker = (options: object) => Promise<unknown>;
      const browser = globalThis as unknown as { showOpenFilePicker: Picker; refused: string[] };
      const open = browser.showOpenFilePicker;
      browser.refused = [];
      browser.showOpenFilePicker = (options) => {
        const picker = open.call(globalThis, options);
        picker.catch(({ name }: Error) => browser.refused.push(name));
        return picker;
      };
    });
    await page.reload();
    await openBatches();
    await button("Choose a ZIP or photos").tap();
    // Nobody is there to choose: closed without a choice. What it does not understand it refuses otherwise.
    const refused = () => page.evaluate(() => (globalThis as unknown as { refused: string[] }).refused);
    await expect.poll(refused, { timeout: 20_000 }).toEqual(["AbortError"]);
    expect(await page.getByRole("alert").allTextContents()).toEqual([""]);
  });

  it("is dropped: a ZIP, photos, and no folder or anything else", async () => {
    await openBatches();
    await dropAt(page, await inside(), zip);
    await page.getByText("ward.zip, 1 kB").waitFor();
    await dropAt(page, await inside(), ...PHOTOS);
    await page.getByText("2 photos, ").waitFor();
    await dropAt(page, await inside(), join(folder, "ward"));
    await page.getByText("A folder cannot be handed in.").waitFor();
    await dropAt(page, await inside(), join(folder, "notes.pdf"));
    await page.getByText("notes.pdf is neither a ZIP nor a photo.").waitFor();
    await dropAt(page, await inside(), zip, ...PHOTOS);
    await page.getByText("Either one ZIP or photos, please").waitFor();
  });

  it("shows where it can be dropped as long as a file is over the place, and nothing happens beside it", async () => {
    await openBatches();
    const over = () => page.locator(".drop").getAttribute("data-over");
    const files = { items: [], files: [zip], dragOperationsMask: 1 };
    const session = await page.context().newCDPSession(page);
    const drag = async (type: "dragEnter" | "dragOver" | "dragCancel", at: Point) =>
      session.send("Input.dispatchDragEvent", { type, ...at, data: files });
    await drag("dragEnter", await inside());
    await drag("dragOver", await inside());
    expect(await over()).toBe("true");
    // Over its own button it is still there.
    await drag("dragOver", await middleOf(button("Choose a ZIP or photos")));
    expect(await over()).toBe("true");
    await drag("dragOver", await middleOf(page.getByRole("heading", { name: "Your batches" })));
    expect(await over()).toBe("false");
    await dropAt(page, await middleOf(page.getByRole("heading", { name: "Your batches" })), zip);
    expect(await button("Hand in").count()).toBe(0);
    await dropAt(page, await inside(), zip);
    await button("Hand in").waitFor();
  });

  it("is chosen and handed in by the keyboard alone, in the order of the page, and the focus goes along", async () => {
    await page.addInitScript(() => {
      Reflect.deleteProperty(globalThis, "showOpenFilePicker");
    });
    await page.reload();
    const focused = () =>
      page.evaluate(() => {
        const { activeElement: at } = document;
        return at?.matches("main") ? "main" : at?.textContent;
      });
    await page.getByRole("link", { name: "Batches" }).press("Enter");
    await button("Choose a ZIP or photos").waitFor();
    expect(await focused()).toBe("main");
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Choose a ZIP or photos");
    const opening = page.waitForEvent("filechooser");
    await page.keyboard.press("Enter");
    await (await opening).setFiles(zip);
    await page.getByRole("status").getByText("ward.zip, 1 kB").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    await page.keyboard.type("1234567");
    await page.keyboard.press("Enter");
    await page.getByText("A task number has 8 digits").waitFor();
    await page.keyboard.type("8");
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Hand in");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "ward.zip", level: 1 }).waitFor();
    expect(await focused()).toBe("main");
  }, 60_000);

  it("is handed in by dropping it, and an upload that was interrupted goes on when the same file is dropped again", async () => {
    await openBatches();
    await dropAt(page, await inside(), zip);
    const isChunk = (url: URL) => url.searchParams.has("partNumber");
    await page.route(isChunk, async (route) => {
      if (route.request().method() !== "PUT") await route.continue();
    });
    const sending = page.waitForRequest((request) => isChunk(new URL(request.url())));
    await button("Hand in").tap();
    await sending;
    await page.reload();
    await page.unroute(isChunk);
    await page.getByRole("heading", { name: "This upload is not finished" }).waitFor();
    await dropAt(page, await inside(), zip);
    await page.getByText("All of 1 sheet is accounted for").first().waitFor({ timeout: READ_MS });
  }, 120_000);
});

type Point = { x: number; y: number };

async function middleOf(what: Locator): Promise<Point> {
  const box = await what.boundingBox();
  if (!box) throw new Error("it is not to be seen");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Drags files of the disk to a point of the page and lets them go: the browser's own events, not the page's. */
async function dropAt(to: Page, at: Point, ...files: string[]): Promise<void> {
  const session = await to.context().newCDPSession(to);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await session.send("Input.dispatchDragEvent", { type, ...at, data });
  }
  await session.detach();
}
