import type { ChosenDrug } from "./choose-drugs.ts";
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

/** Gives each drug of a label its directions, quantity, refills and number. What stands once goes for all. */
export function assignParts(drugs: readonly ChosenDrug[], parts: LabelParts): AssignedDrug[] {
  const [prescriber = null] = parts.prescribers;
  if (drugs.length <= 1) {
    const [drug = null] = drugs;
    return [
      {
        drug,
        directions: parts.directions,
        quantity: parts.quantities[0] ?? null,
        refills: parts.refills[0] ?? null,
        rxNumber: parts.rxNumbers[0] ?? null,
        prescriber,
        directionsGuessed: false,
      },
    ];
  }
  const named = namings(drugs, parts);
  const owners = parts.directions.map((set) => ownerOf(set.order, named));
  // All drugs first and then as many directions, none of them by name: the order is all there is to go by.
  const inOrder = new Set(owners).size === 1 && owners.length === drugs.length;
  const own = <T extends { order: number }>(found: readonly T[], index: number): T | null =>
    found.find((one) => ownerOf(one.order, named) === index) ?? null;
  const ownOrShared = <T extends { order: number }>(found: readonly T[], index: number): T | null =>
    found.length === 1 ? (found[0] ?? null) : own(found, index);
  return drugs.map((drug, index) => ({
    drug,
    directions: parts.directions.filter((_, set) => (inOrder ? set === index : owners[set] === index)),
    quantity: own(parts.quantities, index),
    refills: ownOrShared(parts.refills, index),
    rxNumber: ownOrShared(parts.rxNumbers, index),
    prescriber,
    directionsGuessed: inOrder,
  }));
}
