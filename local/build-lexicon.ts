import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { drugsFromRxNorm } from "../core/medications/lexicon/rxnorm.ts";

/**
 * `npm run lexicon -- RXNCONSO.RRF [-o FILE]`: builds the full lexicon from RxNorm's current release
 * (https://www.nlm.nih.gov/research/umls/rxnorm/docs/rxnormfiles.html). Without -o it goes where findDrug looks for it.
 */
const BESIDE_THE_DATA = fileURLToPath(new URL("../core/medications/lexicon/rxnorm.tsv", import.meta.url));

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { output: { type: "string", short: "o" } },
});
const [source] = positionals;
if (source === undefined || positionals.length > 1) {
  console.error("usage: npm run lexicon -- RXNCONSO.RRF [-o FILE]");
  process.exitCode = 2;
} else {
  const output = values.output ?? BESIDE_THE_DATA;
  try {
    const lines = await drugsFromRxNorm(
      createInterface({ input: createReadStream(source), crlfDelay: Infinity }),
    );
    await writeFile(output, `${lines.join("\n")}\n`);
    console.log(`${lines.length - 1} names written to ${output}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
