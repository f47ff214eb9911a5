import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/** What the service worker is called in the built page: beside the page, so that all of it is its scope. */
export const SERVICE_WORKER = "service-worker";

/** Tells the service worker which files the page has been built of (see `PAGE` in web/offline/service-worker.ts). */
export function keepFiles(): Plugin {
  let publicDir = "";
  return {
    name: "rxscan-keep-files",
    configResolved(config) {
      publicDir = config.publicDir;
    },
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const worker = bundle[`${SERVICE_WORKER}.js`];
        const index = bundle["index.html"];
        if (worker?.type !== "chunk" || index?.type !== "asset") throw new Error("the page is not whole");
        const contents = new Map<string, string | Uint8Array>();
        for (const [name, part] of Object.entries(bundle))
          contents.set(name, part.type === "chunk" ? part.code : part.source);
        for (const name of readdirSync(publicDir)) contents.set(name, readFileSync(join(publicDir, name)));

        const version = createHash("sha256");
        for (const [name, content] of contents) version.update(name).update(content);
        const files = [...contents.keys()].filter(
          (name) => name !== worker.fileName && name !== index.fileName,
        );
        const page = {
          version: version.digest("hex").slice(0, 16),
          files: files.map((name) => `/${name}`),
          index: createHash("sha256").update(index.source).digest("hex"),
        };
        worker.code = `const PAGE = ${JSON.stringify(page)};\n${worker.code}`;
      },
    },
  };
}
