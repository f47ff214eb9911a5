import { type DragEvent, type ReactNode, useState } from "react";
import { Button } from "react-aria-components/Button";
import { FileTrigger } from "react-aria-components/FileTrigger";
import { photoTypes } from "../contract/scans.ts";

/** Files as a person chose them, and where they lie, if the browser tells: then they can be opened again later. */
export type ChosenFiles = {
  files: readonly File[];
  handles: readonly FileSystemFileHandle[];
  folder: boolean;
};

/** What Chromium has of the File System Access API beyond the types that TypeScript knows. */
type Picker = (options: {
  multiple: boolean;
  types: { accept: Record<string, string[]> }[];
}) => Promise<FileSystemFileHandle[]>;
type AskingHandle = FileSystemFileHandle & {
  requestPermission?: (options: { mode: "read" }) => Promise<PermissionState>;
};

const ACCEPTED = {
  "application/zip": [".zip"],
  "image/*": [".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"],
};
/** With endings: some systems know no type for a ZIP. */
const ACCEPTED_BY_INPUT = [...photoTypes, "application/zip", "application/x-zip-compressed", ".zip"];

type ChooseProps = {
  className: string;
  children: ReactNode;
  onChosen: (chosen: ChosenFiles) => void;
  /** When the browser cannot open what was chosen. */
  onFailed: () => void;
};

/** A button that lets files be chosen: by the browser's own picker where it tells where they lie, else by an input. */
export function ChooseFiles({ className, children, onChosen, onFailed }: ChooseProps) {
  const picker = pickerOfBrowser();
  if (picker) {
    const choose = async () => {
      try {
        const handles = await picker({ multiple: true, types: [{ accept: ACCEPTED }] });
        onChosen({ files: await opened(handles), handles, folder: false });
      } catch (error) {
        // Closed without a choice.
        if (!(error instanceof DOMException && error.name === "AbortError")) onFailed();
      }
    };
    return (
      <Button className={className} onPress={() => void choose()}>
        {children}
      </Button>
    );
  }
  return (
    <FileTrigger
      acceptedFileTypes={ACCEPTED_BY_INPUT}
      allowsMultiple
      onSelect={(files) => onChosen({ files: [...(files ?? [])], handles: [], folder: false })}
    >
      <Button className={className}>{children}</Button>
    </FileTrigger>
  );
}

type DropProps = { label: string; children: ReactNode; onChosen: (chosen: ChosenFiles) => void };

/** A place to drop files on. Whoever cannot drop finds the button inside of it. */
export function DropFiles({ label, children, onChosen }: DropProps) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void dropped([...event.dataTransfer.items]).then(onChosen);
  };
  return (
    <section
      className="drop"
      data-over={over}
      aria-label={label}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={({ currentTarget, relatedTarget }) => {
        // Over what is inside of it, it is still over it.
        if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setOver(false);
      }}
      onDrop={drop}
    >
      {children}
    </section>
  );
}

/** The files that handles lead to, once the person has allowed it; null when they did not, or the files are gone. */
export async function openAgain(handles: readonly FileSystemFileHandle[]): Promise<readonly File[] | null> {
  try {
    for (const handle of handles) {
      const asked = await (handle as AskingHandle).requestPermission?.({ mode: "read" });
      if (asked !== undefined && asked !== "granted") return null;
    }
    return await opened(handles);
  } catch {
    return null;
  }
}

const pickerOfBrowser = (): Picker | undefined =>
  (globalThis as { showOpenFilePicker?: Picker }).showOpenFilePicker?.bind(globalThis);

const opened = (handles: readonly FileSystemFileHandle[]): Promise<File[]> =>
  Promise.all(handles.map((handle) => handle.getFile()));

type DroppedItem = DataTransferItem & { getAsFileSystemHandle?: () => Promise<FileSystemHandle | null> };

/** Everything is asked of the items at once: after the event they are empty. */
async function dropped(items: readonly DroppedItem[]): Promise<ChosenFiles> {
  const asked = items
    .filter(({ kind }) => kind === "file")
    .map((item) => ({
      file: item.getAsFile(),
      folder: item.webkitGetAsEntry()?.isDirectory ?? false,
      handle: item.getAsFileSystemHandle?.().catch(() => null),
    }));
  const handles = (await Promise.all(asked.map(({ handle }) => handle))).filter(
    (handle): handle is FileSystemFileHandle => handle?.kind === "file",
  );
  return {
    files: asked.flatMap(({ file }) => file ?? []),
    handles: handles.length === asked.length ? handles : [],
    folder: asked.some(({ folder }) => folder),
  };
}
