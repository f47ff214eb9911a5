import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { isJudgedOver, judgedSchedule } from "./judged.ts";

/** The fields that a label's truth may state, in the contract's names. */
export const fieldNames = [
  "name",
  "dosage",
  "form",
  "instructions",
  "schedule",
  "quantity",
  "refills",
  "prescriber",
  "rx_number",
] as const;
export type FieldName = (typeof fieldNames)[number];
export type TrueFields = Partial<Record<FieldName, string | number>>;

/** What stands on one label, on one photo of it or on several together. */
export type TruePhoto = {
  /** The photo's name, and the first one's where there are several. */
  file: string;
  files: string[];
  category: string;
  /** The printed segments; empty where nobody transcribed the whole label. */
  lines: string[];
  /**
   * One for each drug. Where `lines` are given, a field absent here is absent from the label; but for the schedule, which
   * is not printed, and is absent where nobody judged the directions.
   */
  medications: TrueFields[];
  /** The directions ask for more a day than is usual: a flag that says so is right. */
  overMaximum: boolean;
};

const text = z.union([z.string(), z.number()]);
const labelFields = z.partialRecord(z.enum(fieldNames), text);

/** A drawn label, photographed once or, turned in the hand, several times: all of its lines and fields. */
const drawn = z.object({
  file: z.string().optional(),
  files: z.array(z.string()).optional(),
  category: z.string(),
  difficulty: z.enum(["standard", "hard"]),
  lines: z.array(z.string()).min(1),
  fields: z.looseObject({}).transform((all) => labelFields.parse(only(all, fieldNames))),
  over_maximum: z.boolean().optional(),
});

/** A real photo: the drugs and strengths it names, nothing more that could be held against a reader. */
const named = z.object({ name: z.string(), strength: z.string().optional() });
const real = z.object({
  file: z.string(),
  kind: z.string(),
  fields: z.union([z.object({ drugs: z.array(named).min(1) }), named]),
});

/**
 * Reads DIR/truth.json, of drawn labels or of real photos.
 * @throws Error when the file is missing, is no JSON or has another shape
 */
export async function readTruth(folder: string): Promise<TruePhoto[]> {
  const file = path.join(folder, "truth.json");
  const json: unknown = JSON.parse(await readFile(file, "utf8"));
  const photos = z
    .array(z.union([drawn, real]))
    .min(1)
    .safeParse(json);
  if (!photos.success) throw new Error(`${file}: ${z.prettifyError(photos.error)}`);
  return photos.data.map((photo) => ("lines" in photo ? fromDrawn(photo) : fromReal(photo)));
}

function fromDrawn({ category, difficulty, lines, fields, ...photos }: z.infer<typeof drawn>): TruePhoto {
  const schedule = fields.schedule ?? judgedSchedule(String(fields.instructions ?? ""));
  const medication = { ...fields, ...(schedule === undefined ? {} : { schedule }) };
  const files = photos.files ?? (photos.file === undefined ? [] : [photos.file]);
  const file = files[0];
  if (file === undefined) throw new Error(`truth.json: the label "${lines[0]}" names no file`);
  return {
    file,
    files,
    category: difficulty === "hard" ? "hard" : category,
    lines,
    medications: [medication],
    overMaximum: photos.over_maximum ?? isJudgedOver(fields),
  };
}

function fromReal({ file, fields }: z.infer<typeof real>): TruePhoto {
  const drugs = "drugs" in fields ? fields.drugs : [fields];
  const medications = drugs.map(({ name, strength }) => ({
    name,
    ...(strength ? { dosage: strength } : {}),
  }));
  return { file, files: [file], category: "real", lines: [], medications, overMaximum: false };
}

function only(all: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}
