import { useCallback, useEffect, useState } from "react";
import { getPicture } from "../client/scan.ts";
import { ApiError, type Service } from "../client/transport.ts";
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

/** A picture the service keeps: its address once it is here, or that it is gone. */
export type Picture = { url: string | null; gone: boolean };

/** A kept picture of a scan. */
export function usePicture(jobId: string, page: number, image: PageImage): Picture {
  const load = useCallback(
    (service: Service, signal: AbortSignal) => getPicture(service, jobId, page, image, signal),
    [jobId, page, image],
  );
  return useLoaded(load);
}

/** @param load null for a picture that there is not */
export function useLoaded(load: ((service: Service, signal: AbortSignal) => Promise<Blob>) | null): Picture {
  const { service, noticed } = useWork();
  const [blob, setBlob] = useState<Blob | null>(null);
  const [gone, setGone] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    setBlob(null);
    setGone(false);
    load?.(service, stop.signal).then(setBlob, (error: unknown) => {
      if (stop.signal.aborted) return;
      noticed(error);
      setGone(error instanceof ApiError);
    });
    return () => stop.abort();
  }, [service, noticed, load]);
  return { url: useBlobUrl(blob), gone };
}
