import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import sharp from "sharp";
import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";
import { drugsOf } from "./drugs.ts";
import { drawFacts } from "./facts.ts";
import { family, registerFonts } from "./fonts.ts";
import type { Random } from "./random.ts";
import { type Split, templatesOf } from "./templates/all.ts";
import type { PrintedFields } from "./templates/template.ts";

/** What a sheet shows where its task's QR code belongs. */
export type TaskMark =
  | { kind: "qr"; taskId: string }
  /** Two codes of different tasks. */
  | { kind: "two"; taskIds: [string, string] }
  /** A QR code of something else, with or without the task's digits printed under it. */
  | { kind: "other"; text: string; printed?: string }
  | { kind: "none" };

export type TaskSheet = { jpeg: Buffer; fields: PrintedFields };

/** A5 across at 203 dpi, as a sheet-fed scanner makes it. */
const PIXELS_PER_MM = 8;
const PAGE = { width: 210, height: 148 };
const QR_MM = 28;
/** How far a page may lie askew in the feeder, in degrees. */
const SKEW = 0.8;

/** A task sheet with a label stuck on it, as scanned: grey, a little askew, a little noisy. */
export async function drawTaskSheet(mark: TaskMark, split: Split, random: Random): Promise<TaskSheet> {
  registerFonts();
  const template = random.pick(templatesOf(split));
  const { forms } = template;
  const drugs = drugsOf(split).filter((drug) => forms === undefined || forms.includes(drug.form));
  const facts = drawFacts(random, template.region, drugs);
  const { sheet: label, fields } = template.draw(facts, random, random.pick(template.faces));

  const canvas = createCanvas(PAGE.width * PIXELS_PER_MM, PAGE.height * PIXELS_PER_MM);
  const pen = canvas.getContext("2d");
  pen.scale(PIXELS_PER_MM, PIXELS_PER_MM);
  pen.fillStyle = "#fcfcfa";
  pen.fillRect(0, 0, PAGE.width, PAGE.height);
  pen.translate(PAGE.width / 2, PAGE.height / 2);
  pen.rotate((random.between(-SKEW, SKEW) * Math.PI) / 180);
  pen.translate(-PAGE.width / 2, -PAGE.height / 2);

  const write = (text: string, x: number, y: number, size: number) => {
    pen.font = `${size}px "${family("arimo", true)}"`;
    pen.fillStyle = "#1a1a1a";
    pen.fillText(text, x, y);
  };
  write("Medication reconciliation", 10, 14, 6);
  for (const { text, printed, x } of codesOf(mark)) {
    pen.drawImage(await loadImage(await qrCode(text)), x, 22, QR_MM, QR_MM);
    if (printed) write(printed, x + 3, 22 + QR_MM + 5, 5);
  }
  const scale = Math.min(130 / label.width, 110 / label.height, 1.5);
  pen.drawImage(label.canvas, 12, 28, label.width * scale, label.height * scale);

  const { width, height } = canvas;
  const noise = { type: "gaussian", mean: 128, sigma: random.between(2, 5) } as const;
  const grain = await sharp({ create: { width, height, channels: 3, background: "#808080", noise } })
    .raw()
    .toBuffer();
  const jpeg = await sharp(canvas.data(), { raw: { width, height, channels: 4 } })
    .composite([{ input: grain, raw: { width, height, channels: 3 }, blend: "soft-light" }])
    .greyscale()
    .jpeg({ quality: random.whole(75, 90) })
    .toBuffer();
  return { jpeg, fields };
}

function codesOf(mark: TaskMark): { text: string; printed?: string; x: number }[] {
  const right = PAGE.width - QR_MM - 12;
  if (mark.kind === "qr") return [{ text: mark.taskId, printed: mark.taskId, x: right }];
  if (mark.kind === "two") {
    return mark.taskIds.map((text, index) => ({ text, printed: text, x: right - index * (QR_MM + 8) }));
  }
  if (mark.kind === "other")
    return [{ text: mark.text, ...(mark.printed ? { printed: mark.printed } : {}), x: right }];
  return [];
}

let opened: Promise<unknown> | undefined;

/** A QR code as PNG, drawn by ZXing. */
export async function qrCode(text: string): Promise<Buffer> {
  opened ??= openWriter();
  await opened;
  const { image, error } = await writeBarcode(text, { format: "QRCode", scale: 8, ecLevel: "M" });
  if (!image) throw new Error(`no QR code of ${text.length} characters: ${error}`);
  return Buffer.from(await image.arrayBuffer());
}

/** From the npm package: without this it would fetch its WebAssembly from a CDN. */
async function openWriter(): Promise<void> {
  const path = createRequire(import.meta.url).resolve("zxing-wasm/writer/zxing_writer.wasm");
  const wasmBinary = new Uint8Array(await readFile(path)).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
}
