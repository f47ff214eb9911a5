import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page, Request } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { BatchProgress, ChunksReceived, Sheet } from "../../contract/batches.ts";
import { type Entry, smallSheet, zipOf } from "../flow/batch-road.ts";
import { type Person, personAt } from "../flow/road.ts";
import { LANDSCAPE, openTablet, type Tablet } from "./browser.ts";
import { faultsOf } from "./checks.ts";
import { leave } from "./leave.ts";

/** Reading a small ZIP takes seconds, on a busy machine several times that. */
const READ_MS = 90_000;
/** Whatever else the page shows takes a moment; on a busy machine several. */
const SOON = { timeout: 20_000 };
const MIB = 2 ** 20;
/** The smallest chunk the service gives out. */
const CHUNK = 8 * MIB;

let tablet: Tablet;
let people = 0;
let person: string;
let page: Page;
let ward: Buffer;
/** Where the files lie that are chosen. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rxscan-batches-"));
  [tablet, ward] = await Promise.all([openTablet(), wardZip()]);
}, 180_000);
afterAll(async () => {
  await tablet?.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  people += 1;
  person = `clerk-${people}`;
  page = await openPage();
});
afterEach(() => leave(tablet, page));

/** A tablet of the person, at its batches. By default of a browser that does not tell where files lie. */
async function openPage({ tellsWhere = false } = {}): Promise<Page> {
  const opened = await tablet.signIn(person, { viewport: LANDSCAPE });
  if (!tellsWhere) {
    await opened.addInitScript(() => {
      Reflect.deleteProperty(globalThis, "showOpenFilePicker");
    });
  }
  await opened.goto(`${tablet.url}/#/batches`);
  await opened.reload();
  await opened.getByRole("heading", { name: "Batches", exact: true }).waitFor();
  return opened;
}

/** Six sheets: three that are read, one without a task, one twice, and one that is no picture. */
async function wardZip(): Promise<Buffer> {
  const first = await smallSheet("11111111", "LISINOPRIL 10 MG TABLETS", "TAKE ONE TABLET DAILY", "QTY: 30");
  return zipOf([
    { name: "ward/", bytes: new Uint8Array() },
    { name: "ward/1.png", bytes: first },
    { name: "ward/2.png", bytes: await smallSheet("22222222", "METFORMIN 500 MG TABLETS", "TAKE ONE DAILY") },
    { name: "ward/3.png", bytes: await smallSheet(null, "AMOXICILLIN 500 MG CAPSULES", "TAKE ONE DAILY") },
    { name: "ward/4.png", bytes: first },
    { name: "ward/5.png", bytes: new TextEncoder().encode("no picture at all") },
    { name: "ward/6.png", bytes: await smallSheet("33333333", "WARFARIN 5 MG TABLETS", "TAKE ONE DAILY") },
  ]);
}

/** A ZIP of that many chunks, the last one short; `seed` makes it another one of the same size. */
const largeZip = (chunks: number, seed: number): Promise<Buffer> => {
  const size = Math.floor(((chunks - 1) * CHUNK + MIB / 2) / (chunks - 1));
  const entries: Entry[] = Array.from({ length: chunks - 1 }, (_, at) => ({
    name: `${at}.png`,
    bytes: new Uint8Array(size).fill((seed + at) % 251),
  }));
  return zipOf(entries, false);
};

const asPerson = async (): Promise<Person> => personAt(tablet.url, await tablet.road.stack.token(person));
const button = (name: string | RegExp) => page.getByRole("button", { name });
const heading = (name: string | RegExp) => page.getByRole("heading", { name, level: 1, exact: true });
const batchId = (): string => new URL(page.url()).hash.split("/")[2] ?? "";

type ChosenFile = { name: string; bytes: Uint8Array };

async function choose(...files: ChosenFile[]): Promise<void> {
  const paths = files.map(({ name }) => join(folder, name));
  await Promise.all(files.map(({ bytes }, at) => writeFile(paths[at] ?? "", bytes)));
  await page.setInputFiles("input[type=file]", paths);
}

async function handIn(name: string, bytes: Uint8Array): Promise<void> {
  await choose({ name, bytes });
  await button("Hand in").click();
  await heading(name).waitFor();
}

