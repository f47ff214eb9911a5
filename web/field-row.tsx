import { type FormEvent, useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components/Button";
import { FieldError } from "react-aria-components/FieldError";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { TextArea } from "react-aria-components/TextArea";
import { TextField } from "react-aria-components/TextField";
import type { Medication, MedicationPatch, UnderstoodMedication } from "../contract/medications.ts";
import { type FieldName, isNumber, patchOf, placeOf } from "./fields.ts";
import { CloseUp, type Photo } from "./label-photo.tsx";
import { strings } from "./strings.ts";

const words = strings.medication;

type FieldRowProps = {
  name: FieldName;
  medication: Medication;
  photo: Photo | null;
  isSelected: boolean;
  isEditing: boolean;
  isBusy: boolean;
  onSelect: () => void;
  onEdit: () => void;
  onCancel: () => void;
  onSave: (patch: MedicationPatch) => Promise<void>;
};

/** One field: touched, it is lit on the photo; it is corrected where it stands. */
export function FieldRow(props: FieldRowProps) {
  const { name, medication, isSelected, isEditing, onSelect, onEdit } = props;
  const field = medication.fields[name];
  const label = strings.fields[name];
  if (isEditing) {
    return (
      <li className="field" data-selected={isSelected}>
        <Editor {...props} />
      </li>
    );
  }
  return (
    <li className="field" data-selected={isSelected} data-doubt={field?.review != null}>
      <FieldShow
        name={name}
        read={medication}
        byHand={isByHand(medication, name)}
        isSelected={isSelected}
        onSelect={onSelect}
      />
      <Button className="button quiet" aria-label={words.correctField(label)} onPress={onEdit}>
        {words.correct}
      </Button>
    </li>
  );
}

type FieldShowProps = {
  name: FieldName;
  read: UnderstoodMedication;
  /** A person has said what it is. */
  byHand?: boolean;
  isSelected: boolean;
  onSelect: () => void;
};

/** What a field says and how sure that is; to be touched. */
export function FieldShow({ name, read, byHand = false, isSelected, onSelect }: FieldShowProps) {
  const field = read.fields[name];
  const value = read[name];
  return (
    <Button className="field-show" onPress={onSelect} aria-pressed={isSelected}>
      <span className="field-label">{strings.fields[name]}</span>
      <span className="field-value" data-missing={value === "" || value === null}>
        {value === "" || value === null ? words.notFound : String(value)}
      </span>
      {isSelected && field && !field.box && <span className="nowhere">{words.nowhere}</span>}
      {field && <Sureness field={field} byHand={byHand} />}
    </Button>
  );
}

const isByHand = ({ history }: Medication, name: FieldName): boolean =>
  history.some(
    ({ action, changes }) => action === "corrected" && changes?.some((change) => change.field === name),
  );

type SurenessProps = { field: NonNullable<UnderstoodMedication["fields"][FieldName]>; byHand: boolean };

/** How sure the reader is, until a person has said what it is. */
function Sureness({ field, byHand }: SurenessProps) {
  if (byHand) return <span className="sureness">{words.entered}</span>;
  return (
    <span className="sureness" data-doubt={field.review !== null}>
      {field.review ? words.needsReview : words.sure(field.confidence)}
    </span>
  );
}

function Editor({ name, medication, photo, isBusy, onCancel, onSave }: FieldRowProps) {
  const before = medication[name];
  const [typed, setTyped] = useState(before === null ? "" : String(before));
  const [trouble, setTrouble] = useState("");
  const form = useRef<HTMLFormElement>(null);
  // Not the field alone, which the browser would show by itself: the buttons belong to it.
  useEffect(() => form.current?.scrollIntoView({ block: "nearest" }), []);
  const place = placeOf(medication, name);
  const field = medication.fields[name];
  const save = (event: FormEvent) => {
    event.preventDefault();
    const read = patchOf(name, typed);
    if ("trouble" in read) setTrouble(read.trouble);
    else void onSave(read.patch);
  };
  return (
    <form className="editor" onSubmit={save} noValidate ref={form}>
      {photo && place && (
        <CloseUp photo={photo} box={place.box} description={words.closeUp(strings.fields[name])} />
      )}
      <TextField value={typed} onChange={setTyped} isInvalid={trouble !== ""} autoFocus>
        <Label>{strings.fields[name]}</Label>
        {name === "instructions" ? (
          <TextArea className="input" rows={3} />
        ) : (
          <Input className="input" inputMode={isNumber(name) ? "decimal" : "text"} autoComplete="off" />
        )}
        <FieldError className="trouble">{trouble}</FieldError>
      </TextField>
      {field && <p className="raw">{words.raw(field.raw)}</p>}
      <div className="editor-buttons">
        <Button className="button" onPress={onCancel}>
          {strings.cancel}
        </Button>
        <Button className="button primary" type="submit" isDisabled={isBusy}>
          {words.save}
        </Button>
      </div>
    </form>
  );
}
