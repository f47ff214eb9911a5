import sharp from "sharp";
import { openLabelReader } from "../core/label-reader.ts";
import { Random } from "../test/corpus/random.ts";
import { drawTaskSheet } from "../test/corpus/task-sheet.ts";

/**
 * node bench/printed-task.ts [SHEETS]: how sure the reader is of a task's printed digits, rightly and wrongly read, on
 * drawn sheets that get more and more blurred. See docs/decisions/0088.
 */

/** Standard deviations, in pixels of a sheet at 203 dpi. */
const BLURS = [0, 1.5, 2.5, 4, 5, 6, 7];
const EIGHT = /^\d{8}$/;

const sheets = Number(process.argv[2] ?? 8);
const reader = await openLabelReader();
for (const blur of BLURS) {
  const right: number[] = [];
  const wrong: number[] = [];
  for (let index = 0; index < sheets; index++) {
    const random = new Random(`printed/${index}`);
    const printed = random.digits(8);
    const { jpeg } = await drawTaskSheet(
      { kind: "other", text: "https://example.org", printed },
      "tune",
      random,
    );
    const photo = blur === 0 ? jpeg : await sharp(jpeg).blur(blur).jpeg().toBuffer();
    const { reading } = await reader.readPhoto(photo);
    for (const { text, confidence, characters = [] } of reading.lines) {
      if (!EIGHT.test(text.trim())) continue;
      (text.trim() === printed ? right : wrong).push(Math.min(confidence, ...characters));
    }
  }
  const least = right.length > 0 ? `, the least sure ${Math.min(...right).toFixed(3)}` : "";
  const most = wrong.length > 0 ? `, the most sure ${Math.max(...wrong).toFixed(3)}` : "";
  console.log(`blur ${blur}: of ${sheets} right ${right.length}${least}; wrong ${wrong.length}${most}`);
}
await reader.close();
