import { type FieldFinding, scoreFields, type Verdict } from "./field-score.ts";
import type { Measured } from "./measure.ts";
import { isInText } from "./same-value.ts";
import { scoreText, type TextScore } from "./text-score.ts";
import { type FieldName, fieldNames } from "./truth.ts";

type Counts = Record<Verdict, number>;

/** What `--json` prints. Shares are from 0 to 1; null where nothing was there to measure. */
export type Summary = {
  photos: number;
  /** Share of the printed words that were read. */
  words: number | null;
  /** Character edits for each printed character. */
  cer: number | null;
  fields: Record<FieldName, Counts>;
  /** Photos on which a drug or a strength is wrong, or was made up, and nothing asks for review. */
  wrong_not_flagged: string[];
  by_category: Record<string, Group>;
  /** From the decoded picture to fields. */
  ms: { p50: number; p95: number };
  vs?: { tesseract: { words: number | null; cer: number | null; ms_ratio_p50: number } };
  /** From the file's bytes to fields, with the decoding and the pictures made for people. */
  whole_ms: { p50: number; p95: number };
  /** From lines to medications; every photo is the process's first of its label. */
  understand_ms: { p50: number; p95: number; p99: number };
  /** Photos read rightly in every field that still ask for review, a rightly noticed daily dose aside. */
  flagged_but_right: string[];
  /** What those photos are flagged for: photos by code of the reason. */
  needless: Record<string, string[]>;
  /** Photos whose directions ask for more than the usual most a day, by whether a flag says so. */
  over_maximum: { noticed: string[]; unnoticed: string[] };
  /** Fields that the text says, whatever was made of it: what reading alone reached. */
  in_text: Record<"name" | "dosage", { found: number; of: number }>;
  /** Every field that is not right; `flagged`: the medication asks for review; `own_review`: the field itself says why. */
  misses: (Pick<FieldFinding, "file" | "field" | "verdict" | "printed" | "read" | "flagged"> & {
    own_review: boolean;
  })[];
  /** Photos that were not read at all, with the reason. */
  refused: { file: string; code: string }[];
};

type Group = {
  photos: number;
  words: number | null;
  cer: number | null;
  fields: { name: Counts; dosage: Counts };
  wrong_not_flagged: number;
  flagged_but_right: number;
};

type Scored = {
  measured: Measured;
  text: TextScore;
  findings: FieldFinding[];
  /** Codes of the reasons to look, each once. */
  reasons: string[];
};

/** The one reason that a label can give by itself, however well it is read. */
const OVER_MAXIMUM = "dose_over_maximum";

export function summarize(all: readonly Measured[]): Summary {
  const scored = all.map((measured) => ({
    measured,
    text: scoreText(measured.photo.lines, measured.text),
    findings: scoreFields(measured.photo, measured.medications),
    reasons: [...new Set(measured.medications.flatMap(({ review }) => review.map(({ code }) => code)))],
  }));
  const findings = scored.flatMap((one) => one.findings);
  const categories = [...new Set(all.map(({ photo }) => photo.category))];
  const versus = against(all);
  return {
    photos: all.length,
    ...shares(scored.map(({ text }) => text)),
    fields: byField(findings),
    wrong_not_flagged: scored.filter(isQuietlyWrong).map(fileOf),
    by_category: Object.fromEntries(categories.map((name) => [name, groupOf(scored, name)])),
    ms: percentiles(all.map(({ ms }) => ms)),
    ...(versus ? { vs: { tesseract: versus } } : {}),
    whole_ms: percentiles(all.map(({ wholeMs }) => wholeMs)),
    understand_ms: {
      ...percentiles(all.map(({ understandMs }) => understandMs)),
      p99: percentile(
        all.map(({ understandMs }) => understandMs),
        0.99,
      ),
    },
    flagged_but_right: scored.filter(isNeedlesslyFlagged).map(fileOf),
    needless: needlessByCode(scored),
    over_maximum: {
      noticed: scored.filter((one) => isOver(one) && one.reasons.includes(OVER_MAXIMUM)).map(fileOf),
      unnoticed: scored.filter((one) => isOver(one) && !one.reasons.includes(OVER_MAXIMUM)).map(fileOf),
    },
    in_text: { name: inText(all, "name"), dosage: inText(all, "dosage") },
    misses: findings
      .filter(({ verdict }) => verdict !== "right")
      .map(({ file, field, verdict, printed, read, flagged, ownReview }) => ({
        file,
        field,
        verdict,
        printed,
        read,
        flagged,
        own_review: ownReview,
      })),
    refused: all.flatMap(({ photo, refused }) => (refused ? [{ file: photo.file, code: refused }] : [])),
  };
}

