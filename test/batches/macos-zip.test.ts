import { expect, it } from "vitest";
import type { Archive } from "../../core/batches/zip-archive.ts";
import { entriesOf } from "../../core/batches/zip-directory.ts";
import { findDirectory } from "../../core/batches/zip-end.ts";
import { judge } from "../../core/batches/zip-rules.ts";
import { fields, HEADER, makeEnd } from "../support/zip-bytes.ts";

const GIB = 2 ** 30;

it("finds the entries of a ZIP over 4 GiB that macOS wrote without ZIP64", async () => {
  const offsets = [0, 3 * GIB, 4.5 * GIB, 6 * GIB, 8.5 * GIB];
  const headers = offsets.map((offset) =>
    Buffer.concat([
      fields([4, HEADER], [2, 21], [2, 20], [2, 8], [2, 8], [4, 0], [4, 7], [4, 900], [4, 1_000]),
      fields([2, 5], [2, 0], [2, 0], [2, 0], [2, 0], [4, 0], [4, offset % (4 * GIB)]),
      Buffer.from("a.jpg"),
    ]),
  );
  const directory = Buffer.concat(headers);
  const at = 9 * GIB;
  const truth = { disk: 0, onDisk: 5, entries: 5, size: directory.length, located: 0, disks: 1 };
  const last = Buffer.concat([directory, makeEnd({ ...truth, offset: at % (4 * GIB) })]);
  const whole: Archive = {
    size: at + last.length,
    range: async (from, to) => {
      const bytes = Buffer.alloc(to - from);
      last.copy(bytes, Math.max(0, at - from), Math.max(0, from - at));
      return bytes;
    },
  };
  const found = await findDirectory(whole);
  const places: unknown[] = [];
  for await (const entries of entriesOf(found.directory, found.archive)) {
    for (const entry of entries) {
      const verdict = judge(entry, found.directory);
      places.push(verdict.kind === "book" ? verdict.place.offset : verdict);
    }
  }
  expect(places).toEqual(offsets);
});
