import type { Line } from "../../contract/reading.ts";
import type { Kind } from "./layout/headings.ts";
import { joinFragments } from "./layout/join-fragments.ts";
import { joinWrapped } from "./layout/join-wrapped.ts";
import { kindOf } from "./layout/kinds.ts";
import { segmentsOf } from "./layout/segments.ts";
import { splitDirections } from "./layout/split-directions.ts";
import { strengthsIn } from "./layout/strength.ts";

/** The kinds of text where a misread letter or digit would change what a person takes. */
const deciding = new Set<Kind>(["drug", "strength", "directions", "quantity"]);

/** The indexes of the lines that bear a drug, a strength, directions or a quantity: worth a second reader's time. */
export function worthASecondLook(lines: readonly Line[]): number[] {
  return joinWrapped(joinFragments(lines)).flatMap(({ line, from }) => {
    const decides = segmentsOf(line.text, 0)
      .flatMap(splitDirections)
      .some((segment) => deciding.has(kindOf(segment, line.text)) || strengthsIn(segment.words).length > 0);
    return decides ? from : [];
  });
}
