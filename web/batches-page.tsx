import { useCallback, useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components/Button";
import { listBatches } from "../client/batches.ts";
import type { BatchProgress } from "../contract/batches.ts";
import { batchStrings, when } from "./batch-strings.ts";
import type { OpenUpload } from "./batch-uploads.ts";
import { explain } from "./explain.ts";
import { FindTask } from "./find-task.tsx";
import { HandIn } from "./hand-in.tsx";
import { addressOf, goTo } from "./route.ts";
import { standingOf } from "./standing.ts";
import { strings } from "./strings.ts";
import "./styles/batch.css";
import { Trouble } from "./trouble.tsx";
import { stepInWords, UploadCard } from "./upload-card.tsx";
import { useUploads } from "./use-uploads.ts";
import { useWork } from "./work.ts";

const words = batchStrings.list;

/** Handing in, and the person's batches, newest first, from whatever device. */
export default function BatchesPage() {
  const { uploads, open } = useUploads();
  const shown = useRef(false);
  useEffect(() => {
    document.title = `${batchStrings.title} · ${strings.product}`;
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, []);
  const unbooked = open.filter(({ batchId }) => batchId === null);
  return (
    <section className="batches">
      <h1>{batchStrings.title}</h1>
      <p className="hint">{batchStrings.handIn.how}</p>
      <HandIn
        onHandIn={(chosen) =>
          uploads.begin(chosen, (batchId) => {
            // Whoever has gone to another page meanwhile stays there.
            if (shown.current) goTo(addressOf.batch(batchId));
          })
        }
      />
      {unbooked.map((upload) => (
        <UploadCard key={upload.id} upload={upload} />
      ))}
      <FindTask label={batchStrings.task.findAnywhere} onFind={(task) => goTo(addressOf.task(task))} />
      <BatchList open={open} />
    </section>
  );
}

/** While some are being worked on, how they stand is asked for again after so long. */
const LOOK_AGAIN_MS = 5_000;

function BatchList({ open }: { open: readonly OpenUpload[] }) {
  const { service, noticed } = useWork();
  const [batches, setBatches] = useState<readonly BatchProgress[] | null>(null);
  const [next, setNext] = useState<string | undefined>();
  const [trouble, setTrouble] = useState("");

  const load = useCallback(
    async (pageToken?: string, isAgain = false) => {
      try {
        const page = await listBatches(service, { pageToken });
        setTrouble("");
        // The first page again: what was loaded beyond it stays.
        const fresh = new Set(page.batches.map(({ batch_id }) => batch_id));
        setBatches((before) => {
          const others = (before ?? []).filter(({ batch_id }) => !fresh.has(batch_id));
          return pageToken ? [...others, ...page.batches] : [...page.batches, ...others];
        });
        if (!isAgain) setNext(page.next_page_token);
      } catch (error) {
        noticed(error);
        setTrouble(explain(error));
      }
    },
    [service, noticed],
  );
  const isRunning = batches?.some(({ status }) => status === "expanding" || status === "processing") ?? false;
  useEffect(() => void load(), [load]);
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => {
      if (!document.hidden) void load(undefined, true);
    }, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [load, isRunning]);

  return (
    <section className="batch-list" aria-labelledby="batch-list-title">
      <h2 id="batch-list-title">{words.title}</h2>
      {trouble && <Trouble message={trouble} onAgain={() => void load()} />}
      {batches === null && !trouble && <p role="status">{strings.loading}</p>}
      {batches?.length === 0 && <p className="hint">{words.empty}</p>}
      <ul className="cards">
        {batches?.map((batch) => (
          <Entry
            key={batch.batch_id}
            batch={batch}
            upload={open.find(({ batchId }) => batchId === batch.batch_id)}
          />
        ))}
      </ul>
      {next && (
        <Button className="button big" onPress={() => void load(next)}>
          {words.more}
        </Button>
      )}
    </section>
  );
}

function Entry({ batch, upload }: { batch: BatchProgress; upload: OpenUpload | undefined }) {
  const { batch_id, filename, created_at, counts, status } = batch;
  const done = counts.total - counts.pending;
  return (
    <li>
      <a href={addressOf.batch(batch_id)}>
        <span className="card-text">
          <strong>{filename}</strong>
          <span>
            {when(created_at)}
            {counts.total > 0 &&
              `, ${done < counts.total ? words.ended(done, counts.total) : words.sheets(counts.total)}`}
          </span>
        </span>
        <span className="standing" data-standing={standingOf(batch)}>
          {status === "uploading" && upload ? stepInWords(upload.state) : batchStrings.statuses[status]}
        </span>
      </a>
    </li>
  );
}
