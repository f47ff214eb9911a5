import { defineConfig } from "vite";

/** For browsers that clinics' tablets of the last four years have: what Vite calls baseline, and their cameras. */
export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // Nothing in a page of ours may be inline: its security policy forbids it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
