import { useEffect } from "react";
import { Button } from "react-aria-components/Button";
import { BlobImage } from "./blob-image.tsx";
import { Meter } from "./meter.tsx";
import { addressOf, goTo, replaceWith } from "./route.ts";
import type { OpenScan } from "./scans.ts";
import { stateInWords } from "./state-in-words.ts";
import { strings } from "./strings.ts";
import { useScans, useWork } from "./work.ts";

const words = strings.progress;

/** One scan on its way; when it has been read, the medication takes this page's place. */
export function ProgressPage({ id }: { id: string }) {
  const scan = useScans().find((one) => one.id === id);
  const { scans } = useWork();
  const done = scan?.state.step === "done" ? scan.state : null;
  useEffect(() => {
    document.title = `${words.title} · ${strings.product}`;
  }, []);
  useEffect(() => {
    if (!done) return;
    const [first] = done.medications;
    replaceWith(first ? addressOf.medication(first) : addressOf.list);
    void scans.remove(id);
  }, [done, scans, id]);

  if (!scan) {
    return (
      <section className="progress">
        <h1>{words.title}</h1>
        <p>{words.gone}</p>
        <a className="button big" href={addressOf.list}>
          {strings.medications}
        </a>
      </section>
    );
  }
  return (
    <section className="progress">
      <h1>{scan.state.step === "failed" ? words.failed : words.title}</h1>
      <div className="previews">
        {scan.photos.map(({ page, blob }) => (
          <span key={page} className="preview">
            <BlobImage blob={blob} alt={strings.take.photo(page)} />
          </span>
        ))}
      </div>
      {scan.state.step === "failed" ? <Failed scan={scan} /> : <Under scan={scan} />}
    </section>
  );
}

function Under({ scan: { state } }: { scan: OpenScan }) {
  return (
    <>
      <Meter label={stateInWords(state)} percent={state.step === "sending" ? state.share * 100 : undefined} />
      <a className="button big" href={addressOf.scan}>
        {words.next}
      </a>
    </>
  );
}

function Failed({ scan: { id, state } }: { scan: OpenScan }) {
  const { scans } = useWork();
  if (state.step !== "failed") return null;
  const leave = async () => {
    await scans.remove(id);
    goTo(addressOf.scan);
  };
  const sendAgain = async () => {
    const again = await scans.sendAgain(id);
    if (again) replaceWith(addressOf.progress(again));
  };
  return (
    <>
      <p className="trouble" role="alert">
        {state.message}
      </p>
      <div className="choices">
        {state.remedy === "read_again" && (
          <Button className="button primary big" onPress={() => void scans.readAgain(id)}>
            {words.readAgain}
          </Button>
        )}
        {state.remedy === "send_again" && (
          <Button className="button primary big" onPress={() => void sendAgain()}>
            {words.sendAgain}
          </Button>
        )}
        <Button
          className={state.remedy === "take_again" ? "button primary big" : "button big"}
          onPress={() => void leave()}
        >
          {words.takeAgain}
        </Button>
      </div>
    </>
  );
}
