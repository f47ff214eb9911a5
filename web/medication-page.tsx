import { useEffect, useState } from "react";
import { Button } from "react-aria-components/Button";
import type { Medication } from "../contract/medications.ts";
import type { ScanStatus } from "../contract/scans.ts";
import { Doubts } from "./doubts.tsx";
import { FieldRow } from "./field-row.tsx";
import { doubtsOf, type FieldName, fieldNames, placeOf } from "./fields.ts";
import { usePicture } from "./pictures.ts";
import { RemoveMedication } from "./remove-medication.tsx";
import { addressOf } from "./route.ts";
import { photoOf, ShownPhoto } from "./shown-photo.tsx";
import { strings } from "./strings.ts";
import { Trouble } from "./trouble.tsx";
import { type MedicationWork, useMedication } from "./use-medication.ts";

const words = strings.medication;

/** A medication beside the photo of its label: compare, correct, confirm. */
export default function MedicationPage({ id }: { id: string }) {
  const work = useMedication(id);
  const medication = work.seen?.medication;
  useEffect(() => {
    // The name of a medicine stays out of the browser's history.
    document.title = `${strings.medications} · ${strings.product}`;
  }, []);
  if (!medication) {
    return (
      <section className="medication-loading">
        {work.trouble === "" ? (
          <p role="status">{strings.loading}</p>
        ) : (
          <Trouble message={work.trouble} onAgain={() => void work.reload()} />
        )}
      </section>
    );
  }
  return <Comparison medication={medication} work={work} />;
}

function Comparison({ medication, work }: { medication: Medication; work: MedicationWork }) {
  const [selected, setSelected] = useState<FieldName | null>(null);
  const [editing, setEditing] = useState<FieldName | null>(null);
  const [chosenPage, setChosenPage] = useState(1);
  const [said, setSaid] = useState("");
  const [checked, setChecked] = useState<ReadonlySet<string>>(new Set());

  const select = (name: FieldName) => {
    setSelected(name);
    setChosenPage(placeOf(medication, name)?.page ?? chosenPage);
  };
  const picture = usePicture(medication.job_id, chosenPage, "image");
  const size = work.scan?.pages.find(({ page }) => page === chosenPage);
  const photo = photoOf(picture, size);
  const doubts = doubtsOf(medication);
  const open = doubts.filter(({ review }) => !checked.has(review.code + review.message)).length;
  const confirmed = medication.status === "confirmed";
  const pageCount = work.scan?.pages.length ?? 1;

  const edit = (name: FieldName) => {
    select(name);
    setEditing(name);
  };

  return (
    <article className="comparison">
      <div className="photo-side">
        <ShownPhoto
          picture={picture}
          size={size}
          read={medication}
          page={chosenPage}
          selected={selected}
          description={words.photo}
          gone={words.photoGone}
        />
        {pageCount > 1 && (
          <div className="pages">
            {Array.from({ length: pageCount }, (_, index) => index + 1).map((page) => (
              <Button
                key={page}
                className="button"
                aria-pressed={page === chosenPage}
                onPress={() => setChosenPage(page)}
              >
                {strings.take.photo(page)}
              </Button>
            ))}
          </div>
        )}
      </div>
      <div className="field-side">
        <Siblings medication={medication} scan={work.scan} />
        <header className="medication-title">
          <h1>{medication.name || words.unnamed}</h1>
          <p className="standing" data-standing={confirmed ? "confirmed" : "open"}>
            {confirmed ? words.confirmed : words.unconfirmed}
          </p>
        </header>
        {medication.name === "" && <p>{words.unnamedAdvice}</p>}
        <Doubts
          doubts={doubts}
          photo={photo}
          placeOf={(name) => placeOf(medication, name)}
          onShow={select}
          settling={{
            isChecked: ({ review }) => checked.has(review.code + review.message),
            onChecked: ({ review }, now) => setChecked(toggled(checked, review.code + review.message, now)),
            onCorrect: edit,
          }}
        />
        <ul className="fields">
          {fieldNames.map((name) => (
            <FieldRow
              key={name}
              name={name}
              medication={medication}
              photo={photo}
              isSelected={selected === name}
              isEditing={editing === name}
              isBusy={work.busy}
              onSelect={() => select(name)}
              onEdit={() => edit(name)}
              onCancel={() => setEditing(null)}
              onSave={async (patch) => {
                if (!(await work.correct(patch))) return;
                setEditing(null);
                setSaid(words.corrected(strings.fields[name]));
              }}
            />
          ))}
        </ul>
        <Advice scan={work.scan} />
        <footer className="verdict">
          <p className="trouble" role="alert">
            {work.trouble}
          </p>
          <p className="said" role="status">
            {said}
          </p>
          {editing !== null ? null : confirmed ? (
            <a className="button primary big" href={addressOf.scan}>
              {strings.progress.next}
            </a>
          ) : (
            <>
              {open > 0 && (
                <p className="hint" id="confirm-hint">
                  {words.confirmHint(open)}
                </p>
              )}
              <Button
                className="button primary big"
                isDisabled={open > 0 || work.busy}
                {...(open > 0 ? { "aria-describedby": "confirm-hint" } : {})}
                onPress={async () => {
                  if (await work.confirm()) setSaid(words.nowConfirmed);
                }}
              >
                {words.confirm}
              </Button>
            </>
          )}
        </footer>
        <RemoveMedication id={medication.id} />
      </div>
    </article>
  );
}

/** The other medications of the same label. */
function Siblings({ medication, scan }: { medication: Medication; scan: ScanStatus | null }) {
  const all = scan?.results ?? [];
  if (all.length < 2) return null;
  const number = all.findIndex(({ id }) => id === medication.id) + 1;
  return (
    <nav className="siblings" aria-label={words.several}>
      <p>{words.ofSeveral(number, all.length)}</p>
      {all.map(({ id, name }) => (
        <a
          key={id}
          className="button"
          href={addressOf.medication(id)}
          aria-current={id === medication.id ? "page" : undefined}
        >
          {name || words.unnamed}
        </a>
      ))}
    </nav>
  );
}

/** What would make the photo read better. */
function Advice({ scan }: { scan: ScanStatus | null }) {
  const advice = new Set(
    (scan?.pages ?? []).flatMap(({ quality }) => (quality ?? []).map(({ issue }) => strings.quality[issue])),
  );
  if (advice.size === 0) return null;
  return (
    <section className="advice">
      <h2>{words.quality}</h2>
      <ul>
        {[...advice].map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  );
}

function toggled(set: ReadonlySet<string>, item: string, isIn: boolean): ReadonlySet<string> {
  const next = new Set(set);
  if (isIn) next.add(item);
  else next.delete(item);
  return next;
}
