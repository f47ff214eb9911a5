import type { UnitOfTime } from "../vocabulary.ts";
import { amountAt, numberAt } from "./amounts.ts";
import { unitOf } from "./dose.ts";
import { ambiguous, type DoseAmount, part } from "./parts.ts";
import { has, lastOf, type Rule } from "./rule.ts";
import { isOne, phrase, printed, skip, spelled, textAt, type Words } from "./words.ts";

/** 5/7 is five days, 2/52 two weeks, 3/12 three months: how British prescriptions write durations. */
const BRITISH: Record<number, UnitOfTime> = { 7: "d", 52: "wk", 12: "mo" };

/** "for 10 days", "x 7d", "for up to 2 weeks", "for 5/7"; after a frequency also "10 days". */
export const durationRule: Rule = (words, at, before) => {
  const lead = skip(
    words,
    at,
    "for",
    "x",
    "the",
    "next",
    "a",
    "total",
    "of",
    "during",
    "period",
    "course",
    "up",
    "to",
    "another",
    "over",
  );
  const led = isOne(words, at, "for", "x", "during");
  const leading = words.tokens.slice(at, lead).map((token) => token.text);
  const upTo = leading.includes("up");
  const amount = amountAt(words, lead);
  if (!led && !(lead === at && amount && has(before, "frequency", "rate", "pattern", "when")))
    return undefined;
  const slash = isOne(words, amount?.end ?? at, "/") ? numberAt(words, (amount?.end ?? at) + 1) : undefined;
  const british = slash && BRITISH[slash.value];
  if (amount && british && slash)
    return part(at, slash.end, { kind: "duration", span: { low: amount.low, unit: british } }, amount.doubts);
  const oneUnit = !amount && leading.includes("a") ? phrase(words, lead, "period") : undefined;
  const unit = amount ? phrase(words, skip(words, amount.end, "-"), "period") : oneUnit;
  if (!unit || ["daily", "weekly", "monthly", "hourly", "m"].includes(textAt(words, unit.end - 1)))
    return undefined;
  const end = skip(words, unit.end, "only", "total", "period", "supply", "course");
  const low = amount?.low ?? 1;
  const span = upTo ? { high: amount?.high ?? low } : { low, ...(amount?.high ? { high: amount.high } : {}) };
  return part(at, end, { kind: "duration", span: { ...span, unit: unit.meaning.unit } }, amount?.doubts);
};

const ONLY = ["only", "time", "times", "dose", "doses", "total"];

/** "once", "x 3 doses", "for 1 dose", "x4", "single dose", "up to 3 doses". */
export const countRule: Rule = (words, at, before) => {
  if (isOne(words, at, "single", "one") && isOne(words, at + 1, "dose", "time", "off"))
    return isOne(words, at, "single") || isOne(words, at + 2, "only")
      ? part(at, skip(words, at + 2, "only", "dose"), { kind: "count", count: 1, bare: false })
      : undefined;
  if (isOne(words, at, "as") && isOne(words, at + 1, "a", "one") && isOne(words, at + 2, "single", "dose"))
    return part(at, skip(words, at + 2, "single", "dose", "only"), { kind: "count", count: 1, bare: false });
  const spoken = phrase(words, at, "times");
  if (spoken?.meaning.value === 1)
    return part(at, skip(words, spoken.end, "only"), { kind: "count", count: 1, bare: true });
  const upTo = phrase(words, at, "up to");
  const marked = upTo?.end ?? skip(words, at, "x", "for", "a", "total", "of");
  const amount = amountAt(words, marked);
  if (!amount || !Number.isInteger(amount.low) || amount.low < 1) return undefined;
  const counted = isOne(words, amount.end, "dose", "doses", "time", "times");
  const end = skip(words, amount.end, ...ONLY);
  if (upTo) {
    if (!counted || !has(before, "frequency", "dose")) return undefined;
    return part(
      at,
      end,
      { kind: "count", count: 1, countMax: amount.high ?? amount.low, bare: false },
      amount.doubts,
    );
  }
  if (marked === at && !(counted && isOne(words, amount.end, "doses") && has(before, "frequency")))
    return undefined;
  if (!isOne(words, at, "x") && !counted) return undefined;
  const last = lastOf(before);
  // After "three times a day", "x 10" may be ten doses or ten days.
  const daily =
    last?.kind === "frequency" && last.frequency.periodUnit !== "h" && last.frequency.periodUnit !== "min";
  const doubts =
    !counted && amount.low > 1 && (daily || last?.kind !== "frequency")
      ? [ambiguous(printed(words, at, end), "it does not say what is counted")]
      : [];
  const range = amount.high ? { countMax: amount.high } : {};
  return part(at, end, { kind: "count", count: amount.low, ...range, bare: false }, [
    ...amount.doubts,
    ...doubts,
  ]);
};

