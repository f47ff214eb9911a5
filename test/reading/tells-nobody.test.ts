import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const run = promisify(execFile);

describe("the first reader's networks", () => {
  it("leave nothing on the machine they run on: no id of it, no log, nothing to send later", async () => {
    const home = await mkdtemp(join(tmpdir(), "rxscan-home-"));
    try {
      const models = new URL("../../core/reading/networks/models.ts", import.meta.url).href;
      const script = `const { loadModels } = await import(${JSON.stringify(models)}); await loadModels(1);`;
      const { stderr } = await run(process.execPath, ["--input-type=module", "--eval", script], {
        // Whether telemetry is off must not come from the environment of whoever runs the tests; nor CI's, where it is.
        env: { PATH: process.env.PATH, HOME: home, TMPDIR: home },
      });
      expect(stderr).not.toMatch(/telemetry/i);
      expect(await readdir(home, { recursive: true })).toEqual([]);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });
});
