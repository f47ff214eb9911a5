import type { ReactNode } from "react";
import { Dialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";

/** A question that must be answered before anything else: the answers are its children. */
export function Ask({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <ModalOverlay className="overlay" isOpen isKeyboardDismissDisabled>
      <Modal className="asking">
        <Dialog role="alertdialog">
          <Heading slot="title">{title}</Heading>
          <p>{text}</p>
          <div className="answers">{children}</div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
