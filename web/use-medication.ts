import { useCallback, useEffect, useState } from "react";
import { confirmMedication, correctMedication, getMedication, type Seen } from "../client/medications.ts";
import { getScan } from "../client/scan.ts";
import { ApiError } from "../client/transport.ts";
import type { MedicationPatch } from "../contract/medications.ts";
import type { ScanStatus } from "../contract/scans.ts";
import { explain } from "./explain.ts";
import { useWork } from "./work.ts";

export type MedicationWork = {
  /** Null while it is loading, or when it cannot be had. */
  seen: Seen | null;
  /** Null while it is loading, and when its scan is no longer kept. */
  scan: ScanStatus | null;
  trouble: string;
  busy: boolean;
  /** Answers whether it was kept. */
  correct(patch: MedicationPatch): Promise<boolean>;
  confirm(): Promise<boolean>;
  reload(): Promise<void>;
};

/** A medication with its scan, and what a person does with it. */
export function useMedication(id: string): MedicationWork {
  const { service, noticed } = useWork();
  const [seen, setSeen] = useState<Seen | null>(null);
  const [scan, setScan] = useState<ScanStatus | null>(null);
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);

  const failed = useCallback(
    (error: unknown) => {
      noticed(error);
      setTrouble(explain(error));
    },
    [noticed],
  );

  const reload = useCallback(async () => {
    setTrouble("");
    try {
      const found = await getMedication(service, id);
      setSeen(found);
      // The medication outlives its scan.
      setScan(await getScan(service, found.medication.job_id).catch(() => null));
    } catch (error) {
      failed(error);
    }
  }, [service, id, failed]);

  useEffect(() => void reload(), [reload]);

  const change = async (make: (etag: string) => Promise<Seen>): Promise<boolean> => {
    if (!seen) return false;
    setBusy(true);
    setTrouble("");
    try {
      setSeen(await make(seen.etag));
      return true;
    } catch (error) {
      // Whatever came between: what is shown next is how it is now.
      if (!(error instanceof ApiError) || error.code === "edit_conflict") await reload();
      failed(error);
      return false;
    } finally {
      setBusy(false);
    }
  };

  return {
    seen,
    scan,
    trouble,
    busy,
    reload,
    correct: (patch) => change((etag) => correctMedication(service, id, patch, etag)),
    confirm: () => change((etag) => confirmMedication(service, id, etag)),
  };
}
