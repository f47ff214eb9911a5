import { Button } from "react-aria-components/Button";
import type { Sheet } from "../contract/batches.ts";
import { batchStrings } from "./batch-strings.ts";
import { addressOf } from "./route.ts";
import { useSheetPicture } from "./sheet-picture.ts";
import { standingInWords, standingOfSheet } from "./standing.ts";
import { strings } from "./strings.ts";
import { Trouble } from "./trouble.tsx";
import type { ShownSheets } from "./use-sheets.ts";

const words = batchStrings.cards;

type SheetCardsProps = {
  shown: ShownSheets;
  /** What an empty list says. */
  none: string;
  /** What a card says of its sheet, besides its name and how it stands. */
  about: (sheet: Sheet) => readonly string[];
};

/** One page of sheets, each leading to its own, and the ways to the pages before and after it. */
export function SheetCards({ shown, none, about }: SheetCardsProps) {
  const { list, first, trouble, again, before, after } = shown;
  return (
    <>
      {trouble && <Trouble message={trouble} onAgain={again} />}
      {!list && !trouble && <p role="status">{strings.loading}</p>}
      {list?.sheets.length === 0 && (
        <p className="hint" role="status">
          {none}
        </p>
      )}
      <ul className="cards">
        {list?.sheets.map((sheet) => (
          <Card key={`${sheet.batch_id}/${sheet.index}`} sheet={sheet} about={about(sheet)} />
        ))}
      </ul>
      {list && (before || after) && (
        <nav className="pager" aria-label={words.pages}>
          <Button className="button" isDisabled={!before} onPress={() => before?.()}>
            {words.before}
          </Button>
          <p>{list.sheets.length > 0 && words.shown(first, first + list.sheets.length - 1)}</p>
          <Button className="button" isDisabled={!after} onPress={() => after?.()}>
            {words.after}
          </Button>
        </nav>
      )}
    </>
  );
}

function Card({ sheet, about }: { sheet: Sheet; about: readonly string[] }) {
  const { batch_id, index, name } = sheet;
  const { url } = useSheetPicture(sheet, "thumbnail");
  return (
    <li>
      <a id={cardId(sheet)} href={addressOf.sheet(batch_id, index)}>
        <span className="small-picture">{url && <img src={url} alt="" />}</span>
        <span className="card-text">
          <strong>{name}</strong>
          <span>{about.join(" · ")}</span>
        </span>
        <span className="standing" data-standing={standingOfSheet(sheet)}>
          {standingInWords(sheet)}
        </span>
      </a>
    </li>
  );
}

/** Where the card of a sheet is found in the page. */
export const cardId = ({ batch_id, index }: Pick<Sheet, "batch_id" | "index">): string =>
  `sheet-${batch_id}-${index}`;

/** The medicines of a sheet that was read. */
export const medicinesOf = ({ results = [] }: Sheet): string[] =>
  results.map(({ name, dosage }) => `${name || batchStrings.sheet.unnamed} ${dosage}`.trim());
