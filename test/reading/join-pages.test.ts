import { describe, expect, it } from "vitest";
import type { PageReading } from "../../contract/reading.ts";
import { joinPages } from "../../core/reading/join-pages.ts";

function photo(...lines: [text: string, confidence?: number][]): PageReading {
  return {
    width: 100,
    height: 100,
    lines: lines.map(([text, confidence = 0.9], i) => ({ text, confidence, box: [0, 20 * i, 90, 18] })),
    quality: [],
    codes: [],
    readers: ["test"],
  };
}

const textsOf = (readings: PageReading[]) => joinPages(readings).map(({ text }) => text);

describe("joining several photos of one label", () => {
  it("leaves one photo's lines as they are, on page 1", () => {
    const lines = joinPages([photo(["A. PATEL"], ["A. PATEL"])]);
    expect(lines.map(({ text, page }) => `${page} ${text}`)).toEqual(["1 A. PATEL", "1 A. PATEL"]);
  });

  it("shows a line that two photos show once, in its surer reading, and keeps the other", () => {
    const [line, ...more] = joinPages([photo(["LISINOPR1L 10 MG", 0.7]), photo(["LISINOPRIL 10 MG", 0.95])]);
    expect(more).toEqual([]);
    expect(line).toMatchObject({ text: "LISINOPRIL 10 MG", page: 2 });
    expect(line?.also).toEqual([{ page: 1, text: "LISINOPR1L 10 MG", confidence: 0.7, box: [0, 0, 90, 18] }]);
  });

  it("joins a line that a bottle's edge cuts with the whole of it, and takes the longer one", () => {
    const joined = joinPages([
      photo(["METFORMIN ER 500 MG", 0.8], ["TAKE 2 TABLETS BY MOUTH EVER"], ["Prescriber: Dr. H. Rasmussen"]),
      photo(["RMIN ER 500 MG", 0.99], ["MBLETS BY MOUTH EVERY"], ["Rasmussen"]),
    ]);
    expect(joined.map(({ text, also = [] }) => [text, ...also.map((one) => one.text)])).toEqual([
      ["METFORMIN ER 500 MG", "RMIN ER 500 MG"],
      ["TAKE 2 TABLETS BY MOUTH EVER", "MBLETS BY MOUTH EVERY"],
      ["Prescriber: Dr. H. Rasmussen", "Rasmussen"],
    ]);
  });

  it("does not take lines for parts of one that only begin and end alike", () => {
    const texts = ["TAKE 1 TABLET BY MOUTH", "BY MOUTH AT BEDTIME", "Qty: 30", "30 TABLETS LEFT"];
    expect(
      textsOf([photo([texts[0] ?? ""], [texts[2] ?? ""]), photo([texts[1] ?? ""], [texts[3] ?? ""])]),
    ).toHaveLength(4);
  });

  it("puts the lines that only a later photo shows between the lines they stood between", () => {
    const joined = textsOf([
      photo(["OAK HILL PHARMACY"], ["TAKE 1 TABLET DAILY"], ["DISCARD AFTER 2027"]),
      photo(
        ["CALL 555-0100 FIRST"],
        ["OAK HILL PHARMACY"],
        ["CARLOS JIMENEZ"],
        ["TAKE 1 TABLET DAILY"],
        ["WITH FOOD"],
      ),
    ]);
    expect(joined).toEqual([
      "CALL 555-0100 FIRST",
      "OAK HILL PHARMACY",
      "CARLOS JIMENEZ",
      "TAKE 1 TABLET DAILY",
      "WITH FOOD",
      "DISCARD AFTER 2027",
    ]);
  });

  it("never drops a reading that differs: every line of every photo is there, as a line or beside one", () => {
    const photos = [
      photo(["WARFARIN 2.5 MG", 0.9], ["QTY: 30"], ["WARFARIN 5 MG"]),
      photo(["WARFARIN 5 MG", 0.95], ["QTY: 80"]),
      photo(["WARFARIN 25 MG", 0.6], ["REFILLS: 2"]),
    ];
    const joined = joinPages(photos);
    const kept = joined.flatMap(({ page, text, also = [] }) => [{ page, text }, ...also]);
    const given = photos.flatMap(({ lines }, i) => lines.map(({ text }) => `${i + 1} ${text}`));
    expect(kept.map(({ page, text }) => `${page} ${text}`).toSorted()).toEqual(given.toSorted());
  });

  it("does not take two short numbers for one", () => {
    expect(textsOf([photo(["30"]), photo(["10"])])).toEqual(["30", "10"]);
  });
});
