import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { scanStatus } from "../contract/scans.ts";

/**
 * Draws a scan's result as people see it: the photo with each field's place marked, and the fields beside it.
 * Usage: npm run --silent scan -- --json PHOTO | node bench/draw-result.ts PHOTO PICTURE.png
 */
const { positionals } = parseArgs({ allowPositionals: true });
const [photo = "", picture = ""] = positionals;
const lines: Buffer[] = [];
for await (const piece of process.stdin as AsyncIterable<Buffer>) lines.push(piece);
const { result } = scanStatus.pick({ result: true }).parse(JSON.parse(Buffer.concat(lines).toString("utf8")));
if (!result) throw new Error("the scan has no result");

const HEIGHT = 620;
const COLUMN = 470;
const COLOURS = [
  "#0b7285",
  "#c2255c",
  "#5f3dc4",
  "#2b8a3e",
  "#d9480f",
  "#1864ab",
  "#862e9c",
  "#5c940d",
  "#495057",
];
const asXml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const upright = await sharp(await readFile(photo))
  .rotate()
  .toBuffer({ resolveWithObject: true });
const scale = HEIGHT / upright.info.height;
const width = Math.round(upright.info.width * scale);
const shapes = Object.entries(result.fields).flatMap(([name, field], index) => {
  if (!field) return [];
  const colour = COLOURS[index % COLOURS.length];
  const y = 96 + index * 54;
  const value = String(field.value ?? "");
  const shown = value.length > 46 ? `${value.slice(0, 45)}…` : value;
  const [left = 0, top = 0, wide = 0, high = 0] = (field.box ?? []).map((side) => side * scale);
  const mark = field.box
    ? `<rect x="${left - 2}" y="${top - 2}" width="${wide + 4}" height="${high + 4}" fill="none" stroke="${colour}" stroke-width="2.5" rx="3"/>`
    : "";
  return `${mark}
    <rect x="${width + 22}" y="${y - 26}" width="5" height="38" fill="${colour}"/>
    <text x="${width + 38}" y="${y - 12}" font-size="13" fill="#666">${name} · ${Math.round(field.confidence * 100)}%</text>
    <text x="${width + 38}" y="${y + 9}" font-size="17" fill="${field.review ? "#c92a2a" : "#111"}">${asXml(shown)}</text>`;
});
const verdict = result.needs_review ? (result.review[0]?.message ?? "Needs review") : "No doubts";
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width + COLUMN}" height="${HEIGHT}" font-family="DejaVu Sans, sans-serif">
  <text x="${width + 22}" y="38" font-size="22" font-weight="bold" fill="#111">${asXml(result.name)} ${asXml(result.dosage)}</text>
  <text x="${width + 22}" y="60" font-size="13" fill="${result.needs_review ? "#c92a2a" : "#2b8a3e"}">${asXml(verdict)}</text>
  ${shapes.join("\n")}
</svg>`;
await sharp({ create: { width: width + COLUMN, height: HEIGHT, channels: 3, background: "#fff" } })
  .composite([
    { input: await sharp(upright.data).resize({ height: HEIGHT }).toBuffer(), left: 0, top: 0 },
    { input: Buffer.from(svg), left: 0, top: 0 },
  ])
  .png({ palette: true, quality: 80 })
  .toFile(picture);
