import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // One more than the two cores it is meant for: the whole-road tests wait for leases and browsers half of their time.
    maxWorkers: 3,
  },
});
