import { type Amount, amountsOf } from "./amounts.ts";
import type { Drug, Form } from "./drugs.ts";
import type { Region } from "./people.ts";
import type { Random } from "./random.ts";
import { type Times, timesOf } from "./times.ts";
import { type Usual, usualOf } from "./usual-directions.ts";

export type Directions = {
  directions: string;
  /** When and how often, in the contract's plain words. */
  schedule: string;
  /** The same in the codes of prescriptions, with its schedule; null for forms that are not counted. */
  coded: { directions: string; schedule: string } | null;
  /** Whether they are meant to be over the usual most a day, so that a reader ought to say so. */
  overMaximum: boolean;
};

type Choice = { times: Times; amount: Amount };

/** One label in so many, of those whose strength allows it, asks for far too much: a slip of the pen. */
const OVER_EVERY = 12;
/** How far over the usual most: authorities differ by up to four times, as they mean other uses of a drug. */
const FAR_OVER = 4;
/** Thirds of a milligram add up to a hair more than they are. */
const ROUNDING = 1.001;

/** Directions that a prescriber could write for the drug, or, seldom, far more than anybody would. */
export function drawDirections(
  random: Random,
  drug: Pick<Drug, "name" | "form">,
  strength: string,
  region: Region,
): Directions {
  const usual = usualOf(drug.name);
  const slip = random.chance(1 / OVER_EVERY);
  const over = slip ? farOver(drug, strength, region) : [];
  const { times, amount } = random.pick(over.length > 0 ? over : withinUsual(drug, strength, region));
  return {
    directions: sentence(random, drug.form, region, { times, amount }, usual.reason),
    schedule: times.schedule,
    coded: coded(drug.form, { times, amount }),
    overMaximum: over.length > 0,
  };
}

/** Every amount and time that is usual for the drug and keeps to its usual most. */
export function withinUsual(drug: Pick<Drug, "name" | "form">, strength: string, region: Region): Choice[] {
  const usual = usualOf(drug.name);
  const most = mostPieces(drug.form, strength, usual);
  return usual.times
    .flatMap((code) => timesOf(code, region, usual.reason))
    .flatMap((times) => amountsOf(drug, region).map((amount) => ({ times, amount })))
    .filter((choice) => most === null || daily(choice) <= most * ROUNDING);
}

/** Several at once and often, where that is far over the most. */
function farOver(drug: Pick<Drug, "name" | "form">, strength: string, region: Region): Choice[] {
  const most = mostPieces(drug.form, strength, usualOf(drug.name));
  return ["3", "4"]
    .flatMap((code) => timesOf(code, region, ""))
    .flatMap((times) => amountsOf(drug, region).map((amount) => ({ times, amount })))
    .filter((choice) => most !== null && daily(choice) > FAR_OVER * most);
}

const daily = ({ times, amount }: Choice) => times.dosesADay * amount.most;

/** The usual most a day in tablets, capsules or millilitres; null where it does not follow from the strength. */
function mostPieces(form: Form, strength: string, { most }: Usual): number | null {
  const solid = form === "tablet" || form === "capsule";
  if (!most || !(solid || form === "oral suspension" || form === "oral solution")) return null;
  if (most.unit === "pieces") return solid ? most.value : null;
  const [, figure, unit, volume = ""] = /^([\d.]+) (mg|mcg|g|mEq)(?:\/([\d.]*) ?mL)?$/.exec(strength) ?? [];
  if (figure === undefined) return null;
  const factor = unit === "g" ? 1000 : unit === "mcg" ? 0.001 : 1;
  return (most.value * Number(volume || 1)) / (Number(figure) * factor);
}

/** "1-2 tab PO Q4-6H PRN pain". */
function coded(form: Form, { times, amount }: Choice): Directions["coded"] {
  if (form !== "tablet" && form !== "capsule") return null;
  const count = amount.words
    .replace(/ (tablet|capsule)s?$/, "")
    .replace("one", "1")
    .replace(" to ", "-");
  const { words, schedule } = times.code;
  return { directions: `${count} ${form === "tablet" ? "tab" : "cap"} PO ${words}`, schedule };
}

const ways = ["", "", " with food", " as directed", " with plenty of water"];

function sentence(
  random: Random,
  form: Form,
  region: Region,
  { times, amount }: Choice,
  reason: string,
): string {
  const asNeeded = times.words.includes("as needed");
  const course = reason === "infection" ? [" for 7 days", " for 10 days", " until finished"] : [];
  const purpose = reason && reason !== "infection" ? [` for ${reason}`] : [];
  const ending = asNeeded ? "" : random.pick([...ways, ...course, ...purpose]);
  const said = `${times.words}${ending}`;
  switch (form) {
    case "tablet":
    case "capsule": {
      const route = region === "uk" ? "" : random.pick([" by mouth", " by mouth", " orally", ""]);
      return `Take ${amount.words}${route} ${said}`;
    }
    case "oral suspension":
    case "oral solution":
      return `${random.pick(["Take", "Give"])} ${amount.words}${region === "uk" ? "" : " by mouth"} ${said}`;
    case "suppository":
      return `Insert 1 suppository rectally ${times.words}`;
    case "cream":
    case "ointment":
    case "gel":
      return `Apply ${random.pick(["thinly", "a thin layer", "sparingly"])} to the affected area ${times.words}${random.pick(["", " for 14 days"])}`;
    case "eye drops":
      return `Instill ${random.pick(["1 drop", "2 drops"])} into ${random.pick(["both eyes", "the left eye", "the right eye"])} ${times.words}`;
    case "inhaler":
      return `Inhale ${random.pick(["1 puff", "2 puffs"])} by mouth ${times.words}`;
    case "nasal spray":
      return `Use ${random.pick(["1 spray", "2 sprays"])} in each nostril ${times.words}`;
    case "patch":
      return `Apply 1 patch to the skin ${times.words}`;
    default:
      return `Inject ${amount.words} under the skin ${times.words}`;
  }
}
