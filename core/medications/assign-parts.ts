import { type ChosenDrug, isSameDrug } from "./choose-drugs.ts";
import type { Found, FoundCount, LabelParts } from "./layout/label-parts.ts";
import { alike, fold } from "./layout/words.ts";

/** One drug of a label with the parts of the label that are about it. */
export type AssignedDrug = {
  drug: ChosenDrug | null;
  directions: LabelParts["directions"];
  quantity: FoundCount | null;
  refills: FoundCount | null;
  rxNumber: Found<string> | null;
  prescriber: Found<string> | null;
  unreadQuantity: string | null;
  /** Whether the label says when something is taken, of which this drug's directions hold nothing. */
  saysWhen: boolean;
  /** Fields that nothing on the label says are what they seem. */
  unmarked: ReadonlySet<"rx_number" | "prescriber">;
  /** The form where it does not stand with the drug: beside the quantity, in a corner, or in the directions. */
  form: Found<string> | null;
  /** Names of the same medicine that the label gives: "Generic for Lipitor". */
  equivalents: Found<string>[];
  /** Other strengths that the label gives this drug. */
  otherStrengths: string[];
  /** Whether it is a guess which of the label's drugs the directions belong to. */
  directionsGuessed: boolean;
};

function firstWord(name: string | undefined): string {
  return fold(/[\p{L}\p{N}]+/u.exec(name ?? "")?.[0] ?? "");
}

/** Where each drug is named, in the label's order: "Prednisone" again before its directions counts too. */
function namings(drugs: readonly ChosenDrug[], parts: LabelParts): { order: number; drug: number }[] {
  return parts.mentions.flatMap((mention) => {
    const word = firstWord(mention.name?.value);
    const drug = drugs.findIndex(
      (one) => one.mention === mention || (word !== "" && alike(word, firstWord(one.mention.name?.value))),
    );
    return drug === -1 ? [] : [{ order: mention.order, drug }];
  });
}

/** The drug that a part at this place of the label is about: the last one named before it, or the first one. */
function ownerOf(order: number, named: readonly { order: number; drug: number }[]): number {
  return named.findLast((one) => one.order <= order)?.drug ?? 0;
}

/** One drug for each name, where the label has directions for fewer: its other strengths are doubts, not drugs. */
function withoutRepeats(drugs: readonly ChosenDrug[], parts: LabelParts) {
  const kept: { drug: ChosenDrug; otherStrengths: string[] }[] = [];
  for (const drug of drugs) {
    const before = kept.find((one) => isSameDrug(one.drug, drug));
    if (!before || parts.directions.length >= drugs.length) kept.push({ drug, otherStrengths: [] });
    else if (drug.mention.strength) before.otherStrengths.push(drug.mention.strength.value);
  }
  return kept;
}

/** Gives each drug of a label its directions, quantity, refills and number. What stands once goes for all. */
export function assignParts(chosen: readonly ChosenDrug[], parts: LabelParts): AssignedDrug[] {
  const prescriber = parts.prescribers[0] ?? parts.unmarked.prescriber;
  const unmarked = new Set<"rx_number" | "prescriber">([
    ...(parts.unmarked.rxNumber ? (["rx_number"] as const) : []),
    ...(parts.unmarked.prescriber ? (["prescriber"] as const) : []),
  ]);
  const drugs = withoutRepeats(chosen, parts);
  if (drugs.length <= 1) {
    const [only] = drugs;
    return [
      {
        drug: only?.drug ?? null,
        otherStrengths: only?.otherStrengths ?? [],
        directions: parts.directions,
        quantity: parts.quantities[0] ?? null,
        refills: parts.refills[0] ?? null,
        rxNumber: parts.rxNumbers[0] ?? parts.unmarked.rxNumber,
        prescriber,
        unmarked,
        unreadQuantity: parts.unreadQuantity,
        saysWhen: parts.saysWhen,
        form: parts.forms[0] ?? null,
        equivalents: parts.equivalents,
        directionsGuessed: false,
      },
    ];
  }
  const named = namings(
    drugs.map((one) => one.drug),
    parts,
  );
  const owners = parts.directions.map((set) => ownerOf(set.order, named));
  // All drugs first and then as many directions, none of them by name: the order is all there is to go by.
  const inOrder = new Set(owners).size === 1 && owners.length === drugs.length;
  const allOwn = <T extends { order: number }>(found: readonly T[], index: number): T[] =>
    found.filter((one) => ownerOf(one.order, named) === index);
  const ownOrShared = <T extends { order: number }>(found: readonly T[], index: number): T | null =>
    (found.length === 1 ? found[0] : allOwn(found, index)[0]) ?? null;
  return drugs.map(({ drug, otherStrengths }, index) => ({
    drug,
    otherStrengths,
    directions: parts.directions.filter((_, set) => (inOrder ? set === index : owners[set] === index)),
    quantity: allOwn(parts.quantities, index)[0] ?? null,
    refills: ownOrShared(parts.refills, index),
    rxNumber: ownOrShared(parts.rxNumbers, index) ?? parts.unmarked.rxNumber,
    prescriber,
    unmarked,
    unreadQuantity: parts.unreadQuantity,
    saysWhen: parts.saysWhen || parts.directions.length > 0,
    form: allOwn(parts.forms, index)[0] ?? null,
    equivalents: allOwn(parts.equivalents, index),
    directionsGuessed: inOrder,
  }));
}
