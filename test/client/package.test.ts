import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { badNetwork } from "./bad-network.ts";
import { filenameOf } from "./chaos-service.ts";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
const tsc = join(root, "node_modules/typescript/bin/tsc");
/** All that the packed client may ask for, and what that asks for in turn. */
const NEEDED = ["zod", "p-map", "p-retry", "is-network-error"];

/** A program of somebody else's, strictly typed, that scans one label. */
const PROGRAM = `
import { ApiError, type Medication, type Photo, type ScanStatus, scan, StillRunning } from "rxscan/client";

const photo: Photo = {
  filename: "${filenameOf("packed", 1)}",
  contentType: "image/jpeg",
  bytes: new TextEncoder().encode("Metformin 500 mg"),
};
const sent: number[] = [];
const status: ScanStatus = await scan({ url: process.argv[2] ?? "", token: async () => "token" }, [photo], {
  onProgress: (at) => {
    if (at.step === "uploading") sent.push(at.sent);
  },
});
const name: Medication["name"] | undefined = status.result?.name;
const refused = await scan({ url: process.argv[2] ?? "", token: "token" }, [{ ...photo, contentType: "text/plain" }])
  .catch((error: unknown) => (error instanceof ApiError ? error.code : "another error"));
console.log(JSON.stringify({ status: status.status, name, sent, refused, waits: typeof StillRunning }));
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rxscan-packed-"));
});
afterAll(() => rm(folder, { recursive: true }));

it("is packed with the package, and a program elsewhere compiles against it and scans with it", async () => {
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: root });
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf("["))) as {
    filename: string;
    files: { path: string }[];
  }[];
  const inside = (packed?.files ?? []).map(({ path }) => path);
  expect(inside.filter((path) => !/^(dist\/(client|contract)\/|package\.json$|\w+\.md$)/.test(path))).toEqual(
    [],
  );

  const modules = join(folder, "node_modules");
  await mkdir(join(modules, "rxscan"), { recursive: true });
  await run("tar", ["-xzf", packed?.filename ?? "", "--strip-components=1", "-C", join(modules, "rxscan")], {
    cwd: folder,
  });
  const { dependencies } = JSON.parse(await readFile(join(modules, "rxscan/package.json"), "utf8"));
  expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(["zod", "p-retry"]));
  for (const name of NEEDED) await symlink(join(root, "node_modules", name), join(modules, name));
  await symlink(join(root, "node_modules/@types"), join(modules, "@types"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(join(folder, "program.ts"), PROGRAM);
  const options = ["--strict", "--target", "es2024", "--module", "nodenext", "--types", "node"];
  await run(process.execPath, [tsc, ...options, "program.ts"], { cwd: folder }).catch(({ stdout: said }) => {
    throw new Error(said);
  });

  const network = await badNetwork(1, { hold: () => undefined, release: () => undefined });
  network.fates.calm();
  try {
    const told = await run(process.execPath, ["program.js", network.url], { cwd: folder });
    expect(JSON.parse(told.stdout)).toEqual({
      status: "completed",
      name: "Metformin 500 mg",
      sent: [0, 16],
      refused: "not_an_image",
      waits: "function",
    });
  } finally {
    network.close();
  }
}, 120_000);
