import { describe, expect, it } from "vitest";
import { parseDrugsFile } from "../../../core/medications/lexicon/drugs-file.ts";
import { mergeLexicons } from "../../../core/medications/lexicon/merge.ts";
import { drugsFromRxNorm, RxNormFileError } from "../../../core/medications/lexicon/rxnorm.ts";

/** A made-up line in the 18 columns of RXNCONSO.RRF. */
const row = (rxcui: string, type: string, name: string, source = "RXNORM", suppress = "N") =>
  `${rxcui}|ENG||||||${rxcui}1||${rxcui}||${source}|${type}|${rxcui}|${name}||${suppress}|4096|`;

// Products stand before their ingredients: the file is in no order that may be counted on.
const release = [
  row("11", "SCD", "zorpril hydrochloride 10 MG Oral Tablet"),
  row("12", "SCD", "24 HR zorpril hydrochloride 20 MG Extended Release Oral Tablet"),
  row("13", "SBD", "zorpril hydrochloride 10 MG Oral Tablet [Zorpex]"),
  row("14", "SCD", "mavothiazide 12.5 MG / zorpril hydrochloride 10 MG Oral Tablet"),
  row("15", "SCD", "0.4 ML heparzin sodium 100 MG/ML Prefilled Syringe"),
  row("16", "SCD", "oldpril 5 MG Oral Tablet", "RXNORM", "O"),
  row("17", "SCD", "theirpril 5 MG Oral Tablet", "MTHSPL"),
  row("1", "IN", "zorpril"),
  row("2", "IN", "mavothiazide"),
  row("3", "IN", "heparzin"),
  row("4", "IN", "oak pollen extract"),
  row("5", "MIN", "mavothiazide / zorpril"),
  row("6", "BN", "Zorpex"),
];

describe("the lexicon built from RxNorm", () => {
  it("has drugs, combinations and brands with their RXCUIs, strengths and forms, without salts", async () => {
    const entries = parseDrugsFile((await drugsFromRxNorm(release)).join("\n"));
    expect(entries).toEqual([
      {
        name: "heparzin",
        kind: "generic",
        generics: [],
        forms: ["injection"],
        routes: ["injection"],
        strengths: ["100 mg/mL"],
        rxcui: "3",
      },
      {
        name: "mavothiazide/zorpril",
        kind: "generic",
        generics: ["mavothiazide", "zorpril"],
        forms: ["tablet"],
        routes: ["oral"],
        strengths: ["12.5 mg/10 mg"],
        rxcui: "5",
      },
      {
        name: "zorpril",
        kind: "generic",
        generics: [],
        forms: ["extended-release tablet", "tablet"],
        routes: ["oral"],
        strengths: ["10 mg", "20 mg"],
        rxcui: "1",
      },
      {
        name: "Zorpex",
        kind: "brand",
        generics: ["zorpril"],
        forms: ["tablet"],
        routes: ["oral"],
        strengths: ["10 mg"],
        rxcui: "6",
      },
    ]);
  });

  it("is read as a stream: a line is asked for only when the one before is done with", async () => {
    let given = 0;
    async function* lines() {
      for (let n = 0; n < 200_000; n++) {
        given += 1;
        yield row("11", "SCD", `zorpril ${(n % 7) + 1} MG Oral Tablet`);
      }
    }
    const before = process.memoryUsage().heapUsed;
    const file = await drugsFromRxNorm(lines());
    expect(given).toBe(200_000);
    expect(file).toHaveLength(2);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 2 ** 20);
  });

  it("refuses a file of other columns, naming the line", async () => {
    await expect(drugsFromRxNorm([...release, "1|ENG|lisinopril"])).rejects.toThrow(RxNormFileError);
    await expect(drugsFromRxNorm([...release, "1|ENG|lisinopril"])).rejects.toThrow("line 14 has 3 columns");
  });

  it("refuses a file without a product", async () => {
    await expect(drugsFromRxNorm([row("1", "IN", "zorpril")])).rejects.toThrow("no product of RxNorm");
  });

  it("adds to the project's own entries and changes nothing that they say", async () => {
    const own = parseDrugsFile(
      "name\tkind\tof\tforms\tstrengths\tmax_daily\nzorpril\tgeneric\t\ttablet\t10, 40 mg\t80 mg\nzorpril/mavothiazide\tgeneric\t\ttablet\t10/12.5 mg",
    );
    const merged = mergeLexicons(own, parseDrugsFile((await drugsFromRxNorm(release)).join("\n")));
    expect(merged.map(({ name }) => name)).toEqual(["zorpril", "zorpril/mavothiazide", "heparzin", "Zorpex"]);
    expect(merged[0]).toMatchObject({
      rxcui: "1",
      strengths: ["10 mg", "40 mg", "20 mg"],
      maxDailyDose: { value: 80, unit: "mg" },
    });
  });
});
