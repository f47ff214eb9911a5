import { wordsOfQuantity } from "./drug-line.ts";
import type { Kind } from "./headings.ts";
import type { Segment } from "./segments.ts";
import { mayBeDoorNumber, type Strength, strengthsIn } from "./strength.ts";
import {
  directionShare,
  isCredential,
  isDoseUnit,
  isForm,
  isFormWord,
  isName,
  isPharmacyWord,
  isStreetWord,
  isTime,
  isVolumeUnit,
  isWay,
  namesSomething,
  opensDirections,
  spoken,
  warns,
} from "./word-kinds.ts";
import { fold, type Word } from "./words.ts";

const dateLike =
  /\b\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\b|\b\d{1,2}[ -]?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ -]?\d{2,4}\b/i;
const phoneLike = /\(?\d{3}\)?[ .-]{0,2}\d{3}[ .-]?\d{4}\b|\b0\d{3,4} ?\d{3} ?\d{3,4}\b|^\D{0,6}\d{3}-\d{4}$/;
const zipLike = /\b[A-Z]{2}[ ,.]+\d{5}(-\d{4})?\b/;
/** UK and Canadian post codes. The letters of the UK's second half leave out those of MG and MCG. */
const postcodeLike = /\b[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b/;
const bareNumber = /^#\s?\d{5,}$/;
const bareCount = /^#\s?\d{1,4}(\s*\([^)]*\))?$/;

/** "1 x 200 dose": one inhaler. */
const dosesInPack = /^\d+ ?x ?\d+ ?doses?$/i;
/** "As directed by your clinic": directions that leave the how to somebody else. */
const asTold = /^as (directed|needed|prescribed|required|advised|instructed)\b/i;

/** Directions' words must make up this much of a line that does not open like directions. */
const mostlyDirections = 0.75;
/** ... and this much of one that does ("Take one Prinivil tablet"). */
const partlyDirections = 0.5;
/** ... this much of one that opens with a counted dose ("4 DROPS AD BID") ... */
const saysDose = 0.4;
/** ... and this much of one that opens with a verb or count and says when. */
const saysWhen = 0.3;

/** "80 TABLETS", "30 Film Coated Tablets", "100 ML", "2 x 15 g": how much is in the pack. */
function countsUnits(words: readonly Word[]): boolean {
  const [first, ...rest] = spoken(words);
  if (first?.kind !== "number" || rest.length === 0 || words.some((word) => word.text === "%")) return false;
  if (rest.length === 1 && isVolumeUnit(rest[0])) return true;
  return rest.some(isForm) && rest.every((word) => isFormWord(word));
}

/** "1 TAB", "10 DROPS", "1-2 SPRAYS" at the beginning of a line, and the words that follow; none in any other line. */
function behindDose(words: readonly Word[]): readonly Word[] {
  const said = spoken(words);
  const unit = said.findIndex((word) => word.kind !== "number" && word.folded !== TO && word.folded !== OR);
  const word = said[unit];
  if (unit <= 0 || unit > mostOfRange) return [];
  // "1 PO BID": the unit goes without saying.
  if (isWay(word)) return said.slice(unit);
  return isForm(word) || isDoseUnit(word) ? said.slice(unit + 1) : [];
}

/** "1 TAB PRN", "2 SPRAYS IN": the word behind the dose says when or where, whatever strength the line has ("MAX 30 MG"). */
function opensWithDose(words: readonly Word[]): boolean {
  const [next] = behindDose(words);
  return next !== undefined && (isTime(next) || isWay(next));
}

/** "1 TAB M-W-F, 1/2 TAB T-TH": goes on with a time or with another dose. */
function countsDoses(words: readonly Word[]): boolean {
  const [next, ...more] = behindDose(words);
  return next !== undefined && (isTime(next) || more.some((one) => isTime(one) || one.kind === "number"));
}

/** "1 to 2" before its unit: three words. */
const mostOfRange = 3;
const [TO, OR] = [fold("to"), fold("or")];

function before(words: readonly Word[], strength: Strength): Word[] {
  return words.slice(0, strength.from);
}

/** "10 mg Ramipril tablets" */
function opensWithStrength(words: readonly Word[], strength: Strength): boolean {
  const next = words[strength.to];
  return strength.from === 0 && next !== undefined && isName(next);
}

/** What a segment is about: its heading says so, or else its words do. `text` is the whole line. */
export function kindOf(segment: Segment, text: string): Kind {
  if (segment.heading) return segment.heading;
  const { words } = segment;
  const said = spoken(words);
  const value = text.slice(segment.start, segment.end);
  if (said.length === 0) return "other";
  if (warns(words)) return "warning";
  const share = directionShare(words);
  if (countsUnits(words) || dosesInPack.test(value)) return "quantity";
  const leastShare = said.some(isTime) ? saysWhen : partlyDirections;
  if (opensDirections(words) && share >= leastShare && said.length > 1) return "directions";
  if (asTold.test(value) || opensWithDose(words)) return "directions";
  if (postcodeLike.test(value)) return "address";
  if (bareNumber.test(value)) return "rx_number";
  if (bareCount.test(value)) return "quantity";
  const behindQuantity = words.slice(wordsOfQuantity(words));
  const [strength] = strengthsIn(behindQuantity);
  if (strength && strength.from === 0 && behindQuantity.slice(strength.to).every((word) => isFormWord(word)))
    return "strength";
  if (strength && mayBeDoorNumber(text.slice(strength.start, strength.end)) && said.some(isStreetWord))
    return "address";
  if (
    strength &&
    (namesSomething(before(behindQuantity, strength)) || opensWithStrength(behindQuantity, strength))
  ) {
    return "drug";
  }
  // "ASA 81 MG TABLET": a short name, where every other word is of directions too.
  if (strength && strength.from > 0 && directionShare(before(behindQuantity, strength)) === 0) return "drug";
  if (phoneLike.test(value)) return "phone";
  if (countsDoses(words) && share >= saysDose) return "directions";
  if (zipLike.test(value)) return "address";
  if (said.length >= 3 && isCredential(said.at(-1))) return "prescriber";
  if (said.every((word) => isFormWord(word)) && said.some(isForm)) return "form";
  if (dateLike.test(value)) return "date";
  if (said[0]?.kind === "number" && said.some(isStreetWord)) return "address";
  if (share >= mostlyDirections && said.length >= 2 && said.some(isTime)) return "directions";
  if (strength && share < mostlyDirections) return "drug";
  if (said.some(isPharmacyWord)) return "pharmacy";
  return "other";
}
