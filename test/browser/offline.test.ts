import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { builtPage, pageServer, type Serve } from "../../local/page.ts";
import { openTablet, READ_MS, sampleFile, type Tablet } from "./browser.ts";
import { leave } from "./leave.ts";

const LABEL = sampleFile("lisinopril.jpg");

let tablet: Tablet;
let people = 0;
let page: Page;

beforeAll(async () => {
  tablet = await openTablet();
}, 180_000);
afterAll(() => tablet?.close());

beforeEach(async () => {
  people += 1;
  page = await tablet.signIn(`offline-${people}`);
  await page.evaluate(() => navigator.serviceWorker.ready);
});
afterEach(() => leave(tablet, page));

const heading = (name: string) => page.getByRole("heading", { name, level: 1 });
const button = (name: string) => page.getByRole("button", { name });

/** Every address that the browser keeps an answer to, and what the answers say together. */
const kept = () =>
  page.evaluate(async () => {
    const requests = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        requests.push({ path: request.url.replace(location.origin, ""), name });
      }
    }
    return requests;
  });

describe("without a network", () => {
  it("opens, keeps the photos that are taken, and sends them when the network is back", async () => {
    await page.context().setOffline(true);
    await page.reload();
    await heading("Photograph a label").waitFor();
    await page.setInputFiles("input[type=file]", LABEL);
    await button("Read this label").click();
    await page.locator(".meter").getByText("Waiting for the network").waitFor({ timeout: 20_000 });
    // The tablet was put away: what was taken is still there when the page opens again, still without a network.
    await page.reload();
    await page.locator(".meter").getByText("Waiting for the network").waitFor({ timeout: 20_000 });
    await page.context().setOffline(false);
    await heading("Lisinopril").waitFor({ timeout: READ_MS });
  }, 120_000);

  it("signs out here at once, keeps nothing of the person, and signs out at the issuer before the next sign-in", async () => {
    await page.setInputFiles("input[type=file]", LABEL);
    await button("Read this label").click();
    await heading("Lisinopril").waitFor({ timeout: READ_MS });
    await page.locator(".label-photo").waitFor();
    await page.context().setOffline(true);
    await button("Sign out").click();
    await heading("You are signed out").waitFor();
    await page.reload();
    await heading("You are signed out").waitFor();
    expect(await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))).toEqual(
      [],
    );
    expect(await page.content()).not.toContain("Lisinopril");

    await button("Sign in").click();
    await heading("There is no connection").waitFor();
    const left = page.waitForRequest((request) => new URL(request.url()).pathname === "/logout");
    await page.context().setOffline(false);
    await button("Sign in").click();
    await left;
    await heading("You are signed out").waitFor();
    await button("Sign in").click();
    await page.getByLabel("Name").waitFor();
  }, 120_000);

  it("keeps the page's own files and nothing else, whatever was read and looked at", async () => {
    await page.setInputFiles("input[type=file]", LABEL);
    await button("Read this label").click();
    await heading("Lisinopril").waitFor({ timeout: READ_MS });
    await page.locator(".label-photo").waitFor();
    await page.getByRole("link", { name: "Medicines" }).click();
    await page.locator(".cards img").waitFor();
    await page.reload();
    const all = await kept();
    expect(new Set(all.map(({ name }) => name)).size).toBe(1);
    for (const { path } of all)
      expect(path).toMatch(/^\/(assets\/[\w-]+\.(js|css)|[\w-]+\.svg|config\.json)?$/);
    // All of it: the pages that are loaded later come without a network too.
    await page.context().setOffline(true);
    await page.reload();
    await heading("Medicines").waitFor();
  }, 120_000);
});

describe("a new version of the page", () => {
  let folder: string;
  let server: Server;
  let serve: Serve;
  let url: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "rxscan-versions-"));
    await cp(await builtPage(), join(folder, "old"), { recursive: true });
    server = createServer((request, response) => {
      const address = new URL(request.url ?? "/", url);
      void serve(request, response, address).then((found) => found || response.writeHead(404).end());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await publish("old");
    // Nobody is signed in, and the page does not leave for the sign-in either.
    await page.addInitScript(() => sessionStorage.setItem("rxscan.signed-out", "yes"));
    await page.goto(url);
    await page.evaluate(async () => {
      await navigator.serviceWorker.register("/service-worker.js");
      await navigator.serviceWorker.ready;
    });
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  async function publish(version: string): Promise<void> {
    const config = { issuer: url, sign_in: url, client_id: "tablet" };
    serve = await pageServer(join(folder, version), config, { photoStore: url, signIn: url });
  }

  /** The same page by another name, and its worker; `sha256` is what the worker expects of the page. */
  async function make(version: string, sha256?: string): Promise<void> {
    const [from, to] = [join(folder, "old"), join(folder, version)];
    await cp(from, to, { recursive: true });
    const index = (await readFile(join(from, "index.html"), "utf8")).replace(
      "<title>rxscan",
      `$&, ${version}`,
    );
    await writeFile(join(to, "index.html"), index);
    const worker = (await readFile(join(from, "service-worker.js"), "utf8"))
      .replace(/"version":"\w+"/, `"version":"${version}"`)
      .replace(/"index":"\w+"/, `"index":"${sha256 ?? createHash("sha256").update(index).digest("hex")}"`);
    await writeFile(join(to, "service-worker.js"), worker);
  }

  const title = async () => {
    await heading("You are signed out").waitFor();
    return /<title>(.*)<\/title>/.exec((await (await page.reload())?.text()) ?? "")?.[1];
  };
  const cacheNames = () => page.evaluate(() => caches.keys());

  it("is shown at the next opening, and replaces what is kept for when there is no network", async () => {
    await make("newer");
    await publish("newer");
    expect(await title()).toBe("rxscan, newer");
    await expect.poll(cacheNames, { timeout: 15_000 }).toEqual(["rxscan-page-newer"]);
    await page.context().setOffline(true);
    expect(await title()).toBe("rxscan, newer");
  }, 60_000);

  it("is not kept when its parts are of different versions; the one before still opens without a network", async () => {
    await make("mixed", "0".repeat(64));
    await publish("mixed");
    expect(await title()).toBe("rxscan, mixed");
    await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      await registration?.update().catch(() => undefined);
      // Its installation ends by being given up.
      const installing = registration?.installing;
      if (installing) await new Promise((resolve) => installing.addEventListener("statechange", resolve));
    });
    expect(await cacheNames()).toHaveLength(1);
    await page.context().setOffline(true);
    expect(await title()).toBe("rxscan");
  }, 60_000);
});
