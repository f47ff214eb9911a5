import { describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import lock from "../../package-lock.json" with { type: "json" };

type Locked = { optionalDependencies?: Record<string, string>; dependencies?: Record<string, string> };
const packages = lock.packages as Record<string, Locked>;

/** Whether Node, starting at the package at `path`, would find `name` among the locked packages. */
function isLocked(path: string, name: string): boolean {
  for (let base = path; ; base = base.slice(0, Math.max(0, base.lastIndexOf("node_modules/") - 1))) {
    if (packages[`${base}${base ? "/" : ""}node_modules/${name}`]) return true;
    if (base === "") return false;
  }
}

describe("the lock file", () => {
  it("has every package of every platform, or npm ci refuses it", () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !isLocked(path, name)),
    );
    expect(missing).toEqual([]);
  });

  it("pins what package.json pins, and package.json pins exactly", () => {
    const wanted = { ...manifest.dependencies, ...manifest.devDependencies };
    expect({
      ...packages[""]?.dependencies,
      ...(packages[""] as { devDependencies?: object }).devDependencies,
    }).toEqual(wanted);
    expect(
      Object.entries(wanted).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)),
    ).toEqual([]);
  });
});
