import { describe, expect, it } from "vitest";
import { understand } from "../../core/medications/understand.ts";
import { only, typedLabel } from "./typed-label.ts";

describe("a misread letter or a lost sign, each of which once changed or lost a field without a flag", () => {
  it.each([
    ["a 4 as an A", "PREDNISONE 10 MG TABLET\nTAKE A TABLETS DAILY FOR 3 DAYS\nQTY: 12"],
    ["10 days as I0", "AMOXICILLIN 500MG CAPS\nTAKE 1 CAPSULE 3 X DAILY X I0 DAYS\nQTY 30"],
    ["1.2 mg as I.2", "VICTOZA 18 MG/3 ML PEN\nINJECT I.2 MG SC DAILY\nQTY 6 ML"],
    ["8-12 hours as 812", "TRAMADOL 50 MG TABLET\nTAKE 1 TAB Q812H PRN PAIN\nQTY 20"],
    [
      "days 2-5 as 25",
      "AZITHROMYCIN 250 MG TABLET\nTAKE 2 TABLETS ON DAY 1, THEN 1 TABLET DAILY ON DAYS 25\nQTY 6",
    ],
    ["12 as 1Z", "OXYCODONE 5 MG TABLET\nTAKE 1 TABLET EVERY 6 HOURS\nQTY 1Z"],
    ["98 as g8", "LAMOTRIGINE 25 MG TABLET\nTAKE 1 TABLET DAILY\nQTY g8"],
    ["units/mL as UNIT5/ML", "LANTUS 100 UNIT5/ML PEN\nINJECT 24 UNITS AT BEDTIME\nQTY: 15"],
    ["the first word of directions", "Zopiclone 7.5mg tablets\nONF at night when required\n14"],
    ["a word within a line", "28 Bumetanide 1mg tablets ONE eoch morning"],
    ["0.1% as 01%", "TRIAMCINOLONE 01% CREAM\nAPPLY TWICE DAILY\nQTY 80"],
    ["DR as OR behind the strength", "OMEPRAZOLE 20 MG OR CAP\nTAKE 1 CAPSULE DAILY\nQTY 30"],
    ["16 as 1G", "LISINOPRIL 10 MG TABLET\nTAKE 1 TABLET DAILY\n#1G"],
    [
      "a drug whose strength was not read",
      "Lisinopril 10mgtob\nSig: 1 tab po daily\nDisp: #30\nMetformin 1000mg tab\nSig: 1 tab po bid\nDisp: #60",
    ],
    ["0.5 mg as 05", "OZEMPIC 2 MG/3 ML PEN\nINJECT 05 MG UNDER THE SKIN ONCE WEEKLY\nQTY 3"],
    ["the whole directions of a weekly medicine", "METHOTREXATE 2.5 MG TABLETS\n4 TABSPO QWK"],
    ["directions over a quantity with its sign", "vancomycin 125 mg capsule\n125 mg PO q6b x 10 days\n#40"],
    ["the sign of a quantity", "Clonazepam 0.5 mg bid 60 NR"],
  ])("is flagged: %s", (_, label) => {
    expect(only(label).review).not.toEqual([]);
  });

  it.each([
    ["sugar-free", "100ml Amoxicillin 250mg/5ml SF oral suspension\nONE 5ml spoonful THREE times a day"],
    ["film-coated", "Sertraline 50mg FC tablets\nONE daily\n28"],
  ])("is not suspected in what stands there for itself: %s", (_, label) => {
    expect(only(label).review).toEqual([]);
  });

  it("is flagged for the one drug of a list that lost its directions", () => {
    const list = "Aspirin 81 mg- I tabdaily\nClopidogrel 75 mg - 1 tab daily";
    expect(understand(typedLabel(list)).map(({ needs_review }) => needs_review)).toEqual([true, false]);
  });

  it("does not lose a drug whose strength touches its form", () => {
    const list = "Amlodipine 5mg tabs: 1 MORNING\nMetformin 500mgtabs: 1 MORNING 1 TEATIME";
    expect(understand(typedLabel(list))).toMatchObject([
      { name: "Amlodipine", dosage: "5 mg" },
      { name: "Metformin", dosage: "500 mg" },
    ]);
  });

  it.each([
    ["Refil1: 5", 5],
    ["REFILL(5): 3", 3],
    ["X 1", null],
  ])("does not make refills of a heading's own letters: %s", (line, refills) => {
    expect(only(`ZOLOFT 50 MG\nTAKE 1 TABLET DAILY\n${line}`).refills).toBe(refills);
  });

  it("does not make refills of a dose to be repeated", () => {
    const sumatriptan =
      "SUMATRIPTAN 100 MG\nTAKE 1 TABLET AT ONSET, REPEAI 1 TABLET AFTER 2 HOURS IF NEEDED\nREFILLS 5";
    expect(only(sumatriptan).refills).toBe(5);
  });

  it("in a prescription's number is flagged where a letter among its figures is unclear", () => {
    const label = typedLabel("RX 66778B\nLISINOPRIL 10 MG TABLET\nTAKE 1 TABLET DAILY");
    const [line] = label.lines;
    if (line) line.characters = [...line.text].map((sign) => (sign === "B" ? 0.6 : 0.99));
    expect(understand(label)[0]?.fields.rx_number?.review?.code).toBe("rx_number_hard_to_read");
  });
});
