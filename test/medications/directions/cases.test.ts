import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseDirections } from "../../../core/medications/directions/parse-directions.ts";
import { compact } from "./notation.ts";

const folder = new URL("cases/", import.meta.url);
const LINE = /^(?:\((?<form>[^)]*)\) )?(?<text>.*) => (?<expected>.*)$/;

/** A line of a case file: a direction, the form it is printed with, and what it says. */
function casesOf(file: string) {
  return readFileSync(new URL(file, folder), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const { form, text = "", expected = "" } = LINE.exec(line)?.groups ?? {};
      if (expected === "") throw new SyntaxError(`no case: ${line}`);
      return { form, text, expected };
    });
}

describe.each(readdirSync(folder))("directions of %s", (file) => {
  it.each(casesOf(file))("reads $text", ({ form, text, expected }) => {
    const { dosages, review } = parseDirections(text, form ? { form } : {});
    const reasons = [...new Set(review.map((one) => one.code.replace("directions_", "")))];
    expect(`${dosages.map(compact).join(" + ")}${reasons.length > 0 ? ` ! ${reasons.join(" ")}` : ""}`).toBe(
      expected,
    );
  });
});
