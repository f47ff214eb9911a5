import { join } from "node:path";
import { defineConfig } from "vite";
import { keepFiles, SERVICE_WORKER } from "./keep-files.ts";

const root = import.meta.dirname;

/** For browsers that clinics' tablets of the last four years have: what Vite calls baseline, and their cameras. */
export default defineConfig({
  root,
  plugins: [keepFiles()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // Nothing in a page of ours may be inline: its security policy forbids it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: {
        index: join(root, "index.html"),
        [SERVICE_WORKER]: join(root, "offline/service-worker.ts"),
      },
      output: {
        // In one part, zod has its setting before any other part makes a schema.
        codeSplitting: { groups: [{ name: "zod", test: /without-eval\.ts$|node_modules.zod/ }] },
        entryFileNames: ({ name }) => (name === SERVICE_WORKER ? "[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
});
