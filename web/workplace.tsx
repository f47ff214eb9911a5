import { Suspense, useEffect, useMemo, useRef, useState } from "react";
import { Button } from "react-aria-components/Button";
import type { Service } from "../client/transport.ts";
import { Ask } from "./ask.tsx";
import { Boundary } from "./boundary.tsx";
import { endsSession } from "./explain.ts";
import { keepPage } from "./keep-page.ts";
import { BatchesPage, BatchPage, ListPage, loadTheRest, MedicationPage, TaskPage } from "./later.ts";
import { LaterUploads } from "./later-uploads.ts";
import { Outbox } from "./outbox.ts";
import { ProgressPage } from "./progress-page.tsx";
import { addressOf, type Route, useRoute } from "./route.ts";
import { ScanPage } from "./scan-page.tsx";
import { Scans } from "./scans.ts";
import type { Session } from "./session.ts";
import { strings } from "./strings.ts";
import { type Work, WorkContext } from "./work.ts";

const sections: readonly { address: string; name: string; pages: readonly Route["page"][] }[] = [
  { address: addressOf.scan, name: strings.scan, pages: ["scan", "progress"] },
  { address: addressOf.list, name: strings.medications, pages: ["list", "medication"] },
  { address: addressOf.batches, name: strings.batches, pages: ["batches", "batch", "task"] },
];

/** The page of somebody who is signed in: menu, messages about the network and the session, and one of the pages. */
export function Workplace({ session, onSignIn }: { session: Session; onSignIn: () => void }) {
  const [work, setWork] = useState<Work | null>(null);
  const [ended, setEnded] = useState(false);
  /** How many labels would be lost by leaving now, once that is the question. */
  const [unsent, setUnsent] = useState<{ labels: number; uploads: number } | null>(null);
  const [outbox, setOutbox] = useState<Outbox | null>(null);
  const online = useOnline();
  const route = useRoute();
  const service = useMemo<Service>(() => ({ url: location.origin, token: session.token }), [session]);

  useEffect(loadTheRest, []);
  useEffect(keepPage, []);
  useFocusOnContent(`${route.page} ${"id" in route ? route.id : ""}`);
  useEffect(() => {
    const { owner } = session;
    const onSessionEnded = () => setEnded(true);
    let scans: Scans | undefined;
    let uploads: LaterUploads | undefined;
    let gone = false;
    void Outbox.open(owner).then(async (opened) => {
      if (gone) return;
      scans = new Scans({ service, outbox: opened, owner, onSessionEnded });
      await scans.resume();
      setOutbox(opened);
      const noticed = (error: unknown) => {
        if (endsSession(error)) onSessionEnded();
      };
      uploads = new LaterUploads({ service, outbox: opened, owner, onSessionEnded });
      setWork({ service, scans, uploads, noticed });
    });
    return () => {
      gone = true;
      scans?.stop();
      uploads?.stop();
    };
  }, [service, session]);

  const leave = async () => {
    work?.scans.stop();
    work?.uploads.stop();
    await outbox?.clear();
    await session.end();
  };
  const askToLeave = async () => {
    const open = work?.scans.all() ?? [];
    const labels = open.filter(({ state, jobId }) => state.step !== "done" && !jobId).length;
    const uploads = work?.uploads.open ?? 0;
    if (labels + uploads > 0) setUnsent({ labels, uploads });
    else await leave();
  };
  return (
    <>
      <button type="button" className="skip" onClick={() => document.getElementById("main")?.focus()}>
        {strings.skip}
      </button>
      <header className="bar">
        <span className="brand" aria-hidden="true">
          {strings.product}
        </span>
        <nav aria-label={strings.menu}>
          {sections.map(({ address, name, pages }) => (
            <a key={name} href={address} aria-current={pages.includes(route.page) ? "page" : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <Button className="button quiet on-bar" onPress={() => void askToLeave()}>
          {strings.signOut}
        </Button>
      </header>
      <p className="network" role="status" data-shown={!online}>
        {online ? "" : strings.offline}
      </p>
      <main id="main" tabIndex={-1}>
        {work && (
          <Boundary key={`${route.page} ${"id" in route ? route.id : ""}`}>
            <WorkContext value={work}>
              <Suspense fallback={<p className="opening">{strings.loading}</p>}>
                {route.page === "scan" && <ScanPage />}
                {route.page === "progress" && <ProgressPage key={route.id} id={route.id} />}
                {route.page === "list" && <ListPage />}
                {route.page === "medication" && <MedicationPage key={route.id} id={route.id} />}
                {route.page === "batches" && <BatchesPage />}
                {route.page === "batch" && <BatchPage key={route.id} id={route.id} sheet={route.sheet} />}
                {route.page === "task" && <TaskPage key={route.id} id={route.id} />}
              </Suspense>
            </WorkContext>
          </Boundary>
        )}
      </main>
      {ended && (
        <Ask title={strings.session.ended} text={strings.session.keptPhotos}>
          <Button className="button primary" onPress={onSignIn}>
            {strings.session.signIn}
          </Button>
        </Ask>
      )}
      {unsent && (
        <Ask title={strings.session.leaveTitle} text={whatIsLost(unsent)} onCancel={() => setUnsent(null)}>
          <Button className="button danger" onPress={() => void leave()}>
            {strings.signOut}
          </Button>
        </Ask>
      )}
    </>
  );
}

const whatIsLost = ({ labels, uploads }: { labels: number; uploads: number }): string =>
  [labels > 0 ? strings.session.unsent(labels) : "", uploads > 0 ? strings.session.unsentUploads : ""]
    .join(" ")
    .trim();

/** Whoever has gone to another page goes on from its content, as after a page that was loaded anew. */
function useFocusOnContent(page: string): void {
  const before = useRef(page);
  useEffect(() => {
    if (before.current === page) return;
    before.current = page;
    const main = document.getElementById("main");
    // Unless the page has put it where it belongs.
    if (!main?.contains(document.activeElement)) main?.focus({ preventScroll: true });
  }, [page]);
}

function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  return online;
}
