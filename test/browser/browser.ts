import chromium from "@sparticuz/chromium";
import { type Browser, type BrowserContext, type Page, chromium as playwright } from "playwright-core";
import { builtPage } from "../../local/page.ts";
import { openRoad, type Road } from "../flow/road.ts";
import { freePorts } from "../support/free-ports.ts";

/** The whole system with its page, and a real browser: the one inside @sparticuz/chromium. */
export type Tablet = {
  road: Road;
  url: string;
  browser: Browser;
  /** What the browser complained about on any page: the page's own errors, and breaches of its policies. */
  complaints: string[];
  /** A tablet of its own, signed in as the person. */
  signIn(person: string, options?: Parameters<Browser["newContext"]>[0]): Promise<Page>;
  close(): Promise<void>;
};

/** The flags that matter here: a camera that shows a test picture, and no question whether it may be used. */
const CAMERA = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"];
/** A photo of a label that comes with the project. */
export const sampleFile = (name: string): string =>
  new URL(`../fixtures/samples/${name}`, import.meta.url).pathname;
/** Reading takes seconds, on a busy machine several times that. */
export const READ_MS = 90_000;
export const PORTRAIT = { width: 820, height: 1180 };
export const LANDSCAPE = { width: 1180, height: 820 };

export async function openTablet({ video }: { video?: string } = {}): Promise<Tablet> {
  const port = await freePorts();
  const [road, browser] = await Promise.all([
    builtPage().then((page) => openRoad({ port, page })),
    launch(video),
  ]);
  const { url } = road.stack;
  const complaints: string[] = [];
  return {
    road,
    url,
    browser,
    complaints,
    async signIn(person, options = {}) {
      const context: BrowserContext = await browser.newContext({
        viewport: LANDSCAPE,
        hasTouch: true,
        ...options,
      });
      await context.grantPermissions(["camera"], { origin: url });
      await hearComplaints(context, (complaint) => complaints.push(complaint));
      const page = await context.newPage();
      await page.goto(url);
      await page.getByLabel("Name").fill(person);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { name: "Photograph a label" }).waitFor();
      return page;
    },
    async close() {
      await browser.close();
      await road.close();
    },
  };
}

/** Before the first page is opened: what is wrong with a first view is wrong at once. */
async function hearComplaints(context: BrowserContext, tell: (complaint: string) => void): Promise<void> {
  context.on("weberror", (error) => tell(error.error().message));
  context.on("console", (message) => {
    if (/Permissions policy/i.test(message.text())) tell(message.text());
  });
  await context.exposeFunction("tellBreach", tell);
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (breach) => {
      const { effectiveDirective, blockedURI, sourceFile, lineNumber, columnNumber } = breach;
      const where = `${sourceFile}:${lineNumber}:${columnNumber}`;
      (globalThis as unknown as { tellBreach(breach: string): void }).tellBreach(
        `the security policy's ${effectiveDirective} forbids ${blockedURI} of ${where}`,
      );
    });
  });
}

async function launch(video: string | undefined): Promise<Browser> {
  const camera = video ? [...CAMERA, `--use-file-for-fake-video-capture=${video}`] : CAMERA;
  // Its own list is for Lambda and turns off what a page may need; a container needs only these.
  const args = ["--no-sandbox", "--disable-dev-shm-usage", ...camera];
  return playwright.launch({ executablePath: await chromium.executablePath(), headless: true, args });
}