async function readToTheEnd(): Promise<void> {
  await handIn("ward.zip", ward);
  await page.getByText("All of 6 sheets are accounted for").first().waitFor({ timeout: READ_MS });
}

async function chunksReceived(): Promise<number[]> {
  const response = await (await asPerson()).call("GET", `/batches/${batchId()}/chunks`);
  return ((await response.json()) as ChunksReceived).received;
}

async function progress(): Promise<BatchProgress> {
  const response = await (await asPerson()).call("GET", `/batches/${batchId()}/progress`);
  return (await response.json()) as BatchProgress;
}

/** The indexes of the chunks that the browser sends from now on. */
function chunksSent(): number[] {
  const sent: number[] = [];
  page.on("request", (request: Request) => {
    const part = new URL(request.url()).searchParams.get("partNumber");
    if (request.method() === "PUT" && part) sent.push(Number(part) - 1);
  });
  return sent;
}

/** Chunks with these indexes leave the browser only once they are let go: an upload that stands still. */
async function hold(...indexes: number[]): Promise<() => Promise<void>> {
  const isHeld = (url: URL) => indexes.includes(Number(url.searchParams.get("partNumber")) - 1);
  await page.route(isHeld, async (route) => {
    if (route.request().method() !== "PUT") await route.continue();
  });
  return () => page.unroute(isHeld);
}

