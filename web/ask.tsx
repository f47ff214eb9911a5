import { type ReactNode, useId } from "react";
import { Button } from "react-aria-components/Button";
import { Modal } from "./modal.tsx";
import { strings } from "./strings.ts";

type AskProps = {
  title: string;
  text: string;
  /** Absent where there is no way around an answer. */
  onCancel?: () => void;
  children: ReactNode;
};

/** A question that must be answered before anything else: the answers besides "Cancel" are its children. */
export function Ask({ title, text, onCancel, children }: AskProps) {
  const id = useId();
  return (
    <Modal
      className="asking"
      role="alertdialog"
      aria-labelledby={`${id}title`}
      aria-describedby={`${id}text`}
      onEscape={onCancel}
    >
      <h2 id={`${id}title`}>{title}</h2>
      <p id={`${id}text`}>{text}</p>
      <div className="answers">
        {onCancel && (
          <Button className="button" onPress={onCancel}>
            {strings.cancel}
          </Button>
        )}
        {children}
      </div>
    </Modal>
  );
}
