import type { Random } from "./random.ts";

/** Where a label was printed: spelling, dates, addresses and how a drug is written differ. */
export type Region = "us" | "uk" | "ca";

const given = [
  "Aaliyah",
  "Bernard",
  "Catriona",
  "Dmitri",
  "Evelyn",
  "Femi",
  "Gwendolyn",
  "Hiroshi",
  "Isadora",
  "Jamal",
  "Kirsten",
  "Leopold",
  "Marguerite",
  "Nikhil",
  "Ottilie",
  "Percival",
  "Quentin",
  "Rosalind",
  "Siobhan",
  "Thaddeus",
  "Ursula",
  "Valentina",
  "Wilfred",
  "Ximena",
  "Yusuf",
  "Zelda",
];
const family = [
  "Abernathy",
  "Bhattacharya",
  "Castellanos",
  "Drummond",
  "Eriksen",
  "Featherstone",
  "Gallagher",
  "Hawthorne",
  "Iwasaki",
  "Joubert",
  "Kowalski",
  "Lindqvist",
  "McAllister",
  "Nakamura",
  "O'Sullivan",
  "Petrova",
  "Quigley",
  "Rasmussen",
  "Stavros",
  "Thornbury",
  "Underwood",
  "Vandermeer",
  "Whitlock",
  "Xavier",
  "Yamada",
  "Zielinski",
];
const streets = [
  "Harbour View",
  "Sycamore",
  "Kingfisher",
  "Foundry",
  "Cathedral",
  "Orchard",
  "Quarry",
  "Saltmarsh",
  "Windmill",
  "Juniper",
  "Copper Beech",
  "Lighthouse",
];
const shops = [
  "Bluebell",
  "Northgate",
  "Cornerstone",
  "Fairhaven",
  "Wellspring",
  "Three Rivers",
  "Copperfield",
  "Lakeshore",
  "Meadowlark",
  "Summit",
  "Old Mill",
  "Harvest",
];
const towns = {
  us: [
    "Tacoma, WA 98402",
    "Savannah, GA 31401",
    "Duluth, MN 55802",
    "Bangor, ME 04401",
    "Pueblo, CO 81003",
    "Lafayette, LA 70501",
  ],
  uk: [
    "Hexham NE46 1XQ",
    "Ludlow SY8 1AA",
    "Stroud GL5 2QG",
    "Whitby YO21 1DN",
    "Falmouth TR11 3DX",
    "Kelso TD5 7HL",
  ],
  ca: [
    "Kelowna, BC V1Y 6N2",
    "Moncton, NB E1C 4Z1",
    "Guelph, ON N1H 3A1",
    "Regina, SK S4P 3Y2",
    "Halifax, NS B3J 1S9",
  ],
} as const;
const makers = [
  "Zydus",
  "Lupin",
  "Teva",
  "Accord",
  "Sandoz",
  "Amneal",
  "Torrent",
  "Camber",
  "Apotex",
  "Solco",
  "Unichem",
  "Ajanta",
];

export function person(random: Random): string {
  return `${random.pick(given)} ${random.pick(family)}`;
}

export function prescriber(random: Random, region: Region): string {
  const last = random.pick(family);
  const initial = random.pick(given).slice(0, 1);
  if (region === "uk") return random.pick([`Dr ${initial} ${last}`, `Dr ${last}`]);
  return random.pick([
    `Dr. ${initial}. ${last}`,
    `${random.pick(given)} ${last}, MD`,
    `${last}, ${random.pick(given)} NP`,
    `Dr. ${last}`,
  ]);
}

export function pharmacy(
  random: Random,
  region: Region,
): { name: string; address: string; town: string; phone: string } {
  const shop = random.pick(shops);
  const name =
    region === "uk"
      ? `${shop} ${random.pick(["Pharmacy", "Chemists", "Dispensary"])}`
      : `${shop} ${random.pick(["Pharmacy", "Drugs", "Rx", "Community Pharmacy"])}`;
  const number = random.whole(2, 4890);
  const street = random.pick(streets);
  const address =
    region === "uk"
      ? `${random.whole(2, 190)} ${street} ${random.pick(["Road", "Lane", "Street"])}`
      : `${number} ${street} ${random.pick(["Ave", "St", "Blvd", "Rd"])}`;
  // 555-01xx and 01632 960xxx are kept for fiction by the North American and British numbering plans.
  const phone =
    region === "uk"
      ? `01632 960${random.digits(3)}`
      : `(${random.whole(2, 9)}${random.whole(10, 99)}) 555-01${random.whole(10, 99)}`;
  return { name, address, town: random.pick(towns[region]), phone };
}

export function maker(random: Random): string {
  return random.pick(makers);
}

/** A date as the region prints it, and the same day a year on. */
export function dates(random: Random, region: Region): { filled: string; discard: string } {
  const year = random.whole(2023, 2026);
  const month = random.whole(1, 12);
  const day = random.whole(1, 28);
  const style = random.whole(0, 1);
  const two = (part: number) => String(part).padStart(2, "0");
  const write = (y: number) => {
    if (region === "uk")
      return style ? `${two(day)}/${two(month)}/${y}` : `${two(day)} ${MONTHS[month - 1]} ${y}`;
    if (region === "ca")
      return style ? `${y}-${two(month)}-${two(day)}` : `${two(day)}-${MONTHS[month - 1]}-${y}`;
    return style ? `${two(month)}/${two(day)}/${y}` : `${month}/${day}/${two(y % 100)}`;
  };
  return { filled: write(year), discard: write(year + 1) };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
