import { extname } from "node:path";
import type { PhotoType } from "../contract/scans.ts";

const TYPES: Readonly<Record<string, PhotoType>> = {
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".png": "image/png",
  ".webp": "image/webp",
  ".tif": "image/tiff",
  ".tiff": "image/tiff",
};

/** A photo's type by its file's name; undefined when that is no photo's. */
export const photoTypeOf = (file: string): PhotoType | undefined => TYPES[extname(file).toLowerCase()];
