import type { UnderstoodMedication } from "../../contract/medications.ts";

type Told = Pick<
  UnderstoodMedication,
  "name" | "dosage" | "form" | "quantity" | "refills" | "prescriber" | "rx_number" | "instructions"
>;

/** A label as it is laid out, and what a pharmacist would read from it. Made up for these tests: nobody's label. */
export type LayoutCase = { title: string; text: string; medications: Partial<Told>[] };

export const layouts: readonly LayoutCase[] = [
  {
    title: "a US chain's label, drug before directions",
    text: `
      HARBOR VIEW PHARMACY          (555) 010-2233
      88 PIER RD, PORTLAND, ME 04101
      RX# 0734412-01                DR. H. OYELARAN
      MARGARET DUNNE
      LISINOPRIL 10 MG TABLETS
      TAKE ONE TABLET BY MOUTH EVERY DAY
      QTY 90                        MFG SOLCO
      3 REFILLS BEFORE 04/02/2027
      DATE FILLED 04/02/2026`,
    medications: [
      {
        name: "Lisinopril",
        dosage: "10 mg",
        form: "tablet",
        quantity: 90,
        refills: 3,
        prescriber: "Dr. H. Oyelaran",
        rx_number: "0734412-01",
        instructions: "TAKE ONE TABLET BY MOUTH EVERY DAY",
      },
    ],
  },
  {
    title: "two columns: who and where on the left, what and how on the right",
    text: `
      Northside Drug Mart         Rx: 55120934
      12 Elm Street               ATENOLOL 50 MG TAB
      Tel 555-0199                Take 1 tablet by mouth
      Patient:                    twice a day for blood
      Allegra Johnson             pressure
      DOB: 01/02/1950             Qty: 60   Refills: None
      Prescriber: S. Novak NP     Generic for Tenormin`,
    medications: [
      {
        name: "Atenolol",
        dosage: "50 mg",
        form: "tablet",
        quantity: 60,
        refills: 0,
        prescriber: "S. Novak NP",
        rx_number: "55120934",
        instructions: "Take 1 tablet by mouth twice a day for blood pressure",
      },
    ],
  },
  {
    title: "a UK label: quantity before the drug, warnings under the directions",
    text: `
      28 Ramipril 5mg capsules
      Take ONE capsule each morning
      Do not drive if you feel dizzy.
      Mr Alan Whitcombe        14/03/2026
      Keep out of the reach and sight of children
      Larkspur Chemist, 4 High Street, Otley LS21 3AB`,
    medications: [
      {
        name: "Ramipril",
        dosage: "5 mg",
        form: "capsule",
        quantity: 28,
        instructions: "Take ONE capsule each morning",
        prescriber: "",
        refills: null,
      },
    ],
  },
  {
    title: "a UK label in the passive voice",
    text: `
      56 Metformin 500mg tablets
      ONE to be taken TWICE a day
      with or after food
      Mrs Priya Shah   02 Feb 2026
      The Village Pharmacy  Tel: 01632 960123`,
    medications: [
      {
        name: "Metformin",
        dosage: "500 mg",
        form: "tablet",
        quantity: 56,
        instructions: "ONE to be taken TWICE a day with or after food",
      },
    ],
  },
  {
    title: "a Canadian label: maker's name before the drug, DIN, repeats",
    text: `
      MAPLEWOOD PHARMACY      604-555-0144
      Rx 6120933              12-Jan-2026
      TREMBLAY, LUC
      TAKE 1 CAPSULE ONCE DAILY
      RAMIPRIL 10MG CAP
      DIN 02251582            30 CAP
      Dr. A. Singh            Repeats: 5`,
    medications: [
      {
        name: "Ramipril",
        dosage: "10 mg",
        form: "capsule",
        quantity: 30,
        refills: 5,
        prescriber: "Dr. A. Singh",
        rx_number: "6120933",
        instructions: "TAKE 1 CAPSULE ONCE DAILY",
      },
    ],
  },
  {
    title: "a mail order label: headings over their values",
    text: `
      MERIDIAN HOME DELIVERY
      RX NUMBER        QUANTITY       REFILLS
      20099812         90             1
      PATIENT          PRESCRIBER
      DOE, JANE        R. KLEIN MD
      DRUG: PANTOPRAZOLE SODIUM DR 40 MG TABLET
      DIRECTIONS: TAKE 1 TABLET BY MOUTH DAILY
      30 MINUTES BEFORE BREAKFAST`,
    medications: [
      {
        name: "Pantoprazole Sodium DR",
        dosage: "40 mg",
        form: "tablet",
        quantity: 90,
        refills: 1,
        prescriber: "R. Klein MD",
        rx_number: "20099812",
        instructions: "TAKE 1 TABLET BY MOUTH DAILY 30 MINUTES BEFORE BREAKFAST",
      },
    ],
  },
  {
    title: "a typed prescription with Disp and Sig",
    text: `
      Riverbend Family Clinic
      Laura Finch, MD     DEA # AF1234563
      Name: Tomas Reyes   Date: 03/03/2026
      Rx
      Amoxicillin 500 mg capsules
      Disp: #30 (thirty)
      Sig: 1 cap po tid x 10 days
      Refills: 0 (zero)`,
    medications: [
      {
        name: "Amoxicillin",
        dosage: "500 mg",
        form: "capsule",
        quantity: 30,
        refills: 0,
        prescriber: "Laura Finch, MD",
        instructions: "1 cap po tid x 10 days",
      },
    ],
  },
  {
    title: "several drugs on one prescription, each with its own directions",
    text: `
      Dr. Ines Moreau
      Patient: Carl Jensen   Date: 11/01/2026
      1. Amoxicillin 500 mg capsule
         Sig: take 1 capsule three times a day for 7 days
         Disp: 21   Refills: 0
      2. Ibuprofen 400 mg tablet
         Sig: take 1 tablet every 6 hours as needed for pain
         Disp: 20   Refills: 1`,
    medications: [
      {
        name: "Amoxicillin",
        dosage: "500 mg",
        quantity: 21,
        refills: 0,
        prescriber: "Dr. Ines Moreau",
        instructions: "take 1 capsule three times a day for 7 days",
      },
      {
        name: "Ibuprofen",
        dosage: "400 mg",
        quantity: 20,
        refills: 1,
        prescriber: "Dr. Ines Moreau",
        instructions: "take 1 tablet every 6 hours as needed for pain",
      },
    ],
  },
  {
    title: "several drugs first, and then their directions by name",
    text: `
      Dr Paula Brandt, M.D
      Name: Erik Holm       Date: 7/9/2026
      Furosemide 40 mg
      Digoxin 0.125 mg
      Directions:
      Furosemide - take 1 tablet every morning
      Digoxin - take 1 tablet daily for 1 month
      Refill: 2 times`,
    medications: [
      { name: "Furosemide", dosage: "40 mg", instructions: "take 1 tablet every morning", refills: 2 },
      { name: "Digoxin", dosage: "0.125 mg", instructions: "take 1 tablet daily for 1 month", refills: 2 },
    ],
  },
  {
    title: "a hospital's label: dose, route and frequency under their headings",
    text: `
      ST. BRIDE GENERAL HOSPITAL   WARD 4B BED 12
      MRN: 00481277  KOWALCZYK, ADAM
      CEFUROXIME 250 MG TABLET
      DOSE: 250 MG  ROUTE: PO  FREQ: BID
      QTY: 14   LOT: 88K2   EXP: 09/2027
      RPH: DT`,
    medications: [
      {
        name: "Cefuroxime",
        dosage: "250 mg",
        form: "tablet",
        quantity: 14,
        instructions: "250 MG PO BID",
      },
    ],
  },
  {
    title: "a pack with nothing but name and strength",
    text: `
      Losartan
      50 mg
      film-coated tablets
      30 tablets
      KRKA`,
    medications: [{ name: "Losartan", dosage: "50 mg", quantity: 30, instructions: "" }],
  },
  {
    title: "a brand with its generic name in brackets",
    text: `
      RX 4410021
      LIPITOR 40 MG TABLET (ATORVASTATIN CALCIUM)
      TAKE 1 TABLET AT BEDTIME
      QTY: 30   REFILLS: 2`,
    medications: [{ name: "Lipitor", dosage: "40 mg", form: "tablet", quantity: 30, refills: 2 }],
  },
  {
    title: "a combination of two drugs",
    text: `
      HYDROCODONE-ACETAMINOPHEN 5-325 MG TAB
      TAKE 1 TABLET BY MOUTH EVERY 6 HOURS
      AS NEEDED FOR PAIN
      QTY 12   NO REFILLS`,
    medications: [
      {
        name: "Hydrocodone-Acetaminophen",
        dosage: "5-325 mg",
        form: "tablet",
        quantity: 12,
        refills: 0,
        instructions: "TAKE 1 TABLET BY MOUTH EVERY 6 HOURS AS NEEDED FOR PAIN",
      },
    ],
  },
  {
    title: "a suspension",
    text: `
      AMOXICILLIN 400 MG/5 ML SUSP
      GIVE 5 ML BY MOUTH TWICE DAILY FOR 10 DAYS
      SHAKE WELL. REFRIGERATE. DISCARD AFTER 10 DAYS
      QTY: 100 ML   REFILLS: 0`,
    medications: [
      {
        name: "Amoxicillin",
        dosage: "400 mg/5 mL",
        form: "suspension",
        quantity: 100,
        refills: 0,
        instructions: "GIVE 5 ML BY MOUTH TWICE DAILY FOR 10 DAYS",
      },
    ],
  },
  {
    title: "eye drops",
    text: `
      LATANOPROST 0.005% EYE DROPS
      INSTILL 1 DROP INTO BOTH EYES AT BEDTIME
      QTY: 2.5 ML   REFILLS: 5`,
    medications: [{ name: "Latanoprost", dosage: "0.005%", form: "eye drops", quantity: 2.5, refills: 5 }],
  },
  {
    title: "an inhaler",
    text: `
      ALBUTEROL HFA 90 MCG INHALER
      INHALE 2 PUFFS EVERY 4 HOURS AS NEEDED
      QTY: 8.5 GM   REFILLS: 1`,
    medications: [{ name: "Albuterol HFA", dosage: "90 mcg", form: "inhaler", quantity: 8.5, refills: 1 }],
  },
  {
    title: "insulin in units",
    text: `
      INSULIN GLARGINE 100 UNITS/ML PEN
      INJECT 20 UNITS UNDER THE SKIN AT BEDTIME
      QTY: 15 ML   REFILLS: 11`,
    medications: [
      { name: "Insulin Glargine", dosage: "100 units/mL", form: "pen", quantity: 15, refills: 11 },
    ],
  },
  {
    title: "a patch by the hour",
    text: `
      FENTANYL 25 MCG/HR PATCH
      APPLY 1 PATCH TO SKIN EVERY 72 HOURS
      QTY: 10   REFILLS: 0`,
    medications: [{ name: "Fentanyl", dosage: "25 mcg/hr", form: "patch", quantity: 10, refills: 0 }],
  },
  {
    title: "directions that name the drug, and another drug in a warning",
    text: `
      METFORMIN 850MG               80 TABLETS
      TAKE 1 METFORMIN TABLET 2 TIMES DAILY
      To take with Diclofenac
      Do not take with alcohol
      18/07/2026`,
    medications: [
      {
        name: "Metformin",
        dosage: "850 mg",
        quantity: 80,
        instructions: "TAKE 1 METFORMIN TABLET 2 TIMES DAILY",
      },
    ],
  },
  {
    title: "a quantity after the form and a prescriber after By",
    text: `
      Sertraline HCl 50 mg tablet #30
      Take 1 tablet by mouth every morning
      Prescribed by: Nadia Petrov PA-C
      2 refills remaining`,
    medications: [
      {
        name: "Sertraline HCl",
        dosage: "50 mg",
        form: "tablet",
        quantity: 30,
        refills: 2,
        prescriber: "Nadia Petrov PA-C",
      },
    ],
  },
  {
    title: "a prescriber behind the refills, and a sticker that names another drug",
    text: `
      Rx# 0334455-12345
      HYDROCODONE/ACETAMINOPHEN 5MG/325MG TABS
      TAKE 1 TO 2 TABLETS BY MOUTH EVERY 4 TO 6
      HOURS AS NEEDED FOR PAIN
      QTY 20   MFG BRIGHTWELL
      NO REFILLS. DR. K OSEI
      Do not take with ibuprofen 400 mg`,
    medications: [
      {
        name: "Hydrocodone/Acetaminophen",
        dosage: "5 mg/325 mg",
        quantity: 20,
        refills: 0,
        prescriber: "Dr. K Osei",
        rx_number: "0334455-12345",
        instructions: "TAKE 1 TO 2 TABLETS BY MOUTH EVERY 4 TO 6 HOURS AS NEEDED FOR PAIN",
      },
    ],
  },
  {
    title: "refills that need the doctor, allergies, and what the tablet looks like",
    text: `
      PATIENT: DOE, JANE   ALLERGIES: PENICILLIN, SULFA
      METOPROLOL SUCC ER 50 MG TAB
      TAKE 1 TABLET BY MOUTH EVERY DAY
      QTY: 30   NO REFILLS - DR AUTH REQUIRED
      This is a WHITE, OVAL-shaped, TABLET imprinted with A 50 on the front.
      Prescriber: M. Okonkwo, MD`,
    medications: [
      {
        name: "Metoprolol Succ ER",
        dosage: "50 mg",
        quantity: 30,
        refills: 0,
        prescriber: "M. Okonkwo, MD",
        instructions: "TAKE 1 TABLET BY MOUTH EVERY DAY",
      },
    ],
  },
  {
    title: "a UK suspension by volume, with the advice that goes with it",
    text: `
      100ml Amoxicillin 250mg/5ml oral suspension SF
      ONE 5ml spoonful to be taken THREE times a day
      Shake the bottle. Keep taking this medicine until the course is finished
      Master Leo Hart   03/02/26`,
    medications: [
      {
        name: "Amoxicillin",
        dosage: "250 mg/5 mL",
        form: "oral suspension",
        quantity: 100,
        instructions: "ONE 5ml spoonful to be taken THREE times a day",
      },
    ],
  },
  {
    title: "a UK inhaler counted in doses",
    text: `
      1 x 200 dose Salbutamol 100micrograms/dose inhaler CFC free
      TWO puffs to be inhaled FOUR times a day when required
      Mr T Green    1 Feb 2026`,
    medications: [{ name: "Salbutamol", dosage: "100 micrograms/dose", form: "inhaler" }],
  },
  {
    title: "a Canadian generic with its maker's letters and the ingredient in brackets",
    text: `
      Rx 1234567     2026-01-15
      TAKE 2 TABLETS DAILY WITH FOOD
      pms-METFORMIN 500mg TAB
      (METFORMIN HCL)  60 TAB
      DR. WONG, L     Rep: 3`,
    medications: [
      { name: "Metformin", dosage: "500 mg", quantity: 60, refills: 3, prescriber: "Dr. Wong, L" },
    ],
  },
  {
    title: "a typed prescription with the drug behind Rx and counts behind signs",
    text: `
      Name Anna Bell   Date 3 March 2026
      Rx: Lisinopril 20 mg tab
      #90 (ninety)
      Sig: take 1 tab po daily
      Refill x3
      Dr. Noah Stein, M.D.`,
    medications: [
      { name: "Lisinopril", dosage: "20 mg", quantity: 90, refills: 3, prescriber: "Dr. Noah Stein, M.D." },
    ],
  },
  {
    title: "a ward's label with the count at the drug's right",
    text: `
      Ward 7 Bed 12   Mr A Smith   NHS No 485 777 3456
      Furosemide 40mg tablets    28
      Take one each morning`,
    medications: [{ name: "Furosemide", dosage: "40 mg", quantity: 28 }],
  },
  {
    title: "everything in one row",
    text: `
      Rx 445566 TAKE ONE CAPSULE 3 TIMES A DAY   GABAPENTIN 300MG CAPSULES   QTY 90   REFILLS 2   DR. T. BYRD`,
    medications: [
      {
        name: "Gabapentin",
        dosage: "300 mg",
        quantity: 90,
        refills: 2,
        prescriber: "Dr. T. Byrd",
        rx_number: "445566",
        instructions: "TAKE ONE CAPSULE 3 TIMES A DAY",
      },
    ],
  },
  {
    title: "a taper over four lines",
    text: `
      PREDNISONE 10MG TABLETS
      TAKE 4 TABLETS DAILY FOR 3 DAYS, THEN 3 TABLETS DAILY
      FOR 3 DAYS, THEN 2 TABLETS DAILY FOR 3 DAYS, THEN 1
      TABLET DAILY FOR 3 DAYS
      QTY: 30 REFILLS: ZERO`,
    medications: [
      {
        name: "Prednisone",
        dosage: "10 mg",
        quantity: 30,
        refills: 0,
        instructions:
          "TAKE 4 TABLETS DAILY FOR 3 DAYS, THEN 3 TABLETS DAILY FOR 3 DAYS, THEN 2 TABLETS DAILY FOR 3 DAYS, THEN 1 TABLET DAILY FOR 3 DAYS",
      },
    ],
  },
];
