import type { Review } from "../../../contract/medications.ts";
import type { LexiconEntry } from "./entry.ts";

/** Why a drug's name must be checked, in sentences for the nurse who holds the label. */

export function nameUnknown(read: string): Review {
  return {
    code: "name_unknown",
    message:
      read === ""
        ? "No drug name was found. Please read it from the label."
        : `"${read}" is not a drug name we know. Please read it from the label.`,
  };
}

export function nameCutOff(read: string, couldBe: readonly string[]): Review {
  return {
    code: "name_cut_off",
    message: `Only part of the drug name is readable: "${read}". Please check the name on the label.`,
    readings: [read, ...couldBe],
  };
}

export function nameCorrected(read: string, entry: LexiconEntry): Review {
  return {
    code: "name_corrected",
    message: `The label was read as "${read}", which is probably ${entry.name}. Please check the name.`,
    readings: [read, entry.name],
  };
}

export function nameUncertain(read: string, others: readonly string[]): Review {
  return {
    code: "name_uncertain",
    message: `Some letters of "${read}" are hard to read. It could also be ${listed(others)}. Please check the name.`,
    readings: [read, ...others],
  };
}

export function nameNotWitnessed(read: string, others: readonly string[]): Review {
  return {
    code: "name_uncertain",
    message: `"${read}" is only a letter or two away from ${listed(others)}. Please check the name.`,
    readings: [read, ...others],
  };
}

export function nameAmbiguous(read: string, candidates: readonly LexiconEntry[]): Review {
  const names = candidates.map((entry) => entry.name);
  return {
    code: "name_ambiguous",
    message: `"${read}" could be ${listed(names)}. Please choose the name on the label.`,
    readings: [read, ...names],
  };
}

export function lookAlike(entry: LexiconEntry, others: readonly string[]): Review {
  return {
    code: "look_alike",
    message: `${entry.name} is easily mistaken for ${listed(others)}, and the print is not clear. Please check the name.`,
    readings: [entry.name, ...others],
  };
}

export function strengthFitsOther(entry: LexiconEntry, strength: string, others: readonly string[]): Review {
  return {
    code: "strength_fits_look_alike",
    message: `${entry.name} does not usually come as ${strength}, but ${listed(others)} does. Please check the name.`,
    readings: [entry.name, ...others],
  };
}

export function strengthDoesNotFit(entry: LexiconEntry, strength: string): Review {
  return {
    code: "strength_unusual_for_name",
    message: `The name was not clear, and ${entry.name} does not usually come as ${strength}. Please check both.`,
    readings: [entry.name, strength],
  };
}

export function formDoesNotFit(entry: LexiconEntry, form: string): Review {
  return {
    code: "form_unusual_for_name",
    message: `The name was not clear, and ${entry.name} does not usually come as ${form}. Please check the name.`,
    readings: [entry.name, form],
  };
}

export function readersDisagree(first: string, second: string): Review {
  return {
    code: "readers_disagree",
    message: `The name was read in two ways, "${first}" and "${second}". Please check it on the label.`,
    readings: [first, second],
  };
}

export function severalNames(names: readonly string[]): Review {
  return {
    code: "several_names",
    message: `More than one drug is named here: ${names.join(" and ")}. Please check which one this is.`,
    readings: [...names],
  };
}

export function combinationUnknown(names: readonly string[]): Review {
  return {
    code: "combination_unknown",
    message: `${names.join(" with ")} is not a combination we know. Please check the name.`,
    readings: [...names],
  };
}

export function nameGoesOn(entry: LexiconEntry, next: string): Review {
  return {
    code: "name_continues",
    message: `After ${entry.name} the label says "${next}", which may make it a different product. Please check the name.`,
    readings: [entry.name, `${entry.name} ${next}`],
  };
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_SHOWN);
  if (shown.length <= 1) return shown[0] ?? "another drug";
  return `${shown.slice(0, -1).join(", ")} or ${shown.at(-1)}`;
}

/** More names than this in a sentence are not read by anyone. */
const MOST_SHOWN = 4;
