/**
 * Keeps the page's own files in the browser, so that it opens without a network. Nothing else is kept: calls of the API,
 * pictures and the sign-in never pass through here.
 */
declare const self: ServiceWorkerGlobalScope;

/** Written in by the build (web/keep-files.ts): every file of the page, and a name that changes with any of them. */
declare const PAGE: { version: string; files: readonly string[]; index: string };

const CACHES = "rxscan-page-";
const CACHE = `${CACHES}${PAGE.version}`;
/** Asked for anew whenever there is a network; what is kept is for when there is none. */
const FRESH = ["/", "/config.json"];
/** A network that takes longer to answer than this is none, to somebody who waits for a page to open. */
const PATIENCE_MS = 3000;

self.addEventListener("install", (event) => {
  // An open page has all of its parts by now; the next opening is the new one in any case.
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (FRESH.includes(pathname)) event.respondWith(freshOrKept(request, pathname));
  else if (PAGE.files.includes(pathname)) event.respondWith(keptOrFetched(request, pathname));
});

async function keep(): Promise<void> {
  const cache = await caches.open(CACHE);
  const files = [...FRESH, ...PAGE.files];
  await cache.addAll(files.map((file) => new Request(file, { cache: "no-cache", credentials: "omit" })));
  // A page of another version would ask for parts that are not kept: what does not belong together is not kept at all.
  const index = await (await cache.match("/"))?.arrayBuffer();
  if (index && (await sha256(index)) === PAGE.index) return;
  await caches.delete(CACHE);
  throw new Error("the page was replaced while it was being kept");
}

async function forgetOthers(): Promise<void> {
  const names = await caches.keys();
  const others = names.filter((name) => name.startsWith(CACHES) && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
}

/** The address may carry the sign-in's code: it is not kept, and what is kept answers whatever stands behind the `?`. */
async function freshOrKept(request: Request, pathname: string): Promise<Response> {
  const fresh = fetch(request);
  const patience = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS));
  const answer = await Promise.race([fresh.catch(() => undefined), patience]);
  if (answer?.ok) return answer;
  return (await kept(pathname)) ?? fresh;
}

const keptOrFetched = async (request: Request, pathname: string): Promise<Response> =>
  (await kept(pathname)) ?? fetch(request);

const kept = async (pathname: string): Promise<Response | undefined> =>
  (await caches.open(CACHE)).match(pathname);

async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
