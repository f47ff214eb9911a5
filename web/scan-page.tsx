import { useEffect, useState } from "react";
import { Button } from "react-aria-components/Button";
import { FileTrigger } from "react-aria-components/FileTrigger";
import { MAX_PAGES, MAX_PHOTO_BYTES, photoTypes } from "../contract/scans.ts";
import { BlobImage } from "./blob-image.tsx";
import { Camera } from "./camera.tsx";
import { issuesOf } from "./later.ts";
import type { Issue } from "./photo-advice/judge.ts";
import { addressOf, goTo } from "./route.ts";
import { ScanStrip } from "./scan-strip.tsx";
import { strings } from "./strings.ts";
import { useWork } from "./work.ts";

const words = strings.take;
const hasCamera = "mediaDevices" in navigator;

/** `issues` come a moment after the photo. */
type Chosen = { id: string; blob: Blob; issues: readonly Issue[] };

/** Taking or choosing the photos of one label. */
export function ScanPage() {
  const { scans } = useWork();
  const [photos, setPhotos] = useState<readonly Chosen[]>([]);
  const [trouble, setTrouble] = useState("");
  const [aiming, setAiming] = useState(false);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = `${words.title} · ${strings.product}`;
  }, []);

  const add = (files: readonly Blob[]) => {
    const { good, trouble: found } = sort(files);
    const room = MAX_PAGES - photos.length;
    const chosen = good.slice(0, room).map((blob) => ({ id: crypto.randomUUID(), blob, issues: [] }));
    setPhotos([...photos, ...chosen]);
    setTrouble(good.length > room ? words.tooMany(MAX_PAGES) : found);
    void look(chosen);
  };
  const look = async (chosen: readonly Chosen[]) => {
    // One after the other: a decoded photo takes 50 MB and more.
    for (const { id, blob } of chosen) {
      const issues = await issuesOf(blob);
      setPhotos((now) => now.map((one) => (one.id === id ? { ...one, issues } : one)));
    }
  };
  const read = async () => {
    setBusy(true);
    goTo(addressOf.progress(await scans.add(photos.map(({ blob }) => blob))));
  };

  return (
    <section className="take">
      <h1>{words.title}</h1>
      <Hint photos={photos} />
      <ol className="photos" data-empty={photos.length === 0}>
        {photos.map((photo, index) => (
          <Thumbnail
            key={photo.id}
            photo={photo}
            number={index + 1}
            onRemove={() => setPhotos((now) => now.filter(({ id }) => id !== photo.id))}
          />
        ))}
      </ol>
      <p className="trouble" role="alert">
        {trouble}
      </p>
      <div className="choices">
        {photos.length > 0 && (
          <Button className="button primary big" isDisabled={busy} onPress={() => void read()}>
            {words.read}
          </Button>
        )}
        {hasCamera && photos.length < MAX_PAGES && (
          <Button
            className={photos.length > 0 ? "button big" : "button primary big"}
            onPress={() => setAiming(true)}
          >
            {photos.length > 0 ? words.another : words.camera}
          </Button>
        )}
        {photos.length < MAX_PAGES && (
          <FileTrigger
            acceptedFileTypes={photoTypes}
            allowsMultiple
            onSelect={(files) => add([...(files ?? [])])}
          >
            <Button className="button big">{words.files}</Button>
          </FileTrigger>
        )}
      </div>
      <ScanStrip />
      {aiming && (
        <Camera
          room={MAX_PAGES - photos.length}
          onPhotos={(taken) => {
            add(taken);
            setAiming(false);
          }}
        />
      )}
    </section>
  );
}

/** How to take a good photo; once there is one that is not good, what is the matter with it. It may be sent all the same. */
function Hint({ photos }: { photos: readonly Chosen[] }) {
  const at = photos.findIndex(({ issues }) => issues.length > 0);
  const issue = photos[at]?.issues[0];
  return (
    <p className="hint" role="status" data-doubt={issue !== undefined}>
      {issue ? words.advice(at + 1, strings.quality[issue]) : words.how}
    </p>
  );
}

type ThumbnailProps = { photo: Chosen; number: number; onRemove: () => void };

function Thumbnail({ photo: { blob, issues }, number, onRemove }: ThumbnailProps) {
  return (
    <li data-doubt={issues.length > 0}>
      <BlobImage blob={blob} alt={words.photo(number)} />
      <Button className="button round" aria-label={words.remove(number)} onPress={onRemove}>
        ×
      </Button>
    </li>
  );
}

/** The files that can be read, and a sentence about the first kind that cannot. */
function sort(files: readonly Blob[]): { good: Blob[]; trouble: string } {
  const troubleOf = ({ type, size }: Blob): string => {
    if (!(photoTypes as readonly string[]).includes(type)) return words.wrongType;
    if (size > MAX_PHOTO_BYTES) return words.tooLarge;
    return size === 0 ? words.empty : "";
  };
  return {
    good: files.filter((file) => troubleOf(file) === ""),
    trouble: files.map(troubleOf).find(Boolean) ?? "",
  };
}
