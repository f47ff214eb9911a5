import type { Canvas } from "@napi-rs/canvas";
import { type Texture, textureOf } from "./texture.ts";

/**
 * A small ray caster: a label on a vial, a carton or a sheet of paper, on a table, under a lamp, seen by a phone.
 * Right-handed millimetres, the table at z = 0, the label's centre over the origin and its reading direction along +x,
 * its top towards +y. Light is linear; 1 is white paper under the lamp.
 */
export type Thing =
  | { kind: "sheet" }
  | { kind: "box"; depth: number; margin: number; colour: Colour }
  /** `turn`: how far the vial is turned in the hand, in radians; above 0 shows the label's right side. */
  | { kind: "vial"; radius: number; colour: Colour; cap: Colour; turn: number };

export type Colour = readonly [red: number, green: number, blue: number];

export type View = {
  /** Pixels of the photo. */
  width: number;
  height: number;
  /** Share of the photo's width or height that the label fills, whichever is the tighter. */
  fill: number;
  /** How far the phone stands off the perpendicular, in radians, across and along the label. */
  yaw: number;
  pitch: number;
  /** Turn of the phone in its own plane, in radians. */
  roll: number;
  /** Where the label stands off the middle, in shares of the photo. */
  aside: readonly [x: number, y: number];
};

export type Light = {
  /** Share of light that comes from everywhere. */
  ambient: number;
  /** Direction to the lamp, unit length. */
  towards: Vector;
  /** The lamp's mirror image on glossy paper: where on the label (mm from its centre), how bright, how tight. */
  gloss: { x: number; y: number; strength: number; tightness: number } | null;
  /** A soft shadow of a hand or a phone: a half plane through `offset` mm along `angle`, `soft` mm wide. */
  shadow: { angle: number; offset: number; soft: number; depth: number } | null;
};

type Vector = readonly [x: number, y: number, z: number];

/** Focal length in photo widths of a phone's main camera, near 26 mm on 36 mm film. */
const FOCAL = 0.78;
/** Height of the waves that paper keeps from having been folded, as a slope. */
const PAPER_SLOPE = 0.05;

/** The photo as linear light, three floats a pixel, row by row. */
export function cast(
  label: Canvas,
  size: { width: number; height: number },
  thing: Thing,
  table: Texture,
  view: View,
  light: Light,
): Float32Array<ArrayBuffer> {
  const camera = placeCamera(size, thing, view);
  // Drawn no finer than about 1.3 texels a pixel of the photo, so that bilinear sampling does not alias.
  const texelsPerMm = Math.min(16, (1.3 * camera.focal) / camera.distance);
  const skin = textureOf(label, Math.max(64, Math.round(size.width * texelsPerMm)));
  const shader = new Shader(size, thing, skin, table, light, camera.eye);
  const out = new Float32Array(view.width * view.height * 3);
  const { eye, right, up, forward, focal } = camera;
  for (let y = 0, at = 0; y < view.height; y++) {
    const v = (view.height / 2 - y - 0.5 + view.aside[1] * view.height) / focal;
    for (let x = 0; x < view.width; x++, at += 3) {
      const u = (x + 0.5 - view.width / 2 - view.aside[0] * view.width) / focal;
      shader.shade(
        eye,
        forward[0] + right[0] * u + up[0] * v,
        forward[1] + right[1] * u + up[1] * v,
        forward[2] + right[2] * u + up[2] * v,
        out,
        at,
      );
    }
  }
  return out;
}

type Camera = { eye: Vector; right: Vector; up: Vector; forward: Vector; focal: number; distance: number };

/** Stands the phone so that the label fills its share, and steps back until all of it is in the picture. */
function placeCamera(size: { width: number; height: number }, thing: Thing, view: View): Camera {
  const focal = FOCAL * Math.max(view.width, view.height);
  const top = topOf(thing);
  let distance =
    focal * Math.max(size.width / (view.fill * view.width), size.height / (view.fill * view.height));
  for (;;) {
    const camera = aim(view, focal, distance, top);
    if (labelPoints(size, thing).every((point) => inside(point, camera, view))) return camera;
    distance *= 1.04;
  }
}

function topOf(thing: Thing): number {
  return thing.kind === "vial" ? thing.radius * 2 : thing.kind === "box" ? thing.depth : 0;
}