type Per = { value: number; unit: UnitOfTime; end: number };

/** "in 24 hours", "per day", "a day", "daily", "in any 24 hour period". */
function perAt(words: Words, at: number): Per | undefined {
  if (isOne(words, at, "daily", "/day")) return { value: 1, unit: "d", end: at + 1 };
  const start = skip(
    words,
    at,
    "in",
    "per",
    "a",
    "an",
    "any",
    "within",
    "/",
    "every",
    "each",
    "one",
    "over",
    "period",
    "of",
    "during",
    "the",
    "same",
  );
  if (start === at) return undefined;
  const amount = numberAt(words, start);
  const unit = phrase(words, skip(words, amount?.end ?? start, "-"), "period");
  return unit && { value: amount?.value ?? 1, unit: unit.meaning.unit, end: skip(words, unit.end, "period") };
}

/** "max 8 tablets in 24 hours", "no more than 4 doses a day", "MDD 3", "max 2 per dose". */
export const maximumRule: Rule = (words, at) => {
  const lead = phrase(words, at, "maximum");
  if (!lead) return undefined;
  const start = skip(words, lead.end, ":", "=", "of", "is", "than", "a", "total");
  const amount = amountAt(words, start);
  if (!amount) return undefined;
  const unit = phrase(words, amount.end, "unit");
  const times = isOne(words, amount.end, "times", "time", "x") ? amount.end + 1 : undefined;
  const dose: DoseAmount = {
    high: amount.high ?? amount.low,
    ...(unit ? unitOf(unit.meaning) : {}),
    ...(times ? { unit: "dose", code: "{dose}", measure: false } : {}),
  };
  const after = skip(words, unit?.end ?? times ?? amount.end, "total");
  if (
    isOne(words, after, "per", "at", "in", "each", "a") &&
    isOne(
      words,
      skip(words, after, "per", "at", "in", "each", "a", "any", "one"),
      "dose",
      "time",
      "application",
    )
  ) {
    const end = skip(
      words,
      after,
      "per",
      "at",
      "in",
      "each",
      "a",
      "any",
      "one",
      "dose",
      "time",
      "application",
    );
    return part(at, end, { kind: "maximumPerDose", dose }, amount.doubts);
  }
  const per = perAt(words, after);
  if (per) {
    const { end, ...time } = per;
    return part(at, end, { kind: "maximum", dose, per: time }, amount.doubts);
  }
  if (lead.meaning.per)
    return part(
      at,
      after,
      { kind: "maximum", dose, per: { value: 1, unit: lead.meaning.per } },
      amount.doubts,
    );
  const doubt = ambiguous(printed(words, at, after), "the greatest amount is given without its time");
  return part(at, after, { kind: "maximum", dose }, [...amount.doubts, doubt]);
};

/** "pain", "severe pain or fever": the place after the reasons that stand here. */
function reasonsEnd(words: Words, at: number): number | undefined {
  let end: number | undefined;
  let next = at;
  for (;;) {
    let start = next;
    for (
      let adjective = phrase(words, start, "reason adjective");
      adjective;
      adjective = phrase(words, start, "reason adjective")
    ) {
      const whole = phrase(words, start, "reason");
      if (whole && whole.end > adjective.end) break;
      start = adjective.end;
    }
    const reason = phrase(words, start, "reason");
    if (!reason) return end;
    end = reason.end;
    next = skip(words, end, ",", "and", "or", "/", "&", "+", "and/or");
    if (next === end) return end;
  }
}

export const asNeededRule: Rule = (words, at) => {
  const found = phrase(words, at, "as needed");
  if (!found) return undefined;
  const start = skip(words, found.end, "for", ":", "-", "to", "treat", "relieve", "(", "help", "control");
  const end = reasonsEnd(words, start);
  if (end === undefined) return part(at, found.end, { kind: "asNeeded" });
  return part(at, end, { kind: "asNeeded", reason: spelled(words, start, end) });
};

/** "for blood pressure", "to lower cholesterol". */
export const purposeRule: Rule = (words, at) => {
  const lead = phrase(words, at, "purpose");
  if (!lead) return undefined;
  const start = skip(words, lead.end, ":");
  const end = reasonsEnd(words, start);
  if (end === undefined) return undefined;
  const reason = spelled(words, start, end);
  return part(at, end, { kind: "purpose", reason, text: spelled(words, at, end) });
};
