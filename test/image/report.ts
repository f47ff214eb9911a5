import { isDeepStrictEqual } from "node:util";

/** Prints one line for each thing found out, and counts. */
export class Report {
  #passed = 0;
  #failed = 0;

  /** What was expected, and whether it is so. */
  holds(what: string, isSo: boolean, found?: unknown): void {
    if (isSo) this.#passed += 1;
    else this.#failed += 1;
    const but = isSo || found === undefined ? "" : `, but found ${JSON.stringify(found)}`;
    console.log(`${isSo ? "  ok    " : "  FAILED"} ${what}${but}`);
  }

  equal(what: string, found: unknown, expected: unknown): void {
    this.holds(`${what}: ${JSON.stringify(expected)}`, isDeepStrictEqual(found, expected), found ?? null);
  }

  heading(what: string): void {
    console.log(`\n${what}`);
  }

  figure(what: string, value: string): void {
    console.log(`          ${what.padEnd(44)} ${value}`);
  }

  /** The last line, and whether everything held. */
  end(): boolean {
    console.log(`\n${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0;
  }
}
