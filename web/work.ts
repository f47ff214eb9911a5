import { createContext, use, useSyncExternalStore } from "react";
import type { Service } from "../client/transport.ts";
import type { LaterUploads } from "./later-uploads.ts";
import type { OpenScan, Scans } from "./scans.ts";

/** What every page works with. */
export type Work = {
  service: Service;
  scans: Scans;
  uploads: LaterUploads;
  /** Told of every error that a page shows, so that the end of the session is noticed wherever it shows. */
  noticed: (error: unknown) => void;
};

export const WorkContext = createContext<Work | null>(null);

export function useWork(): Work {
  const work = use(WorkContext);
  if (!work) throw new Error("outside of the workplace");
  return work;
}

export function useScans(): readonly OpenScan[] {
  const { scans } = useWork();
  return useSyncExternalStore(scans.subscribe, scans.all);
}
