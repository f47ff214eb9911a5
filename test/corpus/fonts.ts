import { createRequire } from "node:module";
import path from "node:path";
import { GlobalFonts } from "@napi-rs/canvas";

/** Families as templates name them: what label printers, laser printers and typewriters put on paper. */
export type Face =
  | "arimo"
  | "archivo-narrow"
  | "barlow-condensed"
  | "courier-prime"
  | "cousine"
  | "ibm-plex-mono"
  | "pt-sans-narrow"
  | "public-sans"
  | "roboto-condensed"
  | "source-sans-3"
  | "special-elite"
  | "tinos";

const faces: Record<Face, readonly number[]> = {
  arimo: [400, 700],
  "archivo-narrow": [400, 700],
  "barlow-condensed": [500, 700],
  "courier-prime": [400, 700],
  cousine: [400, 700],
  "ibm-plex-mono": [400, 700],
  "pt-sans-narrow": [400, 700],
  "public-sans": [400, 700],
  "roboto-condensed": [400, 700],
  "source-sans-3": [400, 700],
  "special-elite": [400],
  tinos: [400, 700],
};

const require = createRequire(import.meta.url);
let ready = false;

/** Registers the pinned fonts, under names no system font bears, so that no machine's own fonts slip in. */
export function registerFonts(): void {
  if (ready) return;
  for (const [face, weights] of Object.entries(faces) as [Face, readonly number[]][]) {
    for (const weight of weights) {
      const folder = path.dirname(require.resolve(`@fontsource/${face}/package.json`));
      const file = path.join(folder, "files", `${face}-latin-${weight}-normal.woff2`);
      if (!GlobalFonts.registerFromPath(file, family(face, weight >= 700)))
        throw new Error(`no font at ${file}`);
    }
  }
  ready = true;
}

/** The registered family name: one a weight, so that no renderer makes a bold of its own. */
export function family(face: Face, bold: boolean): string {
  const heaviest = faces[face].at(-1) ?? 400;
  return `corpus-${face}-${bold && heaviest >= 700 ? "bold" : "regular"}`;
}
