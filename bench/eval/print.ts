import type { Summary } from "./summary.ts";

/** The summary as a person reads it. */
export function printed(summary: Summary): string {
  const { ms, whole_ms, understand_ms, in_text, vs } = summary;
  const rows = [
    `${summary.photos} photos   words ${share(summary.words)}   character errors ${share(summary.cer)}`,
    `decoded picture to fields ${whole(ms.p50)} ms (p95 ${whole(ms.p95)}), file to fields ${whole(whole_ms.p50)} ms (p95 ${whole(whole_ms.p95)})`,
    `of that lines to medications ${understand_ms.p50.toFixed(1)} ms (p95 ${understand_ms.p95.toFixed(1)}, p99 ${understand_ms.p99.toFixed(1)})`,
    `in the text: drug ${in_text.name.found}/${in_text.name.of}, strength ${in_text.dosage.found}/${in_text.dosage.of}`,
  ];
  if (vs) {
    const { words, cer, ms_ratio_p50 } = vs.tesseract;
    rows.push(
      `tesseract --psm 3: words ${share(words)}, character errors ${share(cer)}; our time is ${ms_ratio_p50.toFixed(2)} of its`,
    );
  }
  rows.push("", row("field", "right", "flagged", "wrong", "missed"));
  for (const [name, { right, flagged, wrong, missed }] of Object.entries(summary.fields)) {
    rows.push(row(name, right, flagged, wrong, missed));
  }
  rows.push("", row("category", "photos", "words", "drug", "strength", "wrong", "needless"));
  for (const [name, group] of Object.entries(summary.by_category)) {
    const { fields } = group;
    rows.push(
      row(
        name,
        group.photos,
        share(group.words),
        right(fields.name),
        right(fields.dosage),
        group.wrong_not_flagged,
        group.flagged_but_right,
      ),
    );
  }
  rows.push("", `asking for review though all is right: ${list(summary.flagged_but_right)}`);
  for (const [code, files] of Object.entries(summary.needless)) rows.push(`  ${code}: ${list(files)}`);
  const { noticed, unnoticed } = summary.over_maximum;
  rows.push(
    `over the usual most a day, and flagged for it: ${list(noticed)}; not flagged: ${list(unnoticed)}`,
  );
  rows.push(`drug or strength wrong and not flagged: ${list(summary.wrong_not_flagged)}`);
  for (const { file, code } of summary.refused) rows.push(`refused: ${file} (${code})`);
  for (const { file, field, verdict, printed, read, flagged } of summary.misses) {
    rows.push(`${verdict.padEnd(8)}${file}  ${field}: "${printed}" read as "${read}"`);
    if (verdict === "missed" && !flagged) rows.push("         and nothing asks for review");
  }
  return rows.join("\n");
}

function row(first: string, ...rest: (string | number)[]): string {
  return first.padEnd(14) + rest.map((cell) => String(cell).padStart(9)).join("");
}

function right(counts: { right: number; flagged: number; wrong: number; missed: number }): string {
  return `${counts.right}/${counts.right + counts.flagged + counts.wrong + counts.missed}`;
}

function share(value: number | null): string {
  return value === null ? "-" : value.toFixed(3);
}

function whole(value: number): string {
  return value.toFixed(0);
}

function list(files: readonly string[]): string {
  return files.length === 0 ? "none" : `${files.length} (${files.join(", ")})`;
}
