import { useEffect, useState } from "react";
import { Button } from "react-aria-components/Button";
import { removeMedication } from "../client/medications.ts";
import type { Medication } from "../contract/medications.ts";
import type { ScanStatus } from "../contract/scans.ts";
import { Ask } from "./ask.tsx";
import { Doubts } from "./doubts.tsx";
import { explain } from "./explain.ts";
import { FieldRow } from "./field-row.tsx";
import { doubtsOf, type FieldName, fieldNames, placeOf } from "./fields.ts";
import { LabelPhoto, type Photo } from "./label-photo.tsx";
import { usePicture } from "./pictures.ts";
import { addressOf, goTo } from "./route.ts";
import { strings } from "./strings.ts";
import { type MedicationWork, useMedication } from "./use-medication.ts";
import { useWork } from "./work.ts";

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
          <>
            <p className="trouble" role="alert">
              {work.trouble}
            </p>
            <Button className="button big" onPress={() => void work.reload()}>
              {strings.tryAgain}
            </Button>
          </>
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
  const photo = usePhoto(medication.job_id, chosenPage, work.scan);
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
        <Picture medication={medication} photo={photo} page={chosenPage} selected={selected} />
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
          photo={photo.photo}
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
              photo={photo.photo}
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
        <Remove id={medication.id} />
      </div>
    </article>
  );
}

/** The photo as a person sees it, with the size that boxes refer to; null until both are known. */
function usePhoto(
  jobId: string,
  page: number,
  scan: ScanStatus | null,
): { photo: Photo | null; gone: boolean } {
  const { url, gone } = usePicture(jobId, page, "image");
  const { width, height } = scan?.pages.find((one) => one.page === page) ?? {};
  return { photo: url && width && height ? { url, width, height } : null, gone };
}

type PictureProps = {
  medication: Medication;
  photo: { photo: Photo | null; gone: boolean };
  page: number;
  selected: FieldName | null;
};

function Picture({ medication, photo: { photo, gone }, page, selected }: PictureProps) {
  const places = fieldNames.flatMap((name) => {
    const place = placeOf(medication, name);
    return place?.page === page ? [place.box] : [];
  });
  const lit = selected ? placeOf(medication, selected) : null;
  if (gone) return <p className="no-photo">{words.photoGone}</p>;
  if (!photo) return <div className="no-photo" aria-busy="true" />;
  return (
    <LabelPhoto
      photo={photo}
      places={places}
      lit={lit?.page === page ? lit.box : null}
      description={selected && lit ? words.showsField(strings.fields[selected]) : words.photo}
    />
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

function Remove({ id }: { id: string }) {
  const { service, noticed } = useWork();
  const [asking, setAsking] = useState(false);
  const [trouble, setTrouble] = useState("");
  const remove = async () => {
    try {
      await removeMedication(service, id);
      goTo(addressOf.list);
    } catch (error) {
      noticed(error);
      setTrouble(explain(error));
      setAsking(false);
    }
  };
  return (
    <>
      {trouble && (
        <p className="trouble" role="alert">
          {trouble}
        </p>
      )}
      <Button className="button quiet" onPress={() => setAsking(true)}>
        {words.remove}
      </Button>
      {asking && (
        <Ask title={words.removeTitle} text={words.removeText} onCancel={() => setAsking(false)}>
          <Button className="button danger" onPress={() => void remove()}>
            {words.remove}
          </Button>
        </Ask>
      )}
    </>
  );
}

function toggled(set: ReadonlySet<string>, item: string, isIn: boolean): ReadonlySet<string> {
  const next = new Set(set);
  if (isIn) next.add(item);
  else next.delete(item);
  return next;
}
