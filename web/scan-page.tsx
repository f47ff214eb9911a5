import { useEffect, useState } from "react";
import { Button } from "react-aria-components/Button";
import { FileTrigger } from "react-aria-components/FileTrigger";
import { MAX_PAGES, MAX_PHOTO_BYTES, photoTypes } from "../contract/scans.ts";
import { Camera } from "./camera.tsx";
import { useBlobUrl } from "./pictures.ts";
import { addressOf, goTo } from "./route.ts";
import { ScanStrip } from "./scan-strip.tsx";
import { strings } from "./strings.ts";
import { useWork } from "./work.ts";

const words = strings.take;
const hasCamera = "mediaDevices" in navigator;

type Chosen = { id: string; blob: Blob };

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
    const chosen = good.slice(0, room).map((blob) => ({ id: crypto.randomUUID(), blob }));
    setPhotos([...photos, ...chosen]);
    setTrouble(good.length > room ? words.tooMany(MAX_PAGES) : found);
  };
  const read = async () => {
    setBusy(true);
    goTo(addressOf.progress(await scans.add(photos.map(({ blob }) => blob))));
  };

  return (
    <section className="take">
      <h1>{words.title}</h1>
      <p className="hint">{words.how}</p>
      <ol className="photos" data-empty={photos.length === 0}>
        {photos.map((photo, index) => (
          <Thumbnail
            key={photo.id}
            photo={photo.blob}
            number={index + 1}
            onRemove={() => setPhotos(photos.filter((one) => one !== photo))}
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

type ThumbnailProps = { photo: Blob; number: number; onRemove: () => void };

function Thumbnail({ photo, number, onRemove }: ThumbnailProps) {
  const url = useBlobUrl(photo);
  return (
    <li>
      {url && <img src={url} alt={words.photo(number)} />}
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
