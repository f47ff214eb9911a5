import type { Review } from "../../../contract/medications.ts";
import type { Draft } from "./draft.ts";
import { ambiguous, conflict } from "./rules/parts.ts";
import { LEFT_EAR, RIGHT_EAR, RIGHT_EYE } from "./vocabulary.ts";

/** OD, AD or AS as read in a draft. */
export type Side = { draft: Draft; code: string };

const EYE_ROUTES = new Set(["54485002", "418401004"]);
const EYE_WORDS = /\b(eye|ophth|ocular)/;
const EAR_WORDS = /\b(ear|otic|aural)/;
const EAR_ROUTE = "10547007";
/** Units that are given into an eye or an ear as well as elsewhere. */
const OPEN_UNITS = new Set(["drop", "mL", "application", "cm ribbon", "inch ribbon", "spray", "dose"]);

type Evidence = "eye" | "ear" | "neither" | "none";

/** What the rest of the directions and the form say about where the medicine goes. */
function evidenceOf(draft: Draft, form: string, route: string): Evidence {
  const place = `${form} ${route}`.toLowerCase();
  const organ = draft.site?.organ;
  if (organ === "eye" || organ === "ear") return organ;
  const code = (draft.route ?? (draft.method === "Apply" ? undefined : draft.impliedRoute))?.code;
  if (code && EYE_ROUTES.has(code)) return "eye";
  if (code === EAR_ROUTE) return "ear";
  if (organ || code) return "neither";
  if (EYE_WORDS.test(place)) return "eye";
  if (EAR_WORDS.test(place)) return "ear";
  const unit = draft.dose?.unit;
  if ((unit && !OPEN_UNITS.has(unit)) || draft.method === "Take") return "neither";
  return form.trim() !== "" && unit !== "drop" ? "neither" : "none";
}

/** Eye drops for an ear, or ear drops for an eye: one of the two was misread. */
export function misplaced(draft: Draft, form: string, route: string): Review[] {
  const place = `${form} ${route}`.toLowerCase();
  const organ = draft.site?.organ;
  const wrong = (organ === "ear" && EYE_WORDS.test(place)) || (organ === "eye" && EAR_WORDS.test(place));
  return wrong ? [conflict("the place")] : [];
}

const DAILY = { frequency: 1, period: 1, periodUnit: "d" } as const;

/** OD is the right eye or once daily: whichever the rest leaves open; where it leaves both, that is said. */
function resolveOD(draft: Draft, count: number, evidence: Evidence): Review[] {
  const timed = draft.frequency !== undefined;
  const doubt = (taken: string) =>
    ambiguous("OD", `it may mean the right eye or once daily, and was taken for ${taken}`);
  const toEye = () => {
    if (RIGHT_EYE) draft.site = RIGHT_EYE;
  };
  if (count > 1) {
    toEye();
    draft.frequency ??= DAILY;
    return [doubt("both")];
  }
  if (evidence === "neither") {
    if (timed) return [doubt("neither, as both are said otherwise")];
    draft.frequency = DAILY;
    return [];
  }
  if (draft.site) {
    if (timed) return [doubt("neither, as both are said otherwise")];
    draft.frequency = DAILY;
    return draft.site.organ === "eye" && draft.site.site !== "eye" ? [doubt("once daily")] : [];
  }
  if (timed || draft.dose?.unit === "drop" || evidence === "eye") {
    toEye();
    return timed && (evidence === "eye" || draft.dose?.unit === "drop") ? [] : [doubt("the right eye")];
  }
  return [ambiguous("OD", "it may mean the right eye or once daily, and was taken for neither")];
}

/** Decides what OD, AD and AS mean from the rest of the directions, and says so where that does not decide. */
export function resolveSides(sides: readonly Side[], form: string, route: string): Review[] {
  const review: Review[] = [];
  for (const draft of new Set(sides.map((side) => side.draft))) {
    const codes = sides.filter((side) => side.draft === draft).map((side) => side.code);
    const evidence = evidenceOf(draft, form, route);
    const ods = codes.filter((code) => code === "od").length;
    if (ods > 0) review.push(...resolveOD(draft, ods, evidence));
    for (const code of codes) {
      if (code === "od") continue;
      const site = code === "ad" ? RIGHT_EAR : LEFT_EAR;
      const fits = evidence === "ear" || (evidence === "none" && draft.dose?.unit === "drop");
      if (fits && site && !draft.site) draft.site = site;
      if (evidence !== "ear" || !fits)
        review.push(
          ambiguous(
            code.toUpperCase(),
            fits ? "it was taken for an ear" : "it means an ear, which does not fit here",
          ),
        );
    }
  }
  return review;
}
