import { use, useSyncExternalStore } from "react";
import type { BatchUploads, OpenUpload } from "./batch-uploads.ts";
import { useWork } from "./work.ts";

/** The uploads under way in this page. */
export function useUploads(): { uploads: BatchUploads; open: readonly OpenUpload[] } {
  const uploads = use(useWork().uploads.get());
  return { uploads, open: useSyncExternalStore(uploads.subscribe, uploads.all) };
}
