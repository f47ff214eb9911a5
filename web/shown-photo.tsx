import type { UnderstoodMedication } from "../contract/medications.ts";
import { type FieldName, fieldNames, placeOf } from "./fields.ts";
import { LabelPhoto, type Photo } from "./label-photo.tsx";
import type { Picture } from "./pictures.ts";
import { strings } from "./strings.ts";

type ShownPhotoProps = {
  picture: Picture;
  /** The upright photo in pixels, which boxes refer to; absent where it is not known. */
  size: { width?: number | undefined; height?: number | undefined } | undefined;
  /** What was read, of which the places on this page of the scan are marked. */
  read: UnderstoodMedication | null;
  page?: number;
  selected: FieldName | null;
  /** What it shows, and what stands there when it is no longer kept. */
  description: string;
  gone: string;
};

/** The photo that was read, with the places of the fields, as far as it is here. */
export function ShownPhoto(props: ShownPhotoProps) {
  const { picture, size, read, page = 1, selected, description, gone } = props;
  const photo = photoOf(picture, size);
  if (picture.gone) return <p className="no-photo">{gone}</p>;
  if (!photo) {
    // Of what was not read no size is known, and there is nothing to mark.
    if (!picture.url || read) return <div className="no-photo" aria-busy="true" />;
    return <img className="label-photo whole" src={picture.url} alt={description} />;
  }
  const boxOf = (name: FieldName) => {
    const place = read && placeOf(read, name);
    return place?.page === page ? place.box : null;
  };
  const lit = selected && boxOf(selected);
  return (
    <LabelPhoto
      photo={photo}
      places={fieldNames.map(boxOf).filter((box) => box !== null)}
      lit={lit}
      description={selected && lit ? strings.medication.showsField(strings.fields[selected]) : description}
    />
  );
}

/** As a person sees it, once its address and its size are both known. */
export function photoOf({ url }: Picture, { width, height }: ShownPhotoProps["size"] = {}): Photo | null {
  return url && width && height ? { url, width, height } : null;
}
