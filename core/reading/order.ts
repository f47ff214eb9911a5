import { type Band, heightOf, median } from "./geometry.ts";

/** Lines whose middles are closer than this part of the smaller height stand on one row. */
const SAME_ROW = 0.5;

/**
 * Puts lines in reading order: row by row, each row from left to right, in the direction that most lines run. Lines
 * that run another way (along a bottle's side) come last.
 */
export function inReadingOrder<T extends { band: Band }>(lines: T[]): T[] {
  const angle = median(lines.map(({ band }) => band.angle));
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const placed = lines.map((line) => {
    const { x, y } = line.band.centre;
    return { line, x: x * cos + y * sin, y: y * cos - x * sin, height: heightOf(line.band) };
  });
  const rows: (typeof placed)[] = [];
  for (const item of placed.toSorted((a, b) => a.y - b.y)) {
    const row = rows.at(-1);
    const first = row?.[0];
    if (row && first && item.y - first.y < SAME_ROW * Math.min(item.height, first.height)) row.push(item);
    else rows.push([item]);
  }
  return rows.flatMap((row) => row.toSorted((a, b) => a.x - b.x).map(({ line }) => line));
}
