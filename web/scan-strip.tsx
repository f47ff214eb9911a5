import { BlobImage } from "./blob-image.tsx";
import { addressOf } from "./route.ts";
import type { OpenScan } from "./scans.ts";
import { stateInWords } from "./state-in-words.ts";
import { strings } from "./strings.ts";
import { useScans } from "./work.ts";

/** The scans that are on their way, each leading to its own page. */
export function ScanStrip() {
  const open = useScans();
  if (open.length === 0) return null;
  return (
    <section className="strip" aria-labelledby="strip-title">
      <h2 id="strip-title">{strings.take.open}</h2>
      <ul>
        {open.map((scan) => (
          <Entry key={scan.id} scan={scan} />
        ))}
      </ul>
    </section>
  );
}

function Entry({ scan }: { scan: OpenScan }) {
  return (
    <li>
      <a href={addressOf.progress(scan.id)} data-failed={scan.state.step === "failed"}>
        <span className="small-picture">
          <BlobImage blob={scan.photos[0]?.blob ?? null} alt="" />
        </span>
        <span>{stateInWords(scan.state)}</span>
      </a>
    </li>
  );
}
