import type { Draft } from "../draft.ts";
import { codeRules } from "./code-rules.ts";
import { countRules } from "./count-rules.ts";
import { directionsRules } from "./directions-rules.ts";
import type { Finding, Rule } from "./finding.ts";
import { intervalRules } from "./interval-rules.ts";
import { labelRules } from "./label-rules.ts";
import { nameRules } from "./name-rules.ts";
import { strengthRules } from "./strength-rules.ts";

const rules: readonly Rule[] = [
  ...nameRules,
  ...strengthRules,
  ...intervalRules,
  ...directionsRules,
  ...codeRules,
  ...countRules,
  ...labelRules,
];

/** Every reason why a person must look at a medication, the gravest kinds first. docs/review-rules.md lists them. */
export function findingsOf(draft: Draft): Finding[] {
  return rules.flatMap((rule) => rule(draft));
}
