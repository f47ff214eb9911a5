import { lazy } from "react";
import type { Issue } from "./photo-advice/judge.ts";

/**
 * The pages that show what the service knows come after the first view, shortly, before anybody asks for them. What has
 * to work without a network (photographing, keeping, signing out) is part of the first view.
 */
const loaders = {
  medication: () => import("./medication-page.tsx"),
  list: () => import("./list-page.tsx"),
  batches: () => import("./batches-page.tsx"),
  batch: () => import("./batch-page.tsx"),
  task: () => import("./task-page.tsx"),
  advice: () => import("./photo-advice/issues-of.ts"),
};

export const MedicationPage = lazy(loaders.medication);
export const ListPage = lazy(loaders.list);
export const BatchesPage = lazy(loaders.batches);
export const BatchPage = lazy(loaders.batch);
export const TaskPage = lazy(loaders.task);

/** Why this photo might be worth taking again; nothing where it cannot be judged. */
export const issuesOf = (photo: Blob): Promise<readonly Issue[]> =>
  loaders.advice().then(
    (advice) => advice.issuesOf(photo),
    () => [],
  );

/** After the first view has settled: on a slow tablet it takes a second. */
const SETTLED_MS = 1500;

/** The rest of this visit, and the whole page for the next one. Answers how to call it off. */
export function loadTheRest(): () => void {
  const timer = setTimeout(() => {
    // What does not come now comes when it is asked for.
    for (const load of Object.values(loaders)) load().catch(() => undefined);
    // A browser that keeps nothing (a private window) opens the page from the network only.
    navigator.serviceWorker?.register("/service-worker.js").catch(() => undefined);
  }, SETTLED_MS);
  return () => clearTimeout(timer);
}
