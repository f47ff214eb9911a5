import type { QualityIssue } from "../../contract/reading.ts";
import type { SeenLine } from "./reader.ts";

/** What is wrong with the photo and what to do about it. */
export function judgeQuality(lines: SeenLine[]): QualityIssue[] {
  if (lines.length > 0) return [];
  return [
    {
      issue: "no_text",
      where: null,
      advice: "No text was found. Point the camera at the label and take the photo again.",
    },
  ];
}