describe("the batches of the tablet page", () => {
  it("fill in while they are read, and each sheet is shown beside its picture", async () => {
    await handIn("ward.zip", ward);
    await page.locator(".cards li").nth(5).waitFor({ timeout: READ_MS });
    await page.getByText("All of 6 sheets are accounted for").first().waitFor({ timeout: READ_MS });
    await expect.poll(() => button(/^Failed/).textContent(), SOON).toBe("Failed1");
    await expect
      .poll(() => page.locator(".cards li").allTextContents(), SOON)
      .toEqual([
        expect.stringMatching(/^ward\/1\.pngLisinopril 10 mg · Task 11111111/i),
        expect.stringMatching(/^ward\/2\.pngMetformin 500 mg · Task 22222222/i),
        expect.stringMatching(/^ward\/3\.pngIt shows no QR code with a task.*No task$/),
        "ward/4.pngThe same as sheet 1Duplicate",
        expect.stringMatching(/^ward\/5\.pngIt is no picture\..*Failed$/),
        expect.stringMatching(/^ward\/6\.pngWarfarin.* 5 mg · Task 33333333/i),
      ]);

    for (const [filter, names] of [
      [/^No task/, ["ward/3.png"]],
      [/^Duplicates/, ["ward/4.png"]],
      [/^Failed/, ["ward/5.png"]],
    ] as const) {
      await button(filter).click();
      await expect.poll(() => page.locator(".cards strong").allTextContents(), SOON).toEqual(names);
    }
    await page.getByRole("textbox", { name: "Find a task in this batch" }).fill("2222");
    await button("Find").click();
    await page.getByText("A task number has 8 digits").waitFor();
    await page.getByRole("textbox", { name: "Find a task in this batch" }).fill("22222222");
    await button("Find").click();
    await expect.poll(() => page.locator(".cards strong").allTextContents(), SOON).toEqual(["ward/2.png"]);

    await button(/^All/).click();
    await page.getByRole("link", { name: /ward\/1\.png/ }).click();
    await page.locator("svg.label-photo").waitFor();
    await button(/^Strength/).click();
    const onScreen = await page.locator(".lit").boundingBox();
    const sheet = (await (await asPerson()).call("GET", `/batches/${batchId()}/sheets/0`)).json();
    // Where the contract's box is on the screen, by the picture's own scale.
    const expected = await page.locator("svg.label-photo").evaluate(
      (svg: SVGSVGElement, box) => {
        const at = svg.getScreenCTM();
        const [x = 0, y = 0, width = 0, height = 0] = box ?? [];
        return at && { x: x * at.a + at.e, y: y * at.d + at.f, width: width * at.a, height: height * at.d };
      },
      ((await sheet) as Sheet).result?.fields.dosage?.box,
    );
    const centre = (box: typeof onScreen) =>
      box && [box.x + box.width / 2, box.y + box.height / 2].map(Math.round);
    expect(centre(onScreen)).toEqual(centre(expected));

    // A sheet has an address of its own; from there the way leads to the list, and from a copy to the first.
    await page.reload();
    await heading("ward/1.png").waitFor();
    await page.getByRole("link", { name: "All sheets of the batch" }).click();
    await page.getByRole("link", { name: /ward\/4\.png/ }).click();
    await page.getByRole("link", { name: "Show sheet 1" }).click();
    await heading("ward/1.png").waitFor();
    await page.goBack();
    await page.goBack();
    expect(
      await page
        .getByRole("link", { name: /ward\/4\.png/ })
        .evaluate((row) => row === document.activeElement),
    ).toBe(true);

    for (const [name, ending] of [
      ["Results, CSV for spreadsheets", "csv"],
      ["Results, NDJSON", "ndjson"],
    ] as const) {
      const coming = page.waitForEvent("download");
      await button(name).click();
      const download = await coming;
      expect(download.suggestedFilename()).toBe(`batch-${batchId()}.${ending}`);
      const text = await readFile(await download.path(), "utf8");
      expect(text.match(/ward\/\d\.png/g)?.length).toBe(6);
    }

    // Any other tablet of the person lists it.
    const other = await openPage();
    await other.getByRole("link", { name: /ward\.zip.*6 sheets.*Finished, some sheets need you/ }).waitFor();
    await other.context().close();
  }, 180_000);

  it("take up an upload after a reload with the same file, send nothing twice, and know another file", async () => {
    const zip = await largeZip(4, 1);
    const letGo = await hold(0, 1, 2);
    await handIn("large.zip", zip);
    await expect.poll(chunksReceived, SOON).toEqual([3]);
    await page.reload();
    await letGo();
    await page.getByRole("heading", { name: "This upload is not finished" }).waitFor();
    const sent = chunksSent();

    await choose({ name: "large.zip", bytes: zip.subarray(22) });
    await page.getByText("This is not the file that the upload was begun with").waitFor();
    await choose({ name: "large.zip", bytes: await largeZip(4, 2) });
    await page.getByText("This is not the file that the upload was begun with").waitFor();
    expect(sent).toEqual([]);

    await choose({ name: "renamed.zip", bytes: zip });
    await page.getByText("All of 3 sheets are accounted for").first().waitFor({ timeout: READ_MS });
    expect(sent.toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
    expect((await progress()).counts).toMatchObject({ total: 3, failed: 3 });
  }, 180_000);

  it("open the file by themselves after a reload where the browser tells where it lies", async () => {
    await page.context().close();
    page = await openPage({ tellsWhere: true });
    // A file of the browser's own: headless, nobody is there to choose one of the disk's.
    await page.addInitScript(() => {
      Object.assign(globalThis, {
        showOpenFilePicker: async () => [
          await (await navigator.storage.getDirectory()).getFileHandle("own.zip"),
        ],
      });
    });
    await page.reload();
    await page.evaluate(
      async (base64) => {
        const handle = await (await navigator.storage.getDirectory()).getFileHandle("own.zip", {
          create: true,
        });
        const file = await handle.createWritable();
        await file.write(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
        await file.close();
      },
      (await largeZip(2, 3)).toString("base64"),
    );
    const letGo = await hold(0, 1);
    await button("Choose a ZIP or photos").click();
    await button("Hand in").click();
    await heading("own.zip").waitFor();
    await page.reload();
    await letGo();
    await button("Go on with the upload").click();
    await page.getByText("All of 1 sheet is accounted for").first().waitFor({ timeout: READ_MS });
  }, 120_000);

  it("wait for a lost network, pause and go on, and the file arrives once", async () => {
    const sent = chunksSent();
    const letGo = await hold(0);
    await handIn("large.zip", await largeZip(3, 4));
    await expect.poll(chunksReceived, SOON).toEqual([1, 2]);
    await page.context().setOffline(true);
    await page.locator(".meter").getByText("Waiting for the network").waitFor();
    await page.context().setOffline(false);
    await page.locator(".meter").getByText("Sending").waitFor();
    await button("Pause").click();
    await page.locator(".meter").getByText("Paused").waitFor();
    await letGo();
    await button("Go on").click();
    await page.getByText("All of 2 sheets are accounted for").first().waitFor({ timeout: READ_MS });
    expect((await progress()).counts).toMatchObject({ total: 2, failed: 2 });
    // The two that had arrived were sent once; the one in between as often as it was interrupted.
    expect(sent.filter((index) => index !== 0).toSorted((a, b) => a - b)).toEqual([1, 2]);
    const listed = (await (await asPerson()).call("GET", "/batches")).json() as Promise<{
      batches: unknown[];
    }>;
    expect((await listed).batches).toHaveLength(1);
  }, 120_000);

  it("are stopped, and what is left is read later; failed sheets are read again", async () => {
    await handIn("ward.zip", ward);
    await button("Stop reading").click({ timeout: READ_MS });
    await page.getByRole("alertdialog").getByRole("button", { name: "Stop reading" }).click();
    await page
      .getByText(/^Stopped\. \d of 6 sheets/)
      .first()
      .waitFor();
    await button("Read the rest").click();
    await page.getByText("All of 6 sheets are accounted for").first().waitFor({ timeout: READ_MS });
    await button("Read 1 failed sheet again").click();
    await page.getByText("They are being read again.").waitFor();
    await expect
      .poll(async () => (await progress()).status, { timeout: READ_MS })
      .toBe("completed_with_errors");
    await button("Read 1 failed sheet again").waitFor({ timeout: READ_MS });
    expect((await progress()).counts).toMatchObject({
      total: 6,
      completed: 3,
      failed: 1,
      duplicate: 1,
      unmatched: 1,
    });
  }, 180_000);

  it("say what to do about a file that cannot be read, before and after it was sent", async () => {
    await choose({ name: "cut.zip", bytes: ward.subarray(0, -30) });
    await page.getByText("cut.zip is no ZIP, or it ends early.").waitFor();
    await choose({ name: "a.zip", bytes: ward }, { name: "b.zip", bytes: ward });
    await page.getByText("One ZIP at a time").waitFor();
    await choose({ name: "a.pdf", bytes: Buffer.from("%PDF") });
    await page.getByText("a.pdf is neither a ZIP nor a photo.").waitFor();

    await choose({ name: "empty.zip", bytes: await zipOf([{ name: "ward/", bytes: new Uint8Array() }]) });
    await page.getByRole("radio", { name: "All sheets belong to one task" }).check();
    await page.getByRole("textbox", { name: "Task number" }).fill("1234567");
    await button("Hand in").click();
    await page.getByText("A task number has 8 digits").waitFor();
    await page.getByRole("textbox", { name: "Task number" }).fill("12345678");
    await button("Hand in").click();
    await page.getByText("There are no sheets in the ZIP.").waitFor({ timeout: READ_MS });
    await page.goto(`${tablet.url}/#/batches/00000000-0000-4000-8000-000000000000`);
    await page.getByText("This batch is no longer kept.").waitFor();
  }, 120_000);

  it("are photos as well, each a sheet of one task", async () => {
    const photos = await Promise.all(
      ["LISINOPRIL 10 MG", "WARFARIN 5 MG"].map(async (label, at) => ({
        name: `${at}.png`,
        bytes: await smallSheet(null, label, "TAKE ONE TABLET DAILY"),
      })),
    );
    await choose(...photos.toReversed());
    await page.getByRole("textbox", { name: "Task number" }).fill("12345678");
    await button("Hand in").click();
    await heading("2 photos").waitFor();
    await page.getByText("All of 2 sheets are accounted for").first().waitFor({ timeout: READ_MS });
    await expect
      .poll(() => page.locator(".cards li").allTextContents(), SOON)
      .toEqual([
        expect.stringMatching(/^0\.pngLisinopril 10 mg · Task 12345678/i),
        expect.stringMatching(/^1\.pngWarfarin.* 5 mg · Task 12345678/i),
      ]);
  }, 120_000);

  it("of 200,000 sheets are held and asked for a page at a time", async () => {
    const asked = await standIn(page, 200_000);
    await page.goto(`${tablet.url}/#/batches/${STAND_IN}`);
    await page.getByText("1 to 25 of this list").waitFor();
    await button("Next").click();
    await page.getByText("26 to 50 of this list").waitFor();
    asked.length = 0;
    // It goes on: the counts change, and only what is shown is asked for again.
    await expect.poll(() => asked.length, { timeout: 30_000 }).toBeGreaterThan(2);
    expect(new Set(asked)).toEqual(new Set(["25"]));
    // Whoever listens is not told of each sheet: of the stage, and of every quarter.
    const spoken = page.locator(".standing-card .unseen");
    expect(await spoken.textContent()).toBe("The sheets are being read");
    expect(await page.locator(".cards li").count()).toBe(25);
    expect(await page.locator("*").count()).toBeLessThan(600);
  }, 60_000);

  it("have no barrier that axe can find and nothing to touch under 48 pixels, upright and across", async () => {
    const found: Record<string, string[]> = {};
    const look = async (name: string) => {
      found[name] = await faultsOf(page);
    };
    await look("nothing handed in");
    await choose({ name: "ward.zip", bytes: ward });
    await page.getByRole("radio", { name: "All sheets belong to one task" }).check();
    await button("Hand in").click();
    await look("a task is asked for");
    await page.reload();
    const letGo = await hold(0, 1);
    await handIn("large.zip", await largeZip(2, 5));
    await button("Pause").click();
    await look("an upload that is paused");
    await button("Stop").click();
    await look("stopping is asked for");
    await page.reload();
    await page.getByRole("heading", { name: "This upload is not finished" }).waitFor();
    await look("an upload to be taken up");
    await letGo();
    await page.goto(`${tablet.url}/#/batches`);
    await readToTheEnd();
    await page.locator(".cards img").nth(3).waitFor();
    await look("a batch that was read");
    await page.getByRole("link", { name: /ward\/3\.png/ }).click();
    await page.locator("svg.label-photo").waitFor();
    await button(/^Strength/).click();
    await look("a sheet without a task");
    await page.getByRole("link", { name: "Next sheet" }).click();
    await page.getByRole("link", { name: "Show sheet 1" }).waitFor();
    await page.locator(".label-photo").waitFor();
    await look("a duplicate");
    await page.goto(`${tablet.url}/#/batches`);
    await page.getByRole("link", { name: /ward\.zip/ }).waitFor();
    await look("the list");
    expect(Object.entries(found).filter(([, all]) => all.length > 0)).toEqual([]);
  }, 240_000);
});

const STAND_IN = "11111111-1111-4111-8111-111111111111";

/** Answers of a service that reads a batch of so many sheets. Collects the tokens of the pages that are asked for. */
async function standIn(to: Page, total: number): Promise<string[]> {
  const asked: string[] = [];
  let completed = 0;
  await to.route(`**/batches/${STAND_IN}/progress`, (route) => {
    completed += 100;
    const body: BatchProgress = {
      batch_id: STAND_IN,
      filename: "all.zip",
      size: 64 * 2 ** 30,
      upload_type: "zip_with_qr",
      status: "processing",
      created_at: new Date().toISOString(),
      progress_percentage: (completed / total) * 100,
      counts: { total, completed, failed: 0, duplicate: 0, unmatched: 0, pending: total - completed },
      skipped: 0,
      eta_seconds: 7200,
    };
    return route.fulfill({ json: body, headers: { "Retry-After": "1" } });
  });
  await to.route(`**/batches/${STAND_IN}/sheets?*`, (route) => {
    const query = new URL(route.request().url()).searchParams;
    const from = Number(query.get("page_token") ?? 0);
    asked.push(query.get("page_token") ?? "");
    const sheets = Array.from({ length: Number(query.get("page_size")) }, (_, at): Sheet => {
      return { batch_id: STAND_IN, index: from + at, name: `${from + at}.jpg`, status: "pending" };
    });
    return route.fulfill({ json: { sheets, next_page_token: String(from + sheets.length) } });
  });
  return asked;
}
