import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import sharp, { type Sharp } from "sharp";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Medication } from "../../contract/medications.ts";
import { type Person, personAt } from "../flow/road.ts";
import { LANDSCAPE, openTablet, READ_MS, sampleFile, type Tablet } from "./browser.ts";
import { faultsOf, throttle, violationsOf } from "./checks.ts";
import { leave } from "./leave.ts";

const LABEL = sampleFile("lisinopril.jpg");
/** One that leaves no doubt. */
const CLEAR_LABEL = sampleFile("amoxicillin-suspension.jpg");

let tablet: Tablet;
let people = 0;
let person: string;
let page: Page;

beforeAll(async () => {
  tablet = await openTablet({ video: await videoOf(LABEL) });
}, 180_000);
afterAll(() => tablet?.close());

beforeEach(async () => {
  people += 1;
  person = `nurse-${people}`;
  page = await tablet.signIn(person, { viewport: LANDSCAPE });
});
afterEach(() => leave(tablet, page));

const asPerson = async (): Promise<Person> => personAt(tablet.url, await tablet.road.stack.token(person));

async function medicationsOf(somebody: Person): Promise<Medication[]> {
  return ((await (await somebody.call("GET", "/meds")).json()) as { medications: Medication[] }).medications;
}

const button = (name: string | RegExp) => page.getByRole("button", { name });
const heading = (name: string | RegExp) => page.getByRole("heading", { name, level: 1 });

async function read(
  file: string | { name: string; mimeType: string; buffer: Buffer } = LABEL,
): Promise<void> {
  await page.setInputFiles("input[type=file]", file);
  await button("Read this label").click();
}

async function readToTheEnd(file?: Parameters<typeof read>[0]): Promise<void> {
  await read(file);
  await page.locator(".comparison").waitFor({ timeout: READ_MS });
  await page.locator(".label-photo").waitFor();
}

async function tickEveryDoubt(): Promise<void> {
  for (const doubt of await page.locator(".doubts li").all()) await doubt.locator("label").click();
}

const network = (bytesPerSecond: number) => throttle(page, bytesPerSecond);
/** So slow, in bytes a second, that the photo of 160 kB is still on its way however late this machine comes to look. */
const CRAWLING = 4_000;

/** When a part of the photo has arrived, and not all of it. */
async function inTheMiddleOfTheUpload(): Promise<void> {
  const percent = () => page.locator("progress[value]").getAttribute("value").then(Number);
  await expect.poll(percent, { timeout: READ_MS, interval: 50 }).toBeGreaterThan(5);
  expect(await percent()).toBeLessThan(100);
}
const violations = () => violationsOf(page);

