import { Button } from "react-aria-components/Button";
import { Checkbox } from "react-aria-components/Checkbox";
import type { Doubt, FieldName, Place } from "./fields.ts";
import { CloseUp, type Photo } from "./label-photo.tsx";
import { strings } from "./strings.ts";

const words = strings.medication;

type DoubtsProps = {
  doubts: readonly Doubt[];
  photo: Photo | null;
  placeOf: (name: FieldName) => Place | null;
  onShow: (name: FieldName) => void;
  /** Absent where they are only to be seen. */
  settling?: {
    isChecked: (doubt: Doubt) => boolean;
    onChecked: (doubt: Doubt, isChecked: boolean) => void;
    onCorrect: (name: FieldName) => void;
  };
};

/** Why a person must look: each reason in words, what was read, and the spot on the label; each is ticked off. */
export function Doubts({ doubts, photo, placeOf, onShow, settling }: DoubtsProps) {
  if (doubts.length === 0) return null;
  return (
    <section className="doubts" aria-labelledby="doubts-title">
      <h2 id="doubts-title">{words.doubts(doubts.length)}</h2>
      <ul>
        {doubts.map((doubt) => {
          const { review, field } = doubt;
          const place = field && placeOf(field);
          return (
            <li key={review.code + review.message}>
              <p className="doubt-message">
                {field && <strong>{strings.fields[field]}: </strong>}
                {review.message}
              </p>
              {review.readings && review.readings.length > 0 && (
                <p className="readings">
                  {words.readings}{" "}
                  {review.readings.map((reading) => (
                    <q key={reading}>{reading}</q>
                  ))}
                </p>
              )}
              {field && place && photo && (
                <CloseUp photo={photo} box={place.box} description={words.closeUp(strings.fields[field])} />
              )}
              {settling && (
                <div className="doubt-buttons">
                  <Checkbox
                    className="tick"
                    isSelected={settling.isChecked(doubt)}
                    onChange={(now) => {
                      if (field) onShow(field);
                      settling.onChecked(doubt, now);
                    }}
                  >
                    <span className="tick-box" aria-hidden="true" />
                    {words.checked}
                  </Checkbox>
                  {field && (
                    <Button
                      className="button"
                      aria-label={words.correctField(strings.fields[field])}
                      onPress={() => settling.onCorrect(field)}
                    >
                      {words.correct}
                    </Button>
                  )}
                </div>
              )}
              {!settling && place && field && (
                <Button className="button" onPress={() => onShow(field)}>
                  {words.show(strings.fields[field])}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
