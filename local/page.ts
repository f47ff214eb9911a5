import { execFile } from "node:child_process";
import { glob, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { contentSecurityPolicy, permissionsPolicy, type SiteConfig } from "../contract/web-site.ts";

/** The tablet page on one machine: built when it is missing or older than its source, and served from memory. */

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "..");
const SOURCES = ["web/**/*.{ts,tsx,css,html,svg}", "client/*.ts", "contract/*.ts", "package-lock.json"];

const TYPES: Record<string, string> = {
  ".json": "application/json",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The folder of the built page. A build takes seconds and no network. */
export async function builtPage(onProgress: (step: string) => void = () => undefined): Promise<string> {
  const folder = join(root, "web", "dist");
  if ((await lastChange(SOURCES)) <= (await changedAt(join(folder, "index.html")))) return folder;
  onProgress("building the page");
  // Beside its place and then moved there: whoever serves or builds at the same time never sees half a page.
  const outDir = `${folder}-${process.pid}`;
  // A process of its own: Vite builds for development when NODE_ENV says so, as it does under a test runner.
  const vite = join(root, "node_modules", "vite", "bin", "vite.js");
  const command = [vite, "build", "web", "--logLevel", "warn", "--outDir", outDir];
  await run(process.execPath, command, { cwd: root, env: { ...process.env, NODE_ENV: "production" } });
  await rm(folder, { recursive: true, force: true });
  await rename(outDir, folder).catch(() => rm(outDir, { recursive: true, force: true }));
  return folder;
}

async function lastChange(patterns: readonly string[]): Promise<number> {
  let last = 0;
  for await (const file of glob([...patterns], { cwd: root, exclude: ["web/dist*/**"] })) {
    last = Math.max(last, await changedAt(join(root, file)));
  }
  return last;
}

const changedAt = (file: string): Promise<number> =>
  stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );

/** By the name of a file of the page. */
export const contentType = (name: string): string => TYPES[extname(name)] ?? "application/octet-stream";

/** The name of an asset has the hash of what is in it; all else is asked for again each time. */
export const cacheControl = (name: string): string =>
  name.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache";

/** Answers whether the request was for the page. */
export type Serve = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<boolean>;

type Served = { type: string; body: Buffer; cache: string };

/** @param origins what the page may talk to besides itself */
export async function pageServer(
  folder: string,
  config: SiteConfig,
  origins: { photoStore: string; signIn: string },
): Promise<Serve> {
  const files = new Map<string, Served>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const name = relative(folder, file);
    files.set(`/${name}`, {
      type: contentType(name),
      body: await readFile(file),
      cache: cacheControl(name),
    });
  }
  const index = files.get("/index.html");
  if (index) files.set("/", index);
  const body = Buffer.from(JSON.stringify(config));
  files.set("/config.json", { type: contentType("config.json"), body, cache: cacheControl("config.json") });

  const headers = {
    "Content-Security-Policy": contentSecurityPolicy(origins),
    "Permissions-Policy": permissionsPolicy,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  };
  return async (request, response, url) => {
    const found = request.method === "GET" ? files.get(url.pathname) : undefined;
    if (!found) return false;
    response
      .writeHead(200, { ...headers, "Content-Type": found.type, "Cache-Control": found.cache })
      .end(found.body);
    return true;
  };
}
