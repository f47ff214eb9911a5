import type { Form } from "./drugs.ts";
import type { Region } from "./people.ts";
import type { Random } from "./random.ts";

type Dispensed = { directions: string; quantity: number; unit: string };

const often = [
  "once daily",
  "twice daily",
  "three times a day",
  "every 12 hours",
  "every 8 hours",
  "at bedtime",
  "every morning",
  "daily",
  "2 times a day",
];
const reasons = [
  "",
  "",
  "",
  " as needed for pain",
  " with food",
  " for blood pressure",
  " for cholesterol",
  " on an empty stomach",
  " as directed",
  " with plenty of water",
];
const counts = [7, 10, 14, 20, 21, 28, 30, 42, 45, 56, 60, 84, 90, 100, 112, 120, 180];

/** Directions and a quantity that go with the form, in the words of the region. */
export function dispense(random: Random, form: Form, region: Region): Dispensed {
  const when = random.pick(often);
  if (form === "tablet" || form === "capsule" || form === "suppository") {
    const quantity = form === "suppository" ? 12 : random.pick(counts);
    return {
      directions: unitDose(random, form, region, when),
      quantity,
      unit: quantity === 1 ? form : `${form}s`,
    };
  }
  return { ...measured(random, form, region), unit: unitOf(form) };
}

function unitDose(
  random: Random,
  form: "tablet" | "capsule" | "suppository",
  region: Region,
  when: string,
): string {
  if (form === "suppository")
    return `Insert 1 suppository rectally ${random.pick(["every 12 hours as needed for nausea", "twice daily"])}`;
  if (region === "uk") {
    const amount = random.pick(["ONE", "TWO", "ONE"]);
    const unit = amount === "ONE" ? form : `${form}s`;
    return `Take ${amount} ${unit} ${random.pick(["TWICE a day", "each day", "THREE times a day", "in the morning", "at night", "each day with food"])}`;
  }
  const [amount, plural] = random.pick([
    ["1", false],
    ["1", false],
    ["2", true],
    [form === "tablet" ? "1/2" : "1", false],
    ["1 to 2", true],
    ["one", false],
    ["3", true],
  ] as const);
  const route = random.pick([" by mouth", " by mouth", " orally", ""]);
  return `Take ${amount} ${form}${plural ? "s" : ""}${route} ${when}${random.pick(reasons)}`;
}

function measured(random: Random, form: Form, region: Region): { directions: string; quantity: number } {
  switch (form) {
    case "oral suspension":
    case "oral solution": {
      const amount =
        region === "uk"
          ? random.pick(["ONE 5ml spoonful", "TWO 5ml spoonfuls", "5ml", "10ml"])
          : `${random.pick(["2.5", "4", "5", "7.5", "10", "15"])} mL`;
      const route = region === "uk" ? "" : " by mouth";
      return {
        directions: `${random.pick(["Take", "Give"])} ${amount}${route} ${random.pick(["twice daily", "every 8 hours", "once daily"])}${random.pick(["", " for 7 days", " for 10 days", " until finished"])}`,
        quantity: random.pick([60, 75, 100, 120, 150, 200, 240, 300]),
      };
    }
    case "cream":
    case "ointment":
    case "gel":
      return {
        directions: `Apply ${random.pick(["thinly", "a thin layer", "sparingly"])} to the affected area ${random.pick(["twice daily", "once daily", "2 to 3 times a day"])}${random.pick(["", " for 14 days"])}`,
        quantity: random.pick([15, 30, 45, 60, 80, 100]),
      };
    case "eye drops":
      return {
        directions: `Instill ${random.pick(["1 drop", "2 drops"])} into ${random.pick(["both eyes", "the left eye", "the right eye"])} ${random.pick(["at bedtime", "twice daily", "4 times a day"])}`,
        quantity: random.pick([2.5, 5, 10]),
      };
    case "inhaler":
      return {
        directions: `Inhale ${random.pick(["1 puff", "2 puffs"])} by mouth ${random.pick(["twice daily", "every 4 to 6 hours as needed", "once daily"])}`,
        quantity: 1,
      };
    case "nasal spray":
      return {
        directions: `Use ${random.pick(["1 spray", "2 sprays"])} in each nostril once daily`,
        quantity: 1,
      };
    case "patch":
      return {
        directions: `Apply 1 patch to the skin ${random.pick(["every 72 hours", "once weekly", "once daily"])}`,
        quantity: random.pick([4, 5, 8, 10, 30]),
      };
    default:
      return {
        directions: `Inject ${random.pick(["0.4 mL", "10 units", "18 units"])} under the skin ${random.pick(["once daily", "at bedtime", "every 12 hours"])}`,
        quantity: random.pick([3, 5, 10, 14]),
      };
  }
}

function unitOf(form: Form): string {
  switch (form) {
    case "cream":
    case "ointment":
    case "gel":
      return "g";
    case "inhaler":
    case "nasal spray":
      return "EA";
    case "patch":
      return "patches";
    default:
      return "mL";
  }
}
