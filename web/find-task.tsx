import { type FormEvent, useState } from "react";
import { Button } from "react-aria-components/Button";
import { FieldError } from "react-aria-components/FieldError";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { TextField } from "react-aria-components/TextField";
import { taskId } from "../contract/batches.ts";
import { batchStrings } from "./batch-strings.ts";

const words = batchStrings.task;

type FindTaskProps = {
  label: string;
  /** What stands in the field at first. */
  given?: string;
  onFind: (task: string) => void;
};

/** A field for the 8 digits of a task. */
export function FindTask({ label, given = "", onFind }: FindTaskProps) {
  const [typed, setTyped] = useState(given);
  const [trouble, setTrouble] = useState(given && !isTask(given) ? words.notATask : "");
  const find = (event: FormEvent) => {
    event.preventDefault();
    const task = typed.trim();
    setTrouble(isTask(task) ? "" : words.notATask);
    if (isTask(task)) onFind(task);
  };
  return (
    <form className="find-task" onSubmit={find} noValidate>
      <TextField value={typed} onChange={setTyped} isInvalid={trouble !== ""}>
        <Label>{label}</Label>
        <Input className="input" inputMode="numeric" autoComplete="off" maxLength={8} />
        <FieldError className="trouble">{trouble}</FieldError>
      </TextField>
      <Button className="button" type="submit">
        {words.find}
      </Button>
    </form>
  );
}

export const isTask = (text: string): boolean => taskId.safeParse(text).success;
