import type { Where } from "../draft.ts";
import { figuresDiffer } from "../views.ts";
import { unsureFigure } from "./figures.ts";
import { type Finding, found, nothing, type Rule } from "./finding.ts";

/** More units than a year of four a day: a number that belongs to something else. */
const mostUnits = 1500;

/** Forms that are dispensed in whole pieces. */
const whole = new Set(["tablet", "capsule", "caplet", "patch", "suppository", "lozenge"]);

const quantityUnclear: Rule = (draft) => {
  const { assigned, fields, where, lines } = draft;
  const [place] = where.quantity ?? [];
  if (!fields.quantity || !place) {
    const message = `The quantity was read as "${assigned.unreadQuantity}". Please read it from the label.`;
    return assigned.unreadQuantity === null ? nothing : found(null, "quantity_hard_to_read", message);
  }
  const { raw, value } = fields.quantity;
  const other = figuresDiffer(lines[place.line], place.start, place.end);
  if (other) return disagreement(lines[place.line]?.text ?? raw, other.text);
  if (assigned.quantity?.repaired || unsureCount(draft, place)) {
    return found("quantity", "quantity_hard_to_read", `The quantity was read as "${raw}". Please check it.`);
  }
  const last = fields.form?.value.split(/[ -]/).at(-1) ?? "";
  const broken = value !== null && !Number.isInteger(value) && whole.has(last);
  if (broken || value === 0 || (value ?? 0) > mostUnits) {
    return found("quantity", "quantity_unlikely", `${value} is an unlikely quantity. Please check it.`);
  }
  return nothing;
};

function disagreement(first: string, second: string): Finding[] {
  const message = `The quantity was read in two ways, "${first}" and "${second}". Please check it.`;
  return found("quantity", "readers_disagree", message, [first, second]);
}

function unsureCount(draft: Parameters<Rule>[0], place: Where): boolean {
  const second = draft.lines[place.line]?.second?.text ?? "";
  const figures = draft.lines[place.line]?.text.slice(place.start, place.end) ?? "";
  return unsureFigure(draft.lines, [place]) && !second.includes(figures);
}

/** More refills than a year of monthly ones, and then some. */
const mostRefills = 24;

const refillsUnclear: Rule = ({ assigned, fields }) => {
  if (!fields.refills) return nothing;
  const { raw, value } = fields.refills;
  const unlikely = value !== null && (value > mostRefills || !Number.isInteger(value));
  return assigned.refills?.repaired || unlikely
    ? found("refills", "refills_hard_to_read", `The refills were read as "${raw}". Please check them.`)
    : nothing;
};

export const countRules: readonly Rule[] = [quantityUnclear, refillsUnclear];
