import { lazy } from "react";

/** What is not on the first view. It comes shortly after it, so that it is there when the network is not. */
const loaders = {
  ask: () => import("./ask.tsx"),
  camera: () => import("./camera.tsx"),
  medication: () => import("./medication-page.tsx"),
  list: () => import("./list-page.tsx"),
};

export const Ask = lazy(loaders.ask);
export const Camera = lazy(loaders.camera);
export const MedicationPage = lazy(loaders.medication);
export const ListPage = lazy(loaders.list);

/** After the first view has settled: on a slow tablet it takes a second. */
const SETTLED_MS = 1500;

/** Answers how to call it off. */
export function loadTheRest(): () => void {
  const timer = setTimeout(() => {
    // What does not come now comes when it is asked for.
    for (const load of Object.values(loaders)) load().catch(() => undefined);
  }, SETTLED_MS);
  return () => clearTimeout(timer);
}
