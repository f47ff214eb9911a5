import { type Canvas, createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import type { Random } from "./random.ts";
import { type Texture, textureOf } from "./texture.ts";

/** The table's side in mm and in pixels. */
const TABLE_MM = 420;
const TABLE_PIXELS = 1260;

const grounds = ["wood", "laminate", "cloth", "stone", "steel", "desk"] as const;

/** A table top, with `clutter` things lying about outside the middle `clear` mm. */
export function drawTable(random: Random, clutter: number, clear: number): Texture {
  const canvas = createCanvas(TABLE_PIXELS, TABLE_PIXELS);
  const pen = canvas.getContext("2d");
  drawGround(random, canvas, pen);
  pen.scale(TABLE_PIXELS / TABLE_MM, TABLE_PIXELS / TABLE_MM);
  for (let count = 0; count < clutter; count++) {
    const angle = random.between(0, 2 * Math.PI);
    const far = clear + random.between(18, 50);
    pen.save();
    pen.translate(TABLE_MM / 2 + Math.cos(angle) * far, TABLE_MM / 2 + Math.sin(angle) * far);
    pen.rotate(random.between(0, 2 * Math.PI));
    pen.shadowColor = "rgba(0,0,0,.45)";
    pen.shadowBlur = 14;
    random.pick([pen_, coin, pills, note, keys, blister])(random, pen);
    pen.restore();
  }
  return textureOf(canvas, TABLE_PIXELS, TABLE_MM);
}

function drawGround(random: Random, canvas: Canvas, pen: SKRSContext2D): void {
  const ground = random.pick(grounds);
  const base = {
    wood: [random.whole(110, 170), random.whole(70, 110), random.whole(35, 70)],
    laminate: [random.whole(190, 225), random.whole(185, 220), random.whole(175, 210)],
    cloth: [random.whole(40, 120), random.whole(60, 120), random.whole(80, 150)],
    stone: [random.whole(50, 80), random.whole(48, 78), random.whole(46, 76)],
    steel: [random.whole(140, 175), random.whole(145, 178), random.whole(150, 185)],
    desk: [random.whole(225, 240), random.whole(222, 236), random.whole(214, 230)],
  }[ground];
  pen.fillStyle = `rgb(${base.join(",")})`;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  if (ground === "wood") {
    for (const [across, along, alpha] of [
      [3, 60, 0.4],
      [6, 320, 0.35],
      [14, 900, 0.28],
    ] as const)
      cloud(random, pen, across, along, alpha);
    for (let y = random.whole(100, 300); y < canvas.height; y += random.whole(260, 420)) {
      pen.fillStyle = "rgba(20,10,0,.5)";
      pen.fillRect(0, y, canvas.width, 3);
    }
  } else if (ground === "steel") cloud(random, pen, 4, 1200, 0.16);
  else if (ground === "cloth") {
    cloud(random, pen, 630, 630, 0.3);
    for (let at = 0; at < canvas.width; at += 6) {
      pen.fillStyle = "rgba(0,0,0,.13)";
      pen.fillRect(at, 0, 3, canvas.height);
      pen.fillRect(0, at, canvas.width, 3);
    }
  } else cloud(random, pen, 900, 900, ground === "stone" ? 0.35 : 0.1);
  cloud(random, pen, 5, 5, 0.14);
}

/** Random light and dark, `across` by `along` cells over the picture, smoothed by the enlargement. */
function cloud(random: Random, pen: SKRSContext2D, across: number, along: number, alpha: number): void {
  const cells = createCanvas(across, along);
  const brush = cells.getContext("2d");
  const image = brush.createImageData(across, along);
  for (let at = 0; at < image.data.length; at += 4) {
    const tone = random.chance(0.5) ? 0 : 255;
    image.data.set([tone, tone, tone, random.unit() * 255], at);
  }
  brush.putImageData(image, 0, 0);
  pen.globalAlpha = alpha;
  pen.drawImage(cells, 0, 0, pen.canvas.width, pen.canvas.height);
  pen.globalAlpha = 1;
}

function pen_(random: Random, pen: SKRSContext2D): void {
  pen.fillStyle = random.pick(["#20304f", "#8a1c1c", "#222222", "#d8d8d0"]);
  pen.beginPath();
  pen.roundRect(-65, -4.5, 130, 9, 4.5);
  pen.fill();
  pen.fillStyle = "rgba(255,255,255,.35)";
  pen.fillRect(-60, -2.5, 120, 1.4);
  pen.fillStyle = "#b9b9b4";
  pen.fillRect(38, -5, 3, 10);
}

function coin(random: Random, pen: SKRSContext2D): void {
  const radius = random.between(9, 12);
  const metal = random.pick(["#b5b0a6", "#a9744a", "#c9b678"]);
  pen.fillStyle = metal;
  pen.beginPath();
  pen.arc(0, 0, radius, 0, 7);
  pen.fill();
  pen.shadowColor = "transparent";
  pen.strokeStyle = "rgba(255,255,255,.4)";
  pen.lineWidth = 0.7;
  pen.beginPath();
  pen.arc(0, 0, radius - 1, 2.6, 5.4);
  pen.stroke();
  pen.fillStyle = "rgba(60,40,20,.25)";
  pen.beginPath();
  pen.ellipse(0.5, 0, radius * 0.42, radius * 0.58, 0.2, 0, 7);
  pen.fill();
}

function pills(random: Random, pen: SKRSContext2D): void {
  const colour = random.pick(["#f4efe2", "#e6a7a0", "#a9c6dd", "#f0d98a"]);
  for (let count = random.whole(2, 6); count > 0; count--) {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.ellipse(random.between(-16, 16), random.between(-16, 16), 4.5, 3.2, random.between(0, 3), 0, 7);
    pen.fill();
  }
}

function note(random: Random, pen: SKRSContext2D): void {
  pen.fillStyle = random.pick(["#f6e27a", "#f3f1ea", "#bfe0c4"]);
  pen.fillRect(-36, -36, 72, 72);
  pen.shadowColor = "transparent";
  pen.strokeStyle = "rgba(40,50,110,.75)";
  pen.lineWidth = 0.9;
  for (let row = -24; row < 28; row += 10) {
    pen.beginPath();
    for (let x = -28; x < random.between(4, 30); x += 1.6) pen.lineTo(x, row + random.between(-2.6, 2.6));
    pen.stroke();
  }
}

function keys(_random: Random, pen: SKRSContext2D): void {
  pen.fillStyle = "#2b2c2e";
  pen.fillRect(-70, -32, 140, 64);
  pen.shadowColor = "transparent";
  pen.fillStyle = "#45474b";
  for (let x = -66; x < 60; x += 16) for (let y = -28; y < 20; y += 15) pen.fillRect(x, y, 13.5, 12.5);
}

function blister(_random: Random, pen: SKRSContext2D): void {
  pen.fillStyle = "#b8bcc2";
  pen.fillRect(-34, -18, 68, 36);
  pen.shadowColor = "transparent";
  for (let x = -26; x <= 26; x += 13) {
    for (const y of [-9, 9]) {
      pen.fillStyle = "#9a9ea6";
      pen.beginPath();
      pen.arc(x, y, 5, 0, 7);
      pen.fill();
      pen.fillStyle = "rgba(255,255,255,.5)";
      pen.beginPath();
      pen.arc(x - 1.6, y - 1.6, 1.5, 0, 7);
      pen.fill();
    }
  }
}
