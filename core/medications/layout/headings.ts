import { listed } from "./vocabulary.ts";

/** What a part of a label is about. */
export type Kind =
  | "drug"
  | "strength"
  | "form"
  | "directions"
  | "quantity"
  | "refills"
  | "prescriber"
  | "rx_number"
  | "patient"
  | "pharmacy"
  | "address"
  | "phone"
  | "date"
  | "equivalent"
  | "maker"
  | "code"
  | "warning"
  | "other";

/** The words that announce a field, and what they announce. */
export type Heading = {
  kind: Kind;
  /** What must follow for the words to be a heading where no colon says so. */
  value: "number" | "code" | "date" | "name" | "text";
  phrases: readonly string[];
  /** Only a heading where a colon follows: the words mean other things elsewhere. */
  colon?: true;
  /** The heading is part of the value: "Dr Elena Ruiz". */
  keep?: true;
};

/** Every heading this project knows. To teach it another, add its words to the line of its kind. */
export const headings: readonly Heading[] = [
  {
    kind: "rx_number",
    value: "code",
    phrases: listed(`rx #, rx no, rx num, rx number, rx, prescription #, prescription no, prescription number,
      script no, order #, order no, ord`),
  },
  {
    kind: "quantity",
    value: "number",
    // The last are what readers make of QTY.
    phrases: listed(`qty, quantity, quant, disp, disp qty, dispense, dispensed, qty dispensed, qty disp,
      quantity dispensed, amount, amt, supply, qte, qté, qty/qte, qty/qté, pack size, count, contents, oty, qtv, gty, qiy, qly, qt, qt y`),
  },
  {
    kind: "refills",
    value: "number",
    phrases:
      listed(`refill, refills, refill s, refills left, refills remaining, refills rem, remaining refills,
      refill left, refills authorized, may refill, rfl, rfls, rf, repeat, repeats, repeats left, rep, reps, rpt, rpts, renewals, refillable, renouv, renouvellement,
      refill/renouv, refills/renouv`),
  },
  {
    kind: "prescriber",
    value: "name",
    phrases:
      listed(`prescriber, prescribed by, prescriber name, prescribing physician, prescr, presc, presc by, prscbr, prscrbr,
      physician, provider, doctor, ordered by, ordering provider, practitioner, authorized by, dr name`),
  },
  { kind: "prescriber", value: "name", keep: true, phrases: listed("dr, dra") },
  {
    kind: "patient",
    value: "name",
    phrases: listed("patient, patient name, pt, pt name, name, client, resident"),
  },
  {
    kind: "patient",
    value: "code",
    phrases: listed("dob, date of birth, mrn, nhs no, hosp no, ward, room, bed, age"),
  },
  {
    kind: "date",
    value: "date",
    phrases:
      listed(`date, filled, date filled, fill date, filled on, last filled, orig, orig date, original date,
      dispensed on, date dispensed, discard after, discard by, discard, use by, use before, exp, exp date, expires,
      expiry, expiration, written, date written, refill by, refill after, refill before, beyond use, bud, prepared,
      valid until, best before`),
  },
  { kind: "phone", value: "number", phrases: listed("ph, phone, tel, telephone, fax, call") },
  {
    kind: "equivalent",
    value: "text",
    phrases: listed(`generic for, gen for, generic equiv, generic equivalent, generic equiv for,
      generic equivalent for, substituted for, substitute for, substitution for, sub for, subst for, equivalent to,
      equiv to, replaces, compare to, same as, in place of, interchanged for`),
  },
  {
    kind: "maker",
    value: "text",
    phrases: listed(`mfg, mfr, mfg by, mfd by, mfgr, manufacturer, manufactured by, maker, made by, dist by,
      distributed by, lab, labeler, pkg by, packaged by, marketed by`),
  },
  {
    kind: "code",
    value: "code",
    phrases:
      listed(`din, ndc, lot, lot no, batch, gtin, upc, bin, pcn, grp, group, acct, store, store #, rph, r ph,
      pharmacist, pharm, tech, init, initials, dea, dea #, npi, lic, license, days supply, day supply, price, copay,
      you pay, ins, plan, tray, bag, page, barcode, id, order id, item`),
  },
  {
    kind: "directions",
    value: "text",
    phrases: listed(
      "sig, directions, direction, instructions, directions for use, how to take, how to use, admin instructions",
    ),
  },
  { kind: "directions", value: "text", colon: true, phrases: listed("route, freq, frequency, dose") },
  {
    kind: "drug",
    value: "text",
    colon: true,
    phrases: listed("drug, drug name, medication, medicine, med, medication name, product, item name"),
  },
  { kind: "strength", value: "number", phrases: listed("strength, str") },
  { kind: "form", value: "text", colon: true, phrases: listed("form, dosage form") },
  {
    kind: "address",
    value: "text",
    colon: true,
    phrases: listed("address, addr, street address, home address"),
  },
  {
    kind: "warning",
    value: "text",
    phrases:
      listed(`caution, warning, warnings, important, note, notice, side effects, allergies, allergy, indication,
      diagnosis, dx, icd, description, looks like, imprint`),
  },
];
