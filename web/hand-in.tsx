import { type FormEvent, useState } from "react";
import { Button } from "react-aria-components/Button";
import { FieldError } from "react-aria-components/FieldError";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { Text } from "react-aria-components/Text";
import { TextField } from "react-aria-components/TextField";
import type { BatchSource } from "../client/upload-batch.ts";
import { type Handed, judge } from "./batch-source.ts";
import { batchStrings } from "./batch-strings.ts";
import type { Chosen } from "./batch-uploads.ts";
import { ChooseFiles, type ChosenFiles, DropFiles } from "./choose-files.tsx";
import { isTask } from "./find-task.tsx";

const words = batchStrings.handIn;

type HandInProps = { onHandIn: (chosen: Chosen) => void };
type Ready = { handed: Exclude<Handed, { kind: "fault" }>; handles: readonly FileSystemFileHandle[] };

/** Handing in a batch: first the file or the photos, then what has to be known of them. */
export function HandIn({ onHandIn }: HandInProps) {
  const [ready, setReady] = useState<Ready | null>(null);
  const [trouble, setTrouble] = useState("");
  const choose = async ({ files, handles, folder }: ChosenFiles) => {
    const handed = folder ? { kind: "fault" as const, message: words.folder } : await judge(files);
    setTrouble(handed.kind === "fault" ? handed.message : "");
    setReady(handed.kind === "fault" ? null : { handed, handles });
  };
  return (
    <DropFiles label={words.title} onChosen={(chosen) => void choose(chosen)}>
      {/* In this order: whoever has chosen goes on from the button to the questions. */}
      <div className="chosen">
        <p role="status">{ready ? summaryOf(ready.handed) : words.drop}</p>
        <ChooseFiles
          className={ready ? "button" : "button primary big"}
          onChosen={(chosen) => void choose(chosen)}
          onFailed={() => setTrouble(words.unreadable)}
        >
          {ready ? words.chooseOther : words.choose}
        </ChooseFiles>
      </div>
      <p className="trouble" role="alert">
        {trouble}
      </p>
      {ready && (
        <Questions
          ready={ready}
          onHandIn={(chosen) => {
            setReady(null);
            onHandIn(chosen);
          }}
        />
      )}
    </DropFiles>
  );
}

function Questions({ ready: { handed, handles }, onHandIn }: HandInProps & { ready: Ready }) {
  const [withQr, setWithQr] = useState(true);
  const [task, setTask] = useState("");
  const [trouble, setTrouble] = useState("");
  // Something else may have been chosen meanwhile: photos are always of one task.
  const ofOneTask = handed.kind === "photos" || !withQr;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = task.trim();
    if (ofOneTask && !isTask(given)) return setTrouble(batchStrings.task.notATask);
    onHandIn({ source: sourceOf(handed, ofOneTask ? given : null), handles });
  };
  return (
    <form className="questions" onSubmit={submit} noValidate>
      {handed.kind === "zip" && (
        <fieldset className="tasks">
          <legend>{words.tasks}</legend>
          {[true, false].map((choice) => (
            <label key={String(choice)} className="tick">
              <input
                type="radio"
                name="tasks"
                checked={withQr === choice}
                onChange={() => setWithQr(choice)}
              />
              {choice ? words.withQr : words.oneTask}
            </label>
          ))}
        </fieldset>
      )}
      {ofOneTask && (
        <TextField className="task-field" value={task} onChange={setTask} isInvalid={trouble !== ""}>
          <Label>{words.task}</Label>
          <Input className="input" inputMode="numeric" autoComplete="off" maxLength={8} />
          <Text slot="description" className="hint">
            {words.taskHint}
          </Text>
          <FieldError className="trouble">{trouble}</FieldError>
        </TextField>
      )}
      <Button className="button primary big" type="submit">
        {words.submit}
      </Button>
    </form>
  );
}

function sourceOf(handed: Ready["handed"], task: string | null): BatchSource {
  if (handed.kind === "photos") {
    const filename = words.photosName(handed.photos.length);
    return { uploadType: "images", filename, photos: handed.photos, taskId: task ?? "" };
  }
  const { file } = handed;
  return task === null
    ? { uploadType: "zip_with_qr", filename: file.name, file }
    : { uploadType: "zip_no_qr", filename: file.name, file, taskId: task };
}

function summaryOf(handed: Ready["handed"]): string {
  if (handed.kind === "zip") return words.chosenZip(handed.file.name, handed.file.size);
  const bytes = handed.photos.reduce((sum, { file }) => sum + file.size, 0);
  return words.chosenPhotos(handed.photos.length, bytes);
}
