import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DrugsFileError, parseDrugsFile } from "../../../core/medications/lexicon/drugs-file.ts";
import { parseLookAlikes } from "../../../core/medications/lexicon/lexicon.ts";
import { normaliseStrength } from "../../../core/medications/lexicon/strength.ts";
import { keyOf } from "../../../core/medications/lexicon/words.ts";

const folder = new URL("../../../core/medications/lexicon/", import.meta.url);
const text = readFileSync(new URL("drugs.tsv", folder), "utf8");
const entries = parseDrugsFile(text);
const names = new Set(entries.map(({ name }) => name));
const lookAlikes = parseLookAlikes(readFileSync(new URL("look-alikes.tsv", folder), "utf8"));
const columns = "name\tkind\tof\tforms\tstrengths\tmax_daily\n";

describe("drugs.tsv", () => {
  it("has at least 1,500 names, generics and brands", () => {
    expect(entries.length).toBeGreaterThanOrEqual(1500);
    expect(entries.filter(({ kind }) => kind === "generic").length).toBeGreaterThan(500);
    expect(entries.filter(({ kind }) => kind === "brand").length).toBeGreaterThan(500);
  });

  it("is sorted by name, so that a new line has one place", () => {
    const keys = text
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) =>
        (line.split("\t")[0] ?? "")
          .toLowerCase()
          .replace(/[^a-z0-9]+/g, " ")
          .trim(),
      );
    expect(keys).toEqual([...keys].sort());
  });

  it("names no drug twice, whatever the spaces, hyphens and capitals", () => {
    const keys = entries.map(({ name }) => keyOf(name));
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it("writes every strength so that it normalises to itself", () => {
    const wrong = entries.flatMap(({ name, strengths }) =>
      strengths
        .filter((strength) => normaliseStrength(strength) !== strength)
        .map((strength) => `${name} ${strength}`),
    );
    expect(wrong).toEqual([]);
  });

  it("says of every brand what is in it and in what form it comes", () => {
    expect(entries.filter(({ kind, generics }) => kind === "brand" && generics.length === 0)).toEqual([]);
    expect(entries.filter(({ routes }) => routes.length === 0).map(({ name }) => name)).toEqual([]);
  });

  it("gives no daily maximum below the drug's smallest strength of the same unit", () => {
    const wrong = entries.filter(({ strengths, maxDailyDose }) => {
      if (maxDailyDose === undefined) return false;
      const same = strengths.flatMap((strength) => {
        const parted = /^([\d.]+) (\w+)$/.exec(strength);
        return parted?.[2] === maxDailyDose.unit ? [Number(parted[1])] : [];
      });
      return same.length > 0 && Math.min(...same) > maxDailyDose.value;
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it.each([
    ["GLP-1", "semaglutide Ozempic Wegovy Rybelsus tirzepatide Mounjaro Zepbound dulaglutide"],
    ["SGLT2", "empagliflozin dapagliflozin Jardiance Farxiga Forxiga Steglatro"],
    ["DOAC", "apixaban Eliquis rivaroxaban Xarelto edoxaban Lixiana"],
    ["CGRP", "erenumab Aimovig rimegepant ubrogepant atogepant Qulipta"],
    ["HIV", "Biktarvy Dovato Juluca Cabenuva Descovy doravirine"],
    ["oral oncology", "osimertinib ribociclib abemaciclib sotorasib venetoclax zanubrutinib"],
    ["biologics", "dupilumab risankizumab Skyrizi guselkumab ocrelizumab romosozumab"],
    [
      "others since 2015",
      "Entresto finerenone upadacitinib Paxlovid suzetrigine Veozah resmetirom bempedoic~acid",
    ],
    ["BAN and USAN", "paracetamol acetaminophen salbutamol albuterol co-codamol furosemide frusemide"],
  ])("knows %s", (_, list) => {
    expect(list.split(" ").filter((name) => !names.has(name.replace("~", " ")))).toEqual([]);
  });
});

describe("look-alikes.tsv", () => {
  it("pairs names of the lexicon, each pair once and in order", () => {
    const written = lookAlikes.map(([a, b]) => `${a.toLowerCase()}\t${b.toLowerCase()}`);
    expect(lookAlikes.flat().filter((name) => !names.has(name))).toEqual([]);
    expect(lookAlikes.filter(([a, b]) => a.toLowerCase() >= b.toLowerCase())).toEqual([]);
    expect(written).toEqual([...new Set(written)].sort());
  });

  it.each(["hydralazine\thydroxyzine", "clonazepam\tclonidine", "celebrex\tcelexa", "celebrex\tcerebyx"])(
    "has %s",
    (pair) => {
      expect(lookAlikes.map(([a, b]) => `${a.toLowerCase()}\t${b.toLowerCase()}`)).toContain(pair);
    },
  );
});

describe("a drugs file", () => {
  it.each([
    [
      "a brand of nothing known",
      "Zestril\tbrand\tlisinopril\ttablet\t10 mg",
      'line 2: there is no line for "lisinopril"',
    ],
    ["a form it does not know", "lisinopril\tgeneric\t\ttablett\t10 mg", 'line 2: "tablett" is no form'],
    ["a strength that is none", "lisinopril\tgeneric\t\ttablet\t10 m", 'line 2: "10 m" is no strength'],
    ["a name twice", "aspirin\tgeneric\nASPIRIN\tgeneric", 'line 3: "ASPIRIN" is there twice'],
    ["another kind", "aspirin\tdrug", "line 2: kind is"],
  ])("is refused for %s, naming the line", (_, lines, message) => {
    expect(() => parseDrugsFile(columns + lines)).toThrow(DrugsFileError);
    expect(() => parseDrugsFile(columns + lines)).toThrow(message);
  });

  it("gives a brand the forms and strengths of its generic when it has none of its own", () => {
    const [, brand] = parseDrugsFile(
      `${columns}lisinopril\tgeneric\t\ttablet\t5, 10 mg\t80 mg\nZestril\tbrand\tlisinopril`,
    );
    expect(brand).toEqual({
      name: "Zestril",
      kind: "brand",
      generics: ["lisinopril"],
      forms: ["tablet"],
      routes: ["oral"],
      strengths: ["5 mg", "10 mg"],
      maxDailyDose: { value: 80, unit: "mg" },
    });
  });
});