function aim(view: View, focal: number, distance: number, top: number): Camera {
  const back: Vector = [
    Math.sin(view.yaw) * Math.cos(view.pitch),
    Math.sin(view.pitch),
    Math.cos(view.yaw) * Math.cos(view.pitch),
  ];
  const eye: Vector = [back[0] * distance, back[1] * distance, back[2] * distance + top];
  const forward: Vector = [-back[0], -back[1], -back[2]];
  const level = unit(cross(forward, [0, 1, 0]));
  const above = cross(level, forward);
  const [c, s] = [Math.cos(view.roll), Math.sin(view.roll)];
  const mix = (a: Vector, p: number, b: Vector, q: number): Vector => [
    a[0] * p + b[0] * q,
    a[1] * p + b[1] * q,
    a[2] * p + b[2] * q,
  ];
  return { eye, forward, right: mix(level, c, above, s), up: mix(above, c, level, -s), focal, distance };
}

function labelPoints(size: { width: number; height: number }, thing: Thing): Vector[] {
  const points: Vector[] = [];
  for (const across of [-0.5, -0.25, 0, 0.25, 0.5]) {
    for (const along of [-0.5, 0.5]) {
      const [x, y] = [across * size.width, along * size.height];
      if (thing.kind !== "vial") points.push([x, y, topOf(thing)]);
      else {
        const turn = Math.min(IN_SIGHT, Math.max(-IN_SIGHT, x / thing.radius - thing.turn));
        points.push([Math.sin(turn) * thing.radius, y, (1 + Math.cos(turn)) * thing.radius]);
      }
    }
  }
  return points;
}

/** How far round a vial a phone sees, in radians from the point nearest to it. */
const IN_SIGHT = 1.3;

/** Share of the photo kept clear around the label. */
const CLEAR = 0.012;

function inside(point: Vector, camera: Camera, view: View): boolean {
  const d: Vector = [point[0] - camera.eye[0], point[1] - camera.eye[1], point[2] - camera.eye[2]];
  const deep = dot(d, camera.forward);
  const x = (dot(d, camera.right) / deep) * camera.focal + view.width / 2 + view.aside[0] * view.width;
  const y = view.height / 2 - (dot(d, camera.up) / deep) * camera.focal + view.aside[1] * view.height;
  const [mx, my] = [view.width * CLEAR, view.height * CLEAR];
  return x > mx && x < view.width - mx && y > my && y < view.height - my;
}

class Shader {
  readonly #size;
  readonly #thing;
  readonly #skin;
  readonly #table;
  readonly #light;
  readonly #lamp: Vector | null;
  readonly #texel = new Float32Array(3);

  constructor(
    size: { width: number; height: number },
    thing: Thing,
    skin: Texture,
    table: Texture,
    light: Light,
    eye: Vector,
  ) {
    this.#size = size;
    this.#thing = thing;
    this.#skin = skin;
    this.#table = table;
    this.#light = light;
    this.#lamp = light.gloss && mirrorLamp(light.gloss, thing, eye);
  }

