import { useSyncExternalStore } from "react";

/** Which page is shown: behind the # of the address, with ids and nothing else. */
export type Route =
  | { page: "scan" | "list" | "batches" }
  | { page: "progress" | "medication" | "task"; id: string }
  /** One of its sheets, where one is looked at. */
  | { page: "batch"; id: string; sheet?: number };

export const addressOf = {
  scan: "#/",
  list: "#/medications",
  progress: (id: string) => `#/scans/${id}`,
  medication: (id: string) => `#/medications/${id}`,
  batches: "#/batches",
  batch: (id: string) => `#/batches/${id}`,
  sheet: (id: string, index: number) => `#/batches/${id}/${index}`,
  /** The digits name a piece of work of the clinic, not a person. */
  task: (id: string) => `#/tasks/${id}`,
};

export function goTo(address: string): void {
  location.hash = address;
}

/** Shows another page in the place of this one: back does not lead here again. */
export function replaceWith(address: string): void {
  location.replace(address);
}

export function useRoute(): Route {
  return parse(useSyncExternalStore(onHashChange, () => location.hash));
}

function onHashChange(changed: () => void): () => void {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
}

function parse(hash: string): Route {
  const [, page, id, sheet] = hash.split("/");
  if (page === "medications") return id ? { page: "medication", id } : { page: "list" };
  if (page === "scans" && id) return { page: "progress", id };
  if (page === "tasks" && id) return { page: "task", id };
  if (page === "batches") {
    if (!id) return { page: "batches" };
    return { page: "batch", id, ...(sheet && /^\d{1,7}$/.test(sheet) ? { sheet: Number(sheet) } : {}) };
  }
  return { page: "scan" };
}
