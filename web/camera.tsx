import { useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components/Button";
import { issuesOf } from "./later.ts";
import { Modal } from "./modal.tsx";
import type { Issue } from "./photo-advice/judge.ts";
import { strings } from "./strings.ts";

const words = strings.camera;

/** As fine as the camera gives: small print on a label needs every pixel. Browsers answer with the nearest they have. */
const WANTED: MediaStreamConstraints = {
  audio: false,
  video: { facingMode: { ideal: "environment" }, width: { ideal: 4032 }, height: { ideal: 3024 } },
};
/** Of JPEG: above it files grow and print reads no better; below it small figures begin to fray. */
const QUALITY = 0.92;

/** The tablet's camera with a frame to aim at; hands back the photos that were taken, none when it is closed. */
export function Camera({ room, onPhotos }: { room: number; onPhotos: (photos: Blob[]) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<"starting" | "ready" | "refused">("starting");
  const [taken, setTaken] = useState<Blob[]>([]);
  /** What is the matter with the last photo. */
  const [issue, setIssue] = useState<Issue | undefined>();

  useEffect(() => {
    let stream: MediaStream | null = null;
    let closed = false;
    const stop = () => {
      closed = true;
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    navigator.mediaDevices.getUserMedia(WANTED).then(
      (opened) => {
        stream = opened;
        if (closed) stop();
        else if (video.current) video.current.srcObject = opened;
      },
      () => setState("refused"),
    );
    return stop;
  }, []);

  const shoot = async () => {
    const photo = video.current && (await photoOf(video.current));
    if (!photo) return;
    const all = [...taken, photo];
    if (all.length >= room) return onPhotos(all);
    setTaken(all);
    setIssue(undefined);
    const [worst] = await issuesOf(photo);
    setIssue(worst);
  };
  const hint = issue ? words.lastOne(strings.quality[issue]) : words.aim;

  return (
    <Modal className="camera" aria-label={words.title} onEscape={() => onPhotos(taken)}>
      {state === "refused" ? (
        <p className="trouble" role="alert">
          {words.refused}
        </p>
      ) : (
        <div className="finder">
          <video ref={video} autoPlay playsInline muted onPlaying={() => setState("ready")} />
          <div className="aim" aria-hidden="true" />
          <p className="aim-hint" role="status" data-doubt={issue !== undefined}>
            {state === "ready" ? hint : words.starting}
          </p>
        </div>
      )}
      <div className="camera-buttons">
        <Button className="button" onPress={() => onPhotos(taken)}>
          {taken.length > 0 ? words.done(taken.length) : strings.cancel}
        </Button>
        {state !== "refused" && (
          <Button
            className="shutter"
            aria-label={words.shoot}
            isDisabled={state !== "ready"}
            onPress={() => void shoot()}
          />
        )}
        <span className="unseen" role="status">
          {taken.length > 0 ? words.taken(taken.length) : ""}
        </span>
      </div>
    </Modal>
  );
}

function photoOf(video: HTMLVideoElement): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}
