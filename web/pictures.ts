import { useEffect, useState } from "react";
import { getPicture } from "../client/scan.ts";
import { ApiError } from "../client/transport.ts";
import type { PageImage } from "../contract/object-keys.ts";
import { useWork } from "./work.ts";

/** An address for the blob, good as long as the component is shown. */
export function useBlobUrl(blob: Blob | null): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!blob) return;
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => {
      URL.revokeObjectURL(made);
      setUrl(null);
    };
  }, [blob]);
  return url;
}

/** A kept picture of a scan: its address once it is here, or that it is gone. */
export function usePicture(
  jobId: string,
  page: number,
  image: PageImage,
): { url: string | null; gone: boolean } {
  const { service, noticed } = useWork();
  const [blob, setBlob] = useState<Blob | null>(null);
  const [gone, setGone] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    setBlob(null);
    setGone(false);
    getPicture(service, jobId, page, image, stop.signal).then(setBlob, (error: unknown) => {
      if (stop.signal.aborted) return;
      noticed(error);
      setGone(error instanceof ApiError);
    });
    return () => stop.abort();
  }, [service, noticed, jobId, page, image]);
  return { url: useBlobUrl(blob), gone };
}