  /** Writes what the ray from `eye` along (dx, dy, dz) sees to out[at..at+2]. */
  shade(eye: Vector, dx: number, dy: number, dz: number, out: Float32Array, at: number): void {
    const thing = this.#thing;
    if (thing.kind === "vial" && this.#vial(thing, eye, dx, dy, dz, out, at)) return;
    if (thing.kind === "box" && this.#box(thing, eye, dx, dy, dz, out, at)) return;
    const t = -eye[2] / dz;
    const [x, y] = [eye[0] + t * dx, eye[1] + t * dy];
    if (thing.kind === "sheet" && this.#onLabel(x, y)) {
      const slope = PAPER_SLOPE * Math.sin(x * 0.07 + y * 0.031);
      this.#label(x, y, x, y, 0, slope, 0, eye, out, at);
      return;
    }
    this.#table.sample(x, y, this.#texel);
    const lit = this.#diffuse(0, 0, 1) * this.#contact(x, y) * this.#shade(x, y);
    for (let k = 0; k < 3; k++) out[at + k] = (this.#texel[k] ?? 0) * lit;
  }

  #onLabel(u: number, v: number): boolean {
    return Math.abs(u) <= this.#size.width / 2 && Math.abs(v) <= this.#size.height / 2;
  }

  /** u, v: mm on the label from its centre; x, y, z: the point; the normal's slope in x, given z follows. */
  #label(
    u: number,
    v: number,
    x: number,
    y: number,
    z: number,
    nx: number,
    ny: number,
    eye: Vector,
    out: Float32Array,
    at: number,
  ): void {
    this.#skin.sampleUnit(u / this.#size.width + 0.5, 0.5 - v / this.#size.height, this.#texel);
    const nz = Math.sqrt(Math.max(0, 1 - nx * nx - ny * ny));
    this.#paint(x, y, z, nx, ny, nz, eye, out, at, 1);
  }

  /** Light on the texel at hand: diffuse, the soft shadow, and the lamp's mirror image by Blinn and Phong. */
  #paint(
    x: number,
    y: number,
    z: number,
    nx: number,
    ny: number,
    nz: number,
    eye: Vector,
    out: Float32Array,
    at: number,
    gloss: number,
  ): void {
    const lit = this.#diffuse(nx, ny, nz) * this.#shade(x, y);
    let shine = 0;
    if (this.#lamp && this.#light.gloss) {
      const l = unit([this.#lamp[0] - x, this.#lamp[1] - y, this.#lamp[2] - z]);
      const e = unit([eye[0] - x, eye[1] - y, eye[2] - z]);
      const h = unit([l[0] + e[0], l[1] + e[1], l[2] + e[2]]);
      const facing = Math.max(0, h[0] * nx + h[1] * ny + h[2] * nz);
      shine = gloss * this.#light.gloss.strength * facing ** this.#light.gloss.tightness;
    }
    for (let k = 0; k < 3; k++) out[at + k] = (this.#texel[k] ?? 0) * lit + shine;
  }

  #diffuse(nx: number, ny: number, nz: number): number {
    const [lx, ly, lz] = this.#light.towards;
    return this.#light.ambient + (1 - this.#light.ambient) * Math.max(0, nx * lx + ny * ly + nz * lz);
  }

  #shade(x: number, y: number): number {
    const shadow = this.#light.shadow;
    if (!shadow) return 1;
    const far = x * Math.cos(shadow.angle) + y * Math.sin(shadow.angle) - shadow.offset;
    return 1 - shadow.depth * smooth(far / shadow.soft + 0.5);
  }

  /** How much light reaches the table beside the thing. */
  #contact(x: number, y: number): number {
    const { width, height } = this.#size;
    const thing = this.#thing;
    const [lx, ly] = this.#light.towards;
    const half = thing.kind === "vial" ? thing.radius : width / 2 + (thing.kind === "box" ? thing.margin : 0);
    const long =
      height / 2 + (thing.kind === "vial" ? height * VIAL_REST : thing.kind === "box" ? thing.margin : 0);
    const tall = topOf(thing) + 0.6;
    const px = Math.abs(x + lx * tall * 0.5) - half;
    const py = Math.abs(y + ly * tall * 0.5) - long;
    const away = Math.hypot(Math.max(px, 0), Math.max(py, 0));
    return 1 - 0.62 * (1 - smooth(away / (tall * 0.9)));
  }

