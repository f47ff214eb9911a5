import { useCallback } from "react";
import { getSheetPicture } from "../client/batches.ts";
import type { Service } from "../client/transport.ts";
import type { Sheet } from "../contract/batches.ts";
import type { SheetImage } from "../contract/object-keys.ts";
import { type Picture, useLoaded } from "./pictures.ts";

/** A picture of a sheet; of a duplicate, that of the first. None of a sheet that was not read. */
export function useSheetPicture(sheet: Sheet, image: SheetImage): Picture {
  const { batch_id, index, duplicate_of, image_url } = sheet;
  const shown = duplicate_of ?? index;
  const load = useCallback(
    (service: Service, signal: AbortSignal) =>
      getSheetPicture(service, { batch_id, index: shown }, image, signal),
    [batch_id, shown, image],
  );
  const { url, gone } = useLoaded(image_url === undefined ? null : load);
  return { url, gone: gone || image_url === undefined };
}
