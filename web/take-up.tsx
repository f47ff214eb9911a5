import { useEffect, useState } from "react";
import { Button } from "react-aria-components/Button";
import { listChunks } from "../client/batches.ts";
import type { BatchSource } from "../client/upload-batch.ts";
import type { BatchProgress, ChunksReceived } from "../contract/batches.ts";
import { judge } from "./batch-source.ts";
import { batchStrings } from "./batch-strings.ts";
import { ChooseFiles, type ChosenFiles, DropFiles, openAgain } from "./choose-files.tsx";
import { explain } from "./explain.ts";
import { StopBatch } from "./stop-batch.tsx";
import { useUploads } from "./use-uploads.ts";
import { useWork } from "./work.ts";

const words = batchStrings.upload;

type TakeUpProps = { batch: BatchProgress; onStopped: () => void };

/** An upload that was begun before this page was opened, or on another device: with the same file it goes on. */
export function TakeUp({ batch, onStopped }: TakeUpProps) {
  const { service, noticed } = useWork();
  const { uploads } = useUploads();
  const [there, setThere] = useState<ChunksReceived | null>(null);
  const [handles, setHandles] = useState<readonly FileSystemFileHandle[]>([]);
  const [trouble, setTrouble] = useState("");
  const [asking, setAsking] = useState(false);
  const { batch_id, filename, size } = batch;

  useEffect(() => {
    const stop = new AbortController();
    listChunks(service, batch_id, stop.signal).then(setThere, (error: unknown) => {
      if (stop.signal.aborted) return;
      noticed(error);
      setTrouble(explain(error));
    });
    void uploads.handlesOf(batch_id).then(setHandles);
    return () => stop.abort();
  }, [service, noticed, uploads, batch_id]);

  const goOn = async (files: readonly File[], found: readonly FileSystemFileHandle[]) => {
    const source = await sameSource(batch, files, there);
    if (typeof source === "string") return setTrouble(source);
    uploads.takeUp({ source, handles: found }, batch_id, bytesThere(batch, there));
  };
  const open = async () => {
    const files = await openAgain(handles);
    if (files) return goOn(files, handles);
    setHandles([]);
    setTrouble(words.lostFile);
  };
  const chosen = ({ files, handles: found }: ChosenFiles) => void goOn(files, found);

  const photos = batch.upload_type === "images";
  return (
    <DropFiles label={words.begun} onChosen={chosen}>
      <h2>{words.begun}</h2>
      <p>
        {there && `${words.arrived(Math.floor((bytesThere(batch, there) / size) * 100))} `}
        {handles.length > 0
          ? words.canOpen(filename)
          : photos
            ? words.choosePhotosAgain(filename)
            : words.chooseAgain(filename, size)}
      </p>
      <p className="trouble" role="alert">
        {trouble}
      </p>
      <div className="choices">
        {handles.length > 0 && (
          <Button className="button primary big" onPress={() => void open()}>
            {words.openAgain}
          </Button>
        )}
        <ChooseFiles
          className={handles.length > 0 ? "button big" : "button primary big"}
          onChosen={chosen}
          onFailed={() => setTrouble(batchStrings.handIn.unreadable)}
        >
          {photos ? words.choosePhotos : words.choose}
        </ChooseFiles>
        <Button className="button quiet" onPress={() => setAsking(true)}>
          {words.stop}
        </Button>
      </div>
      {asking && (
        <StopBatch
          batchId={batch_id}
          title={words.stopTitle}
          text={words.stopText}
          action={words.stop}
          onStopped={onStopped}
          onClose={() => setAsking(false)}
        />
      )}
    </DropFiles>
  );
}

/** The files as the batch they are said to be, or why they cannot be it. What is in them their checksums tell later. */
async function sameSource(
  { upload_type, filename, size, task_id = "" }: BatchProgress,
  files: readonly File[],
  there: ChunksReceived | null,
): Promise<BatchSource | string> {
  const handed = await judge(files);
  if (handed.kind === "fault") return handed.message;
  if (handed.kind === "photos") {
    const bytes = handed.photos.reduce((sum, { file }) => sum + file.size, 0);
    const count = there?.total_chunks ?? handed.photos.length;
    const same = upload_type === "images" && bytes === size && count === handed.photos.length;
    if (!same) return words.otherFile(filename);
    return { uploadType: "images", filename, photos: handed.photos, taskId: task_id };
  }
  const { file } = handed;
  if (upload_type === "images" || file.size !== size) return words.otherFile(filename);
  return upload_type === "zip_no_qr"
    ? { uploadType: upload_type, filename, file, taskId: task_id }
    : { uploadType: upload_type, filename, file };
}

/** Of photos about: they are of different sizes. */
function bytesThere({ size, upload_type }: BatchProgress, there: ChunksReceived | null): number {
  if (!there) return 0;
  const { received, total_chunks, chunk_size } = there;
  if (upload_type === "images") return Math.floor((size * received.length) / total_chunks);
  return received.reduce((sum, index) => sum + Math.min(chunk_size, size - index * chunk_size), 0);
}
