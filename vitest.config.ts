import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores is what a tablet clinic's build machine has; more workers only make each test slower.
    maxWorkers: 2,
  },
});
