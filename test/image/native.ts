import { execFileSync } from "node:child_process";
import { basename, join } from "node:path";
import { nativeFilesIn } from "./parts.ts";

/**
 * Whether native code would load on Lambda's base image, which the stand-in cannot show: it has a newer C library.
 * Amazon Linux 2023 has glibc 2.34 and GCC 11's libstdc++.
 * https://docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html
 */
const NEWEST = { GLIBC: [2, 34], GLIBCXX: [3, 4, 29], CXXABI: [1, 3, 13] } as const;

/** Of glibc and GCC, and there wherever Node runs. */
const SYSTEM_LIBRARIES =
  /^(ld-linux-x86-64\.so\.2|lib(c|m|dl|rt|pthread|resolv)\.so\.\d+|libstdc\+\+\.so\.6|libgcc_s\.so\.1)$/;

export type Native = {
  files: string[];
  /** The newest versions asked for. */
  needs: Record<keyof typeof NEWEST, string>;
  /** Each as `file: what it asks for`; empty when all would load. */
  tooNew: string[];
  /** Libraries asked for that are neither in the image nor the system's. */
  missing: string[];
};

/** Reads the loader's tables of every native file below the folder with `objdump -p`. */
export function nativeIn(folder: string): Native {
  const files = nativeFilesIn(folder);
  const own = new Set(files.map((file) => basename(file)));
  const needs = { GLIBC: "0", GLIBCXX: "0", CXXABI: "0" };
  const tooNew: string[] = [];
  const missing: string[] = [];
  for (const file of files) {
    const tables = execFileSync("objdump", ["-p", join(folder, file)], { encoding: "utf8" });
    for (const [, library = ""] of tables.matchAll(/^ +NEEDED +(\S+)$/gm)) {
      if (!own.has(library) && !SYSTEM_LIBRARIES.test(library)) missing.push(`${file}: ${library}`);
    }
    // Below "Version References" stands what is asked for; before it, what the file itself defines.
    const [, asked = ""] = tables.split("Version References:");
    for (const [, library = "", version = ""] of asked.matchAll(/ (GLIBC|GLIBCXX|CXXABI)_([\d.]+)$/gm)) {
      const name = library as keyof typeof NEWEST;
      if (isNewer(version.split(".").map(Number), NEWEST[name])) tooNew.push(`${file}: ${name}_${version}`);
      if (isNewer(version.split(".").map(Number), needs[name].split(".").map(Number))) needs[name] = version;
    }
  }
  return { files, needs, tooNew, missing };
}

function isNewer(version: readonly number[], than: readonly number[]): boolean {
  for (let i = 0; i < Math.max(version.length, than.length); i += 1) {
    const difference = (version[i] ?? 0) - (than[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
