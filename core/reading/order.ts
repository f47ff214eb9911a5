import { type Band, heightOf, median } from "./geometry.ts";

/** Lines whose middles are closer than this part of the smaller height stand on one row. */
const SAME_ROW = 0.5;

/** Lines turned further than this from the usual direction run along a side of the label: 30 degrees. */
const ANOTHER_DIRECTION = Math.PI / 6;

/** Columns stand at least this many line heights apart; words of one line never do. */
const COLUMN_GAP = 1;

/** Fewer lines than this on one side are a value beside its heading, not a column. */
const LEAST_COLUMN = 3;

/** When this part of one side's lines stand level with the other side's, they are a table, read row by row. */
const LEVEL = 0.7;

/** A line in the frame of the text: x along the lines, y down the page. */
type Placed<T> = { line: T; left: number; right: number; y: number; height: number };

type Row<T> = Placed<T>[];

/**
 * Puts lines in reading order, in the direction that most of them run: row by row from the left, but column by column
 * where lines that are not level stand side by side. Lines that run another way come last.
 */
export function inReadingOrder<T extends { band: Band }>(lines: T[]): T[] {
  const common = median(lines.map(({ band }) => band.angle));
  const [along, other] = [true, false].map((wanted) =>
    lines.filter(({ band }) => Math.abs(turn(band.angle - common)) < ANOTHER_DIRECTION === wanted),
  );
  return [
    ...ordered(along ?? [], common),
    ...ordered(other ?? [], median((other ?? []).map((l) => l.band.angle))),
  ];
}

/** The same turn between -180 and 180 degrees. */
function turn(angle: number): number {
  return Math.atan2(Math.sin(angle), Math.cos(angle));
}

function ordered<T extends { band: Band }>(lines: T[], angle: number): T[] {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const placed = lines.map((line) => {
    const { centre, halfLength } = line.band;
    const x = centre.x * cos + centre.y * sin;
    const y = centre.y * cos - centre.x * sin;
    return { line, left: x - halfLength, right: x + halfLength, y, height: heightOf(line.band) };
  });
  return byColumns(rowsOf(placed)).map(({ line }) => line);
}

/** Rows from the top, each from the left. */
function rowsOf<T>(placed: Placed<T>[]): Row<T>[] {
  const rows: Row<T>[] = [];
  for (const item of placed.toSorted((a, b) => a.y - b.y)) {
    const row = rows.at(-1);
    if (row?.[0] && isLevel(item, row[0])) row.push(item);
    else rows.push([item]);
  }
  return rows.map((row) => row.toSorted((a, b) => a.left - b.left));
}

function isLevel<T>(a: Placed<T>, b: Placed<T>): boolean {
  return Math.abs(a.y - b.y) < SAME_ROW * Math.min(a.height, b.height);
}

/** The tallest block of rows that splits into columns is read column by column, what is above and below it row by row. */
function byColumns<T>(rows: Row<T>[]): Placed<T>[] {
  for (let size = rows.length; size >= LEAST_COLUMN; size -= 1) {
    for (let start = 0; start + size <= rows.length; start += 1) {
      const columns = splitColumns(rows.slice(start, start + size).flat());
      if (!columns) continue;
      const above = rows.slice(0, start);
      const below = rows.slice(start + size);
      return [
        ...byColumns(above),
        ...columns.flatMap((column) => byColumns(rowsOf(column))),
        ...byColumns(below),
      ];
    }
  }
  return rows.flat();
}

/** Two columns with a gap between them, or nothing where there is no gap or the sides are a table's. */
function splitColumns<T>(items: Placed<T>[]): [Placed<T>[], Placed<T>[]] | undefined {
  const fromLeft = items.toSorted((a, b) => a.left - b.left);
  const leastGap = COLUMN_GAP * median(items.map(({ height }) => height));
  let reach = Number.NEGATIVE_INFINITY;
  for (const [i, item] of fromLeft.entries()) {
    if (i > 0 && item.left - reach >= leastGap) {
      const sides: [Placed<T>[], Placed<T>[]] = [fromLeft.slice(0, i), fromLeft.slice(i)];
      if (areColumns(...sides)) return sides;
    }
    reach = Math.max(reach, item.right);
  }
  return undefined;
}

function areColumns<T>(left: Placed<T>[], right: Placed<T>[]): boolean {
  const [fewer, more] = left.length < right.length ? [left, right] : [right, left];
  if (fewer.length < LEAST_COLUMN) return false;
  const level = fewer.filter((item) => more.some((across) => isLevel(item, across)));
  return level.length < LEVEL * fewer.length;
}
