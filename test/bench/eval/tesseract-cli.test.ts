import { afterEach, expect, it, vi } from "vitest";
import { readWithTesseract } from "../../../bench/eval/tesseract-cli.ts";

afterEach(() => vi.unstubAllEnvs());

it("says what to install when there is no tesseract command", async () => {
  vi.stubEnv("PATH", "/nowhere");
  const blank = { width: 8, height: 8, data: new Uint8Array(64).fill(255) };
  await expect(readWithTesseract(blank)).rejects.toThrow(/no `tesseract` command here: install it/);
});
