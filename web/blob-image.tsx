import { useState } from "react";
import { useBlobUrl } from "./pictures.ts";

/** A picture from memory; nothing while it is on its way, and nothing when the browser cannot show it. */
export function BlobImage({ blob, alt }: { blob: Blob | null; alt: string }) {
  const url = useBlobUrl(blob);
  const [broken, setBroken] = useState<string | null>(null);
  return url && url !== broken ? <img src={url} alt={alt} onError={() => setBroken(url)} /> : null;
}
