import { describe, expect, it } from "vitest";
import { understand } from "../../core/medications/understand.ts";
import { only, typedLabel } from "./typed-label.ts";

describe("labels of other styles, each of which once lost or made up a field without a flag", () => {
  it.each([
    ["CIPRODEX OTIC 0.3-0.1%\n4 DROPS AD BID X 7 DAYS\nQTY 7.5", "4 DROPS AD BID X 7 DAYS", "Twice daily"],
    [
      "AZELASTINE 137 MCG (0.1%) NASAL\n1-2 SPRAYS IN EACH NOSTRIL BID\nQTY 30",
      "1-2 SPRAYS IN EACH NOSTRIL BID",
      "Twice daily",
    ],
    [
      "OFLOXACIN 0.3% OTIC\n10 DROPS IN AFFECTED EAR DAILY FOR 7 DAYS\nQTY 10",
      "10 DROPS IN AFFECTED EAR DAILY FOR 7 DAYS",
      "Once daily",
    ],
    [
      "TRETINOIN 0.025% CREAM\nAPPLY PEA SIZED AMOUNT TO FACE QHS\nQTY 45",
      "APPLY PEA SIZED AMOUNT TO FACE QHS",
      "Every night at bedtime",
    ],
    [
      "HYDROCORTISONE 2.5% CREAM\nAPPLY PEA SIZED AMOUNT RECTALLY BID\n30 G",
      "APPLY PEA SIZED AMOUNT RECTALLY BID",
      "Twice daily",
    ],
    [
      "KETOCONAZOLE 2% SHAMPOO\nLATHER, LEAVE ON 5 MINUTES, RINSE. USE 3 TIMES PER WEEK\nQTY 120",
      "LATHER, LEAVE ON 5 MINUTES, RINSE. USE 3 TIMES PER WEEK",
      "Three times a week",
    ],
  ])("are read with their directions, whatever these open with: %s", (label, instructions, schedule) => {
    expect(only(label)).toMatchObject({ instructions, schedule });
  });

  it.each([
    ["WARFARIN 1MG TABLETS\nAs directed by anticoagulant clinic\n28 tablets", "directions_not_understood"],
    [
      "NARCAN 4 MG NASAL SPRAY\n1 SPRAY IN ONE NOSTRIL. REPEAT IN 2-3 MINUTES\nQTY 2",
      "directions_not_understood",
    ],
    ["WARFARIN 5 MG\n1 TAB M-W-F, 1/2 TAB T-TH-SA-SU\nQTY 30", "directions_not_understood"],
    ["COUMADIN 2 MG COMPRIMÉ\nPrendre 1,5 comprimé par jour\nQTÉ 45", "directions_missing"],
    ["METHOTREXATE 2.5 MG\nSIX on the same day each week\n24", "interval_missing"],
    ["WARFARIN 1 MG\nTAKE 2 TABLETS DAILY EXCEPT SUNDAY TAKE 3 TABLETS\nQTY 70", "directions_conflict"],
  ])("are flagged where their directions are not understood, or are missing: %s", (label, code) => {
    expect(only(label).review.map((reason) => reason.code)).toContain(code);
  });

  it("have refills where the label counts them, and not where a dose may be repeated", () => {
    const zolpidem = "ZOLPIDEM 10 MG TABLET\nTAKE 1 TABLET AT BEDTIME. MAY REPEAT X1 IN 4 HOURS";
    expect(only(zolpidem)).toMatchObject({
      refills: null,
      instructions: "TAKE 1 TABLET AT BEDTIME. MAY REPEAT X1 IN 4 HOURS",
    });
    expect(only(`${zolpidem}\nREPEAT 2`).refills).toBe(2);
    expect(only(`${zolpidem}\nQTÉ: 60  RENOUV: 2`)).toMatchObject({ quantity: 60, refills: 2 });
  });

  it("have five refills where the label says five, though a 5 looks like an S", () => {
    expect(only("ZOLOFT 50 MG\n1 po q AM\nDisp: 30\nRefill: 5").refills).toBe(5);
    expect(only("ZOLOFT 50 MG\nTAKE 1 TABLET DAILY\nREFILL 5").refills).toBe(5);
  });

  it.each([
    ["Lorazepam 2 mg/mL\n0.25 ML (0.5 MG) SL Q4H\nQTY 30", "Every 4 hours", 30],
    ["Clonazepam 0.5 mg bid #60 NR", "Twice daily", 60],
    ["Hydrochlorothiazide 25mg PO daily #30 RF2", "Once daily", 30],
    ["Gabapentin 300 mg caps #90, 1 cap TID, 5 RF", "Three times daily", 90],
    ["K-Dur 20 mEq 1 tab PO daily", "Once daily", null],
    ["Lisinopril 10 mg #30 1 po qd", "Once daily", 30],
  ])("are read where drug, directions and quantity share a line: %s", (line, schedule, quantity) => {
    expect(only(line)).toMatchObject({ schedule, quantity });
  });

  it("have a strength, and a dose behind its dash", () => {
    const list = "DISCHARGE MEDICATIONS\nAspirin 81 mg - 1 tab daily\nMetoprolol 25 mg - 1 tab twice daily";
    expect(understand(typedLabel(list))).toMatchObject([
      { name: "Aspirin", dosage: "81 mg", instructions: "1 tab daily" },
      { name: "Metoprolol", dosage: "25 mg", instructions: "1 tab twice daily", schedule: "Twice daily" },
    ]);
    expect(only("NORCO 5 MG-325 MG TABLET\nTAKE 1 TABLET DAILY").dosage).toBe("5 mg-325 mg");
  });

  it("do not take an old dose, or a name's number, for something else", () => {
    const medications = understand(
      typedLabel("LISINOPRIL 20 MG TABLET\nTAKE 1 TABLET DAILY\nDOSE CHANGE: PREVIOUSLY 10 MG\nQTY 60"),
    );
    expect(medications).toHaveLength(1);
    expect(medications[0]).toMatchObject({ dosage: "20 mg", quantity: 60 });
    expect(only("TYLENOL #3\n1 TAB Q6H PRN PAIN").quantity).toBeNull();
  });

  it("keep what is in the pack out of the directions", () => {
    const inhaler = only(
      "Salbutamol 100micrograms/dose inhaler CFC free\nInhale TWO puffs when required\n1 x 200 dose",
    );
    expect(inhaler).toMatchObject({ schedule: "As needed", quantity: 1, needs_review: false });
    const mailOrder = only(
      "Atorvastatin Tab 40mg\nTake 1 tablet by mouth once daily\n90 Day Supply QTY 90\n3 Refills",
    );
    expect(mailOrder).toMatchObject({
      instructions: "Take 1 tablet by mouth once daily",
      quantity: 90,
      refills: 3,
    });
    expect(only("Zomorph 10mg capsules\nONE capsule every 12 hours\n60").schedule).toBe("Every 12 hours");
  });

  it("say a range whose unit is printed twice as one dose", () => {
    const [dosage] = only("Oramorph 10mg/5ml oral solution\nTake 2.5ml to 5ml every 4 hours").directions;
    expect(dosage?.doseAndRate?.[0]?.doseRange).toMatchObject({
      low: { value: 2.5, unit: "mL" },
      high: { value: 5, unit: "mL" },
    });
  });
});