describe("the tablet page", () => {
  it("would be heard complaining: an inline style is refused by its security policy", async () => {
    await page.evaluate(() => {
      const style = document.createElement("style");
      style.textContent = "body { color: red }";
      document.head.append(style);
    });
    await expect.poll(() => tablet.complaints, { timeout: READ_MS }).toHaveLength(1);
    expect(tablet.complaints.splice(0)).toEqual([expect.stringContaining("forbids inline")]);
  });

  it("leads from the sign-in to a confirmed medication in four touches", async () => {
    // The first was "Sign in".
    await page.setInputFiles("input[type=file]", CLEAR_LABEL);
    await button("Read this label").click();
    await heading("Amoxicillin").waitFor({ timeout: READ_MS });
    await button("Confirm: it is as the label says").click();
    await page.getByText("Confirmed. It is in your list").waitFor();

    const [kept] = await medicationsOf(await asPerson());
    const dosage = "400 mg/5 mL";
    expect(kept).toMatchObject({ name: "Amoxicillin", dosage, quantity: 150, status: "confirmed" });
    await page.getByRole("link", { name: "Medicines" }).click();
    const entry = page.getByRole("link", { name: `Amoxicillin ${dosage}` });
    expect(await entry.textContent()).toContain("Confirmed");
  }, 120_000);

  it("lights a field's place on the photo when the field is touched, and corrects it where it stands", async () => {
    await readToTheEnd();
    await button(/^Strength/).click();
    const [read] = await medicationsOf(await asPerson());
    const onScreen = await page.locator(".lit").boundingBox();
    // Where the contract's box is on the screen, by the picture's own scale.
    const expected = await page.locator(".label-photo").evaluate((svg: SVGSVGElement, box) => {
      const at = svg.getScreenCTM();
      const [x = 0, y = 0, width = 0, height = 0] = box ?? [];
      return at && { x: x * at.a + at.e, y: y * at.d + at.f, width: width * at.a, height: height * at.d };
    }, read?.fields.dosage?.box);
    const centre = (box: typeof onScreen) =>
      box && [box.x + box.width / 2, box.y + box.height / 2].map(Math.round);
    expect(centre(onScreen)).toEqual(centre(expected));
    expect(onScreen?.width).toBeGreaterThan(expected?.width ?? 0);

    await button("Change Quantity").click();
    await page.getByRole("textbox", { name: "Quantity" }).fill("thirty");
    await button("Save").click();
    await page.getByText("Enter a number, such as 30").waitFor();
    await page.getByRole("textbox", { name: "Quantity" }).fill("60");
    await button("Save").click();
    await page.getByText("Quantity is corrected.").waitFor();
    const [corrected] = await medicationsOf(await asPerson());
    expect(corrected).toMatchObject({ quantity: 60, status: "unconfirmed" });
    expect(corrected?.history.at(-1)).toMatchObject({ action: "corrected", by: person });

    // Somebody else is faster: what they wrote is shown, and not overwritten.
    await (await asPerson()).call("PATCH", `/meds/${corrected?.id}`, { refills: 5 });
    await tickEveryDoubt();
    await button("Confirm: it is as the label says").click();
    await page.getByText("Somebody changed this in the meantime").waitFor();
    await expect.poll(() => button(/^Refills/).textContent(), { timeout: READ_MS }).toContain("5");
    expect((await medicationsOf(await asPerson()))[0]?.status).toBe("unconfirmed");
  }, 120_000);

  it("lets nobody confirm a doubtful label before each doubt has been looked at", async () => {
    // The strength is off the picture: a label photographed from too far to the left.
    const cut = await sharp(LABEL)
      .rotate()
      .extract({ left: 0, top: 0, width: 560, height: 1200 })
      .jpeg()
      .toBuffer();
    await readToTheEnd({ name: "cut.jpg", mimeType: "image/jpeg", buffer: cut });
    const doubts = page.locator(".doubts li");
    const [read] = await medicationsOf(await asPerson());
    expect(read?.needs_review).toBe(true);
    expect(await doubts.count()).toBe(read?.review.length);
    for (const { message } of read?.review ?? [])
      expect(await page.locator(".doubts").textContent()).toContain(message);

    // What is missing can be entered from where it is missed.
    const missing = doubts.filter({ hasText: "No strength was found" });
    expect(await missing.getByRole("button", { name: "Change Strength" }).count()).toBe(1);

    const confirm = button("Confirm: it is as the label says");
    expect(await confirm.isDisabled()).toBe(true);
    await tickEveryDoubt();
    await confirm.click();
    await page.getByText("Confirmed. It is in your list").waitFor();
  }, 120_000);

  it("reads what the camera sees", async () => {
    await button("Open the camera").click();
    await button("Take the photo").and(page.locator(":enabled")).waitFor();
    expect(await violations()).toEqual([]);
    await button("Take the photo").click();
    await button("Done, 1 photo").click();
    await button("Read this label").click();
    await heading("Lisinopril").waitFor({ timeout: READ_MS });
  }, 120_000);

  it("sends a photo once and whole when the network is lost in the middle of its upload", async () => {
    await network(CRAWLING);
    await read();
    await inTheMiddleOfTheUpload();
    await page.context().setOffline(true);
    await page.getByText("No connection. Photos you take are kept").waitFor();
    await page.locator(".meter").getByText("Waiting for the network").waitFor();
    await network(-1);
    await page.context().setOffline(false);
    await heading("Lisinopril").waitFor({ timeout: READ_MS });
    expect(await medicationsOf(await asPerson())).toHaveLength(1);
  }, 180_000);

  it("finds a scan again after a reload in the middle of its upload, and it stays one", async () => {
    await network(CRAWLING);
    await read();
    await inTheMiddleOfTheUpload();
    await page.reload();
    await network(-1);
    await heading("Lisinopril").waitFor({ timeout: READ_MS });
    expect(await medicationsOf(await asPerson())).toHaveLength(1);
    // And nothing of it stays behind in the browser.
    const kept = await page.evaluate(
      () =>
        new Promise<number>((resolve, reject) => {
          const opening = indexedDB.open("rxscan");
          opening.onerror = reject;
          opening.onsuccess = () => {
            const count = opening.result.transaction("scans").objectStore("scans").count();
            count.onsuccess = () => resolve(count.result);
          };
        }),
    );
    expect(kept).toBe(0);
  }, 180_000);

  it("takes a scan up again after a reload while the label is being read", async () => {
    await read();
    await page
      .locator(".meter")
      .getByText(/^(The photos have arrived.*|Reading)$/)
      .waitFor({ timeout: READ_MS });
    await page.reload();
    await heading("Lisinopril").waitFor({ timeout: READ_MS });
    expect(await medicationsOf(await asPerson())).toHaveLength(1);
  }, 120_000);

  it("says at once that a photo is blurred or cut off, and lets it be sent all the same", async () => {
    const advice = page.locator(".take > .hint");
    const jpeg = async (photo: Sharp) => ({
      name: "a.jpg",
      mimeType: "image/jpeg",
      buffer: await photo.jpeg().toBuffer(),
    });
    const good = sharp(LABEL).rotate();
    await page.setInputFiles("input[type=file]", await jpeg(good.clone()));
    await page.setInputFiles("input[type=file]", await jpeg(good.clone().blur(6)));
    await advice.getByText("Photo 2: The text is blurred. Hold the tablet still").waitFor();
    await button("Remove photo 2").click();
    await advice.getByText("Fill the frame with the label.").waitFor();
    const cut = await jpeg(good.clone().extract({ left: 0, top: 0, width: 560, height: 1200 }));
    await page.setInputFiles("input[type=file]", cut);
    await advice.getByText("Photo 2: The label runs out of the photo.").waitFor();
    expect(await button("Read this label").isEnabled()).toBe(true);
  }, 60_000);

  it("keeps the photos of somebody whose session ended, and sends them after the next sign-in", async () => {
    await page.evaluate(() => {
      const tokens = JSON.parse(sessionStorage.getItem("rxscan.tokens") ?? "{}");
      sessionStorage.setItem("rxscan.tokens", JSON.stringify({ ...tokens, refresh: "gone", expires: 0 }));
    });
    await page.reload();
    await read();
    await page.getByRole("alertdialog", { name: "Your session has ended" }).waitFor();
    expect(await violations()).toEqual([]);
    await button("Sign in").click();
    await page.getByLabel("Name").fill(person);
    await button("Sign in").click();
    await heading("Lisinopril").waitFor({ timeout: READ_MS });
    expect(new URL(page.url()).search).toBe("");
  }, 120_000);

  it("leaves nothing of a person in the browser after they have signed out", async () => {
    await page.context().setOffline(true);
    await read();
    await page.locator(".meter").getByText("Waiting for the network").waitFor({ timeout: 20_000 });
    await page.route("**/meds/extract", (route) => route.abort());
    await page.context().setOffline(false);
    await button("Sign out").click();
    await page
      .getByRole("alertdialog", { name: "Sign out now?" })
      .getByRole("button", { name: "Sign out" })
      .click();
    await heading("You are signed out").waitFor();
    const left = await page.evaluate(async () => ({
      session: Object.keys(sessionStorage),
      local: Object.keys(localStorage),
      databases: (await indexedDB.databases()).map(({ name }) => name),
      cookies: document.cookie,
    }));
    expect(left).toEqual({ session: ["rxscan.signed-out"], local: [], databases: [], cookies: "" });
  }, 120_000);

  it("has no barrier that axe can find and nothing to touch under 48 pixels, upright and across", async () => {
    const found: Record<string, string[]> = {};
    const look = async (name: string) => {
      found[name] = await faultsOf(page);
    };
    await look("nothing chosen");
    await page.setInputFiles("input[type=file]", LABEL);
    await button("Read this label").waitFor();
    await look("a photo chosen");
    await button("Read this label").click();
    await heading("Reading the label").waitFor();
    await look("reading");
    await heading("Lisinopril").waitFor({ timeout: READ_MS });
    await page.locator(".label-photo").waitFor();
    await look("a medication");
    await button("Change Strength").click();
    await look("correcting");
    await page.getByRole("link", { name: "Medicines" }).click();
    await page.locator(".cards img").waitFor();
    await look("the list");
    expect(Object.entries(found).filter(([, all]) => all.length > 0)).toEqual([]);
  }, 180_000);

  it("says what to do when a file is no photo, and when the photo turns out to be none", async () => {
    await page.setInputFiles("input[type=file]", {
      name: "a.pdf",
      mimeType: "application/pdf",
      buffer: Buffer.from("%PDF"),
    });
    await page.getByText("One file is not a photo and was left out.").waitFor();
    await read({ name: "a.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no picture at all") });
    await heading("This label was not read").waitFor({ timeout: READ_MS });
    await page.getByText("This file is not a photo.").waitFor();
    await button("Take new photos").click();
    await heading("Photograph a label").waitFor();
  }, 120_000);

  it("loads less than 150 kB of JavaScript first, and nothing on it moves", async () => {
    const scripts = new Map<string, Promise<number>>();
    page.on("response", (response) => {
      const url = response.url();
      if (url.endsWith(".js") && !scripts.has(url))
        scripts.set(
          url,
          response.body().then(gzippedSize, () => 0),
        );
    });
    await page.addInitScript(() => {
      const shifts: number[] = [];
      Object.assign(globalThis, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
      }).observe({ type: "layout-shift", buffered: true });
    });
    await page.reload();
    await heading("Photograph a label").waitFor();
    const bytes = (await Promise.all(scripts.values())).reduce((sum, one) => sum + one, 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(150_000);
    // The pages that come later have come.
    await expect
      .poll(() => [...scripts.keys()].some((url) => url.includes("medication-page")), { timeout: 15_000 })
      .toBe(true);
    expect(await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts)).toEqual([]);
  });
});

async function gzippedSize(body: Buffer): Promise<number> {
  const stream = new Blob([new Uint8Array(body)]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

/** A film of one picture, for the camera that the browser pretends to have: JPEGs in a row. */
async function videoOf(photo: string): Promise<string> {
  const { mkdtemp } = await import("node:fs/promises");
  const { tmpdir } = await import("node:os");
  const file = join(await mkdtemp(join(tmpdir(), "rxscan-camera-")), "label.mjpeg");
  await writeFile(
    file,
    await sharp(await readFile(photo))
      .rotate()
      .resize({ width: 1280, height: 960, fit: "cover" })
      .jpeg({ quality: 92 })
      .toBuffer(),
  );
  return file;
}