function fileOf({ measured }: Scored): string {
  return measured.photo.file;
}

function isQuietlyWrong({ findings }: Scored): boolean {
  return findings.some(
    ({ field, verdict }) => verdict === "wrong" && (field === "name" || field === "dosage"),
  );
}

function isOver({ measured }: Scored): boolean {
  return measured.photo.overMaximum;
}

function needlessReasons(one: Scored): string[] {
  return isOver(one) ? one.reasons.filter((code) => code !== OVER_MAXIMUM) : one.reasons;
}

function isNeedlesslyFlagged(one: Scored): boolean {
  return needlessReasons(one).length > 0 && one.findings.every(({ verdict }) => verdict === "right");
}

function needlessByCode(scored: readonly Scored[]): Record<string, string[]> {
  const flagged = scored.filter(isNeedlesslyFlagged);
  const codes = new Set(flagged.flatMap(needlessReasons));
  const filesOf = (code: string) => flagged.filter((one) => needlessReasons(one).includes(code)).map(fileOf);
  return Object.fromEntries([...codes].sort().map((code) => [code, filesOf(code)]));
}

function shares(scores: readonly TextScore[]): { words: number | null; cer: number | null } {
  const sum = (of: keyof TextScore) => scores.reduce((total, score) => total + score[of], 0);
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return { words: share(sum("wordsFound"), sum("words")), cer: share(sum("errors"), sum("characters")) };
}

function countsOf(findings: readonly FieldFinding[], field: FieldName): Counts {
  const of = (verdict: Verdict) =>
    findings.filter((one) => one.field === field && one.verdict === verdict).length;
  return { right: of("right"), flagged: of("flagged"), wrong: of("wrong"), missed: of("missed") };
}

function byField(findings: readonly FieldFinding[]): Record<FieldName, Counts> {
  const entries = fieldNames.map((field) => [field, countsOf(findings, field)] as const);
  return Object.fromEntries(entries) as Record<FieldName, Counts>;
}

function groupOf(scored: readonly Scored[], category: string): Group {
  const own = scored.filter(({ measured }) => measured.photo.category === category);
  const findings = own.flatMap((one) => one.findings);
  return {
    photos: own.length,
    ...shares(own.map(({ text }) => text)),
    fields: { name: countsOf(findings, "name"), dosage: countsOf(findings, "dosage") },
    wrong_not_flagged: own.filter(isQuietlyWrong).length,
    flagged_but_right: own.filter(isNeedlesslyFlagged).length,
  };
}

function inText(all: readonly Measured[], field: "name" | "dosage"): { found: number; of: number } {
  const said = all.flatMap(({ photo, text }) =>
    photo.medications.flatMap(({ [field]: value }) =>
      value === undefined ? [] : [isInText(field, value, text)],
    ),
  );
  return { found: said.filter(Boolean).length, of: said.length };
}

function against(all: readonly Measured[]): NonNullable<Summary["vs"]>["tesseract"] | null {
  const both = all.flatMap(({ photo, ms, tesseract }) => (tesseract ? [{ photo, ms, tesseract }] : []));
  if (both.length === 0) return null;
  const scores = both.map(({ photo, tesseract }) => scoreText(photo.lines, tesseract.text));
  return {
    ...shares(scores),
    ms_ratio_p50: percentile(
      both.map(({ ms, tesseract }) => ms / tesseract.ms),
      0.5,
    ),
  };
}

function percentiles(values: readonly number[]): { p50: number; p95: number } {
  return { p50: percentile(values, 0.5), p95: percentile(values, 0.95) };
}

/** The value that the given share of the values does not exceed (nearest rank). */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
