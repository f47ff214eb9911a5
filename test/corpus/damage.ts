import type { Shot } from "./camera.ts";
import type { Random } from "./random.ts";
import type { Light, View } from "./scene.ts";

/** One way of taking a photo badly, or well. */
export const categories = [
  "clean",
  "tilted",
  "perspective",
  "curved",
  "turned",
  "exif",
  "defocus",
  "motion",
  "glare",
  "shadow",
  "noise",
  "jpeg",
  "faded",
  "small",
  "clutter",
  "big",
  "mixed",
] as const;
export type Category = (typeof categories)[number];
export type Difficulty = "standard" | "hard";

export type Taking = {
  view: View;
  light: Light;
  shot: Shot;
  /** How much of the ink is left. */
  ink: number;
  /** Half the angle of a vial that the label takes, in radians; past about 1 its ends turn out of sight. */
  wrap: number;
  /** Things lying about. */
  clutter: number;
};

/** How a hard photo's damage compares with a standard one's. */
const HARD = 1.7;

/** A careful photo, then the category's damage; "mixed" takes two or three mild ones. */
export function takePhoto(random: Random, category: Category, difficulty: Difficulty): Taking {
  const taking = carefully(random);
  const much = difficulty === "hard" ? HARD : 1;
  if (category === "mixed") {
    for (let count = random.whole(2, 3); count > 0; count--)
      spoil(taking, random, random.pick(mixable), 0.7 * much);
  } else spoil(taking, random, category, much);
  return taking;
}

const mixable = [
  "tilted",
  "perspective",
  "defocus",
  "motion",
  "glare",
  "shadow",
  "noise",
  "jpeg",
  "faded",
  "clutter",
] as const;

const frames = [
  { width: 1600, height: 1200 },
  { width: 1200, height: 1600 },
  { width: 2016, height: 1512 },
  { width: 1280, height: 960 },
] as const;

function carefully(random: Random): Taking {
  const lamp = random.between(0, 2 * Math.PI);
  const low = random.between(0.25, 0.55);
  return {
    view: {
      ...random.pick(frames),
      fill: random.between(0.62, 0.86),
      yaw: random.between(-0.1, 0.1),
      pitch: random.between(-0.18, 0.08),
      roll: random.between(-0.06, 0.06),
      aside: [random.between(-0.05, 0.05), random.between(-0.05, 0.05)],
    },
    light: {
      ambient: random.between(0.45, 0.65),
      towards: [Math.cos(lamp) * low, Math.sin(lamp) * low, Math.sqrt(1 - low * low)],
      gloss: null,
      shadow: null,
    },
    shot: {
      defocus: random.between(0, 0.7),
      motion: null,
      exposure: random.between(0.85, 1.15),
      cast: [random.between(0.93, 1.08), random.between(0.86, 1.04)],
      noise: random.between(1.5, 4),
      vignette: random.between(0.05, 0.25),
      contrast: random.between(0.9, 1),
      quality: random.whole(82, 94),
      turns: 0,
      exif: false,
    },
    ink: random.between(0.85, 1),
    wrap: random.between(0.5, 0.75),
    clutter: random.whole(0, 3),
  };
}

function spoil(taking: Taking, random: Random, category: Category, much: number): void {
  const { view, light, shot } = taking;
  const side = random.chance(0.5) ? 1 : -1;
  switch (category) {
    case "tilted":
      view.roll = side * random.between(0.12, 0.32) * much;
      break;
    case "perspective":
      view.yaw = side * Math.min(0.85, random.between(0.28, 0.48) * much);
      view.pitch = random.between(-0.3, 0.3) * much;
      break;
    case "curved":
      taking.wrap = random.between(0.75, 0.9) * (much > 1 ? 1.15 : 1);
      break;
    case "turned":
      shot.turns = random.pick([1, 2, 3] as const);
      break;
    case "exif":
      shot.turns = random.pick([1, 2, 3] as const);
      shot.exif = true;
      break;
    case "defocus":
      shot.defocus = random.between(1.4, 2.2) * much * (view.width / 1600);
      break;
    case "motion":
      shot.motion = {
        length: random.between(4, 7) * much * (view.width / 1600),
        angle: random.between(0, Math.PI),
      };
      break;
    case "glare":
      light.gloss = {
        x: random.between(-16, 16),
        y: random.between(-12, 12),
        strength: random.between(0.5, 0.9) * much,
        tightness: random.between(250, 900),
      };
      break;
    case "shadow":
      light.shadow = {
        angle: random.between(0, 2 * Math.PI),
        offset: random.between(-8, 8),
        soft: random.between(6, 20),
        depth: Math.min(0.86, random.between(0.45, 0.62) * much),
      };
      break;
    case "noise":
      shot.noise = random.between(9, 15) * much;
      shot.exposure = random.between(0.3, 0.5);
      break;
    case "jpeg":
      shot.quality = Math.round(random.between(22, 38) / much);
      break;
    case "faded":
      taking.ink = random.between(0.42, 0.55) / Math.sqrt(much);
      shot.contrast = random.between(0.65, 0.8);
      break;
    case "small":
      view.fill = random.between(0.34, 0.44) / Math.sqrt(much);
      view.aside = [random.between(-0.2, 0.2), random.between(-0.2, 0.2)];
      break;
    case "clutter":
      taking.clutter = Math.round(random.whole(9, 14) * much);
      view.fill = random.between(0.42, 0.6);
      break;
    case "big":
      [view.width, view.height] = random.chance(0.5) ? [4032, 3024] : [3024, 4032];
      break;
    default:
      break;
  }
}
