import type { Box } from "../contract/reading.ts";

/** A photo of the label and its size in upright pixels, which boxes refer to. */
export type Photo = { url: string; width: number; height: number };

type LabelPhotoProps = {
  photo: Photo;
  /** Every place of a field, faintly. */
  places: readonly Box[];
  /** The one that is lit; all else is dimmed. */
  lit: Box | null;
  description: string;
};

/** Room around a lit place, as a share of its height: print touches the edge of its box. */
const MARGIN = 0.25;
/** Around a close-up: enough of the neighbourhood to recognise the spot on the label. */
const CLOSE_UP_MARGIN = 0.7;

export function LabelPhoto({ photo: { url, width, height }, places, lit, description }: LabelPhotoProps) {
  const around = lit && grown(lit, MARGIN);
  return (
    <svg className="label-photo" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={description}>
      <image href={url} width={width} height={height} preserveAspectRatio="none" />
      {places.map((place) => {
        const [x, y, w, h] = grown(place, MARGIN);
        return (
          <rect key={`${x},${y},${w},${h}`} className="place" x={x} y={y} width={w} height={h} rx={h / 8} />
        );
      })}
      {around && (
        <>
          <path className="dim" fillRule="evenodd" d={`M0 0H${width}V${height}H0Z${outline(around)}`} />
          <path className="lit" d={outline(around)} />
        </>
      )}
    </svg>
  );
}

export function CloseUp({ photo, box, description }: { photo: Photo; box: Box; description: string }) {
  const [x, y, width, height] = grown(box, CLOSE_UP_MARGIN);
  return (
    <svg className="close-up" viewBox={`${x} ${y} ${width} ${height}`} role="img" aria-label={description}>
      <image href={photo.url} width={photo.width} height={photo.height} preserveAspectRatio="none" />
    </svg>
  );
}

function grown([x, y, width, height]: Box, share: number): Box {
  const by = Math.min(width, height) * share;
  return [x - by, y - by, width + 2 * by, height + 2 * by];
}

const outline = ([x, y, width, height]: Box): string => `M${x} ${y}h${width}v${height}h${-width}Z`;