  #box(
    box: Extract<Thing, { kind: "box" }>,
    eye: Vector,
    dx: number,
    dy: number,
    dz: number,
    out: Float32Array,
    at: number,
  ): boolean {
    const [hx, hy] = [this.#size.width / 2 + box.margin, this.#size.height / 2 + box.margin];
    const t = (box.depth - eye[2]) / dz;
    const [x, y] = [eye[0] + t * dx, eye[1] + t * dy];
    if (Math.abs(x) <= hx && Math.abs(y) <= hy) {
      if (this.#onLabel(x, y)) this.#label(x, y, x, y, box.depth, 0, 0, eye, out, at);
      else {
        const stripe = y > hy - box.margin * 0.55 ? 0.35 : 1;
        for (let k = 0; k < 3; k++) this.#texel[k] = (box.colour[k] ?? 0) * stripe;
        this.#paint(x, y, box.depth, 0, 0, 1, eye, out, at, 0.6);
      }
      return true;
    }
    // The sides that face the phone.
    const sx = Math.sign(eye[0]) * hx;
    const tx = (sx - eye[0]) / dx;
    if (this.#side(eye[1] + tx * dy, hy, eye[2] + tx * dz, box, Math.sign(sx), 0, out, at)) return true;
    const sy = Math.sign(eye[1]) * hy;
    const ty = (sy - eye[1]) / dy;
    return this.#side(eye[0] + ty * dx, hx, eye[2] + ty * dz, box, 0, Math.sign(sy), out, at);
  }

  #side(
    along: number,
    half: number,
    z: number,
    box: Extract<Thing, { kind: "box" }>,
    nx: number,
    ny: number,
    out: Float32Array,
    at: number,
  ): boolean {
    if (!(Math.abs(along) <= half && z >= 0 && z <= box.depth)) return false;
    const lit = this.#diffuse(nx, ny, 0) * (0.55 + (0.45 * z) / box.depth);
    for (let k = 0; k < 3; k++) out[at + k] = (box.colour[k] ?? 0) * 0.8 * lit;
    return true;
  }

  #vial(
    vial: Extract<Thing, { kind: "vial" }>,
    eye: Vector,
    dx: number,
    dy: number,
    dz: number,
    out: Float32Array,
    at: number,
  ): boolean {
    const { height } = this.#size;
    const shoulder = height * VIAL_REST;
    const capRadius = vial.radius * 1.06;
    const cap = round(eye, dx, dz, vial.radius, capRadius);
    if (cap) {
      const y = eye[1] + cap.t * dy;
      if (y > height / 2 + shoulder && y < height / 2 + shoulder + vial.radius * 0.8) {
        const ridge = 1 - 0.16 * Math.max(0, Math.sin(Math.atan2(cap.nx, cap.nz) * 46));
        for (let k = 0; k < 3; k++) this.#texel[k] = (vial.cap[k] ?? 0) * ridge;
        this.#paint(eye[0] + cap.t * dx, y, eye[2] + cap.t * dz, cap.nx, 0, cap.nz, eye, out, at, 0.2);
        return true;
      }
    }
    const body = round(eye, dx, dz, vial.radius, vial.radius);
    if (!body) return false;
    const y = eye[1] + body.t * dy;
    if (y < -height / 2 - shoulder || y > height / 2 + shoulder + vial.radius * 0.4) return false;
    const [x, z] = [eye[0] + body.t * dx, eye[2] + body.t * dz];
    const u = (Math.atan2(body.nx, body.nz) + vial.turn) * vial.radius;
    if (this.#onLabel(u, y)) {
      this.#label(u, y, x, y, z, body.nx, 0, eye, out, at);
      return true;
    }
    // Plastic: darker where the wall is seen edge on, lighter in the middle where light comes through.
    const facing = Math.max(0, body.nz);
    const under = 1 - 0.6 * smooth((y - height / 2 - shoulder * 0.7) / (shoulder * 0.3));
    const pills =
      1 + 0.1 * Math.sin(x * 0.5 + 3 * Math.sin(y * 0.23)) * Math.sin(y * 0.41 + 2 * Math.cos(x * 0.31));
    for (let k = 0; k < 3; k++)
      this.#texel[k] = (vial.colour[k] ?? 0) * (0.28 + 0.8 * facing ** 1.5) * under * pills;
    this.#paint(x, y, z, body.nx, 0, body.nz, eye, out, at, 1.2);
    return true;
  }
}

/** Bare plastic above and below the label, in label heights. */
const VIAL_REST = 0.16;

/** Where a ray meets the round wall of a cylinder lying along y with its axis at z = `axis`. */
function round(
  eye: Vector,
  dx: number,
  dz: number,
  axis: number,
  radius: number,
): { t: number; nx: number; nz: number } | null {
  const [ox, oz] = [eye[0], eye[2] - axis];
  const a = dx * dx + dz * dz;
  const b = ox * dx + oz * dz;
  const c = ox * ox + oz * oz - radius * radius;
  const d = b * b - a * c;
  if (d < 0) return null;
  const t = (-b - Math.sqrt(d)) / a;
  return { t, nx: (ox + t * dx) / radius, nz: (oz + t * dz) / radius };
}

/** The lamp that mirrors into the phone at the given place of the label. */
function mirrorLamp(gloss: { x: number; y: number }, thing: Thing, eye: Vector): Vector {
  let point: Vector = [gloss.x, gloss.y, topOf(thing)];
  let normal: Vector = [0, 0, 1];
  if (thing.kind === "vial") {
    const turn = gloss.x / thing.radius;
    normal = [Math.sin(turn), 0, Math.cos(turn)];
    point = [normal[0] * thing.radius, gloss.y, (1 + normal[2]) * thing.radius];
  }
  const e: Vector = [eye[0] - point[0], eye[1] - point[1], eye[2] - point[2]];
  const twice = 2 * dot(e, normal);
  return [
    point[0] + twice * normal[0] - e[0],
    point[1] + twice * normal[1] - e[1],
    point[2] + twice * normal[2] - e[2],
  ];
}

/** 0 below 0, 1 above 1, smooth between. */
function smooth(value: number): number {
  const s = Math.min(1, Math.max(0, value));
  return s * s * (3 - 2 * s);
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function unit(a: Vector): Vector {
  const long = Math.hypot(a[0], a[1], a[2]);
  return [a[0] / long, a[1] / long, a[2] / long];
}
