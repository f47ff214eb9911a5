import { useCallback, useEffect, useState } from "react";
import { Button } from "react-aria-components/Button";
import { listMedications } from "../client/medications.ts";
import type { Medication } from "../contract/medications.ts";
import { explain } from "./explain.ts";
import { usePicture } from "./pictures.ts";
import { addressOf } from "./route.ts";
import { ScanStrip } from "./scan-strip.tsx";
import { strings } from "./strings.ts";
import { Trouble } from "./trouble.tsx";
import { useWork } from "./work.ts";

const words = strings.list;

/** The person's medications, newest first. */
export default function ListPage() {
  const { service, noticed } = useWork();
  const [medications, setMedications] = useState<Medication[] | null>(null);
  const [next, setNext] = useState<string | undefined>();
  const [trouble, setTrouble] = useState("");

  const load = useCallback(
    async (pageToken?: string) => {
      setTrouble("");
      try {
        const page = await listMedications(service, { pageToken });
        setMedications((before) => [...(pageToken ? (before ?? []) : []), ...page.medications]);
        setNext(page.next_page_token);
      } catch (error) {
        noticed(error);
        setTrouble(explain(error));
      }
    },
    [service, noticed],
  );
  useEffect(() => {
    document.title = `${words.title} · ${strings.product}`;
    void load();
  }, [load]);

  return (
    <section className="list">
      <h1>{words.title}</h1>
      <ScanStrip />
      {trouble && <Trouble message={trouble} onAgain={() => void load()} />}
      {medications === null && !trouble && <p role="status">{strings.loading}</p>}
      {medications?.length === 0 && <p className="hint">{words.empty}</p>}
      <ul className="cards">
        {medications?.map((medication) => (
          <Card key={medication.id} medication={medication} />
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

function Card({ medication }: { medication: Medication }) {
  const { id, name, dosage, schedule, status, needs_review, job_id, fields } = medication;
  const { url } = usePicture(job_id, fields.name?.page ?? 1, "thumbnail");
  const standing = status === "confirmed" ? "confirmed" : needs_review ? "review" : "open";
  const inWords = {
    confirmed: strings.medication.confirmed,
    review: strings.medication.needsReview,
    open: strings.medication.unconfirmed,
  };
  return (
    <li>
      <a href={addressOf.medication(id)}>
        <span className="small-picture">{url && <img src={url} alt="" />}</span>
        <span className="card-text">
          <strong>
            {name || strings.medication.unnamed} {dosage}
          </strong>
          <span>{schedule}</span>
        </span>
        <span className="standing" data-standing={standing}>
          {inWords[standing]}
        </span>
      </a>
    </li>
  );
}
