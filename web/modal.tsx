import { type ReactNode, useLayoutEffect, useRef } from "react";

type ModalProps = {
  className: string;
  role?: "alertdialog";
  "aria-label"?: string;
  "aria-labelledby"?: string;
  "aria-describedby"?: string;
  /** Absent where it is not left without an answer. */
  onEscape?: (() => void) | undefined;
  children: ReactNode;
};

/** Something in front of the page: the browser's own dialog, which keeps the focus in it and gives it back. */
export function Modal({ onEscape, children, ...rest }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    // Closed before it is taken away: the focus goes back only then.
    return () => shown?.close();
  }, []);
  return (
    <dialog
      {...rest}
      ref={dialog}
      onCancel={(event) => {
        event.preventDefault();
        onEscape?.();
      }}
      // A browser closes at the second Escape whatever the page says.
      onClose={({ currentTarget }) => {
        if (currentTarget.isConnected) currentTarget.showModal();
      }}
    >
      {children}
    </dialog>
  );
}
