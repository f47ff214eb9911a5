import { readFileSync } from "node:fs";
import { parseDirections } from "../../core/medications/directions/parse-directions.ts";
import { differences, expectationOf, rows } from "./expectations.ts";
import { SET_ASIDE } from "./set-aside.ts";

/** Judges the reading of directions on a file of other parsers' tests: npm run --silent eval:sigs -- FILE [--verbose] */
const [file, ...options] = process.argv.slice(2);
if (!file) {
  console.error("usage: npm run --silent eval:sigs -- FILE [--verbose]");
  process.exit(2);
}
const verbose = options.includes("--verbose");
const tests = rows.parse(JSON.parse(readFileSync(file, "utf8")));
const tally = { right: 0, rightFlagged: 0, flagged: 0, wrong: 0, missing: 0, setAside: 0 };
const times: number[] = [];
for (const test of tests) {
  const aside = SET_ASIDE.find(({ sig }) =>
    typeof sig === "string" ? sig === test.sig : sig.test(test.sig),
  );
  if (aside) {
    tally.setAside++;
    if (verbose) console.log(`set aside  ${test.sig}: ${aside.reason}`);
    continue;
  }
  const { sig, form, fields } = expectationOf(test);
  const start = performance.now();
  const { dosages, review } = parseDirections(sig, form ? { form } : {});
  times.push(performance.now() - start);
  const { wrong, missing } = differences(dosages, fields);
  const flagged = review.length > 0;
  const right = wrong.length === 0 && missing.length === 0;
  const verdict = right
    ? flagged
      ? "rightFlagged"
      : "right"
    : flagged
      ? "flagged"
      : wrong.length > 0
        ? "wrong"
        : "missing";
  tally[verdict]++;
  if (!right || (verbose && flagged))
    console.log(
      `${verdict}  ${sig}: ${[...wrong, ...missing].join("; ")} [${review.map((one) => one.code).join(" ")}]`,
    );
}
const judged = tests.length - tally.setAside;
const right = tally.right + tally.rightFlagged;
times.sort((a, b) => a - b);
console.log(`judged ${judged} of ${tests.length}, ${tally.setAside} set aside`);
console.log(
  `right ${right} (${((100 * right) / judged).toFixed(1)}%), of them with a reason to look ${tally.rightFlagged}`,
);
console.log(
  `not right, flagged ${tally.flagged}; wrong without a flag ${tally.wrong}; incomplete without a flag ${tally.missing}`,
);
console.log(`time median ${times[times.length >> 1]?.toFixed(2)} ms, worst ${times.at(-1)?.toFixed(2)} ms`);
