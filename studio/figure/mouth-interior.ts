/** The inside of a mouth that no photograph shows: teeth, tongue and the dark behind them. */
import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { crop, fromRgba, type Picture } from '../../agents/face/pictures.ts';
import type { Rect } from '../../agents/face/rig.ts';
import { evenRect } from './geometry.ts';
import { distanceTo, type Polygon } from './paint.ts';

/** What is seen through an open mouth. */
export interface InteriorParts {
  rect: Rect;
  /** As large as `rect`. */
  cavity: Picture;
  /** In drawing order; `jaw` is how far each moves with the jaw open. */
  sprites: { name: string; picture: Picture; x: number; y: number; jaw: { x: number; y: number } }[];
}

export interface MouthSource {
  /** Where closed lips touch, in the middle of the mouth. */
  x: number;
  y: number;
  /** Between its corners. */
  width: number;
  /** Pixels that the lower lip falls by with the jaw open. */
  jawDrop: number;
  /** The photograph, and the opening of the mouth in it. */
  photo: Picture;
  opening: Polygon;
  frame: number;
}

type Colour = [number, number, number];

const IVORY: Colour = [228, 218, 203];
/** Widths of the teeth from the middle outwards, in widths of the mouth. */
const UPPER_TEETH = [0.128, 0.1, 0.095, 0.075, 0.06];
const LOWER_TEETH = [0.076, 0.08, 0.085, 0.07, 0.06];
/** Seen teeth this much of an opening make their colour known. */
const LEAST_TEETH = 0.12;

export function mouthInterior(mouth: MouthSource): InteriorParts {
  const { x, y, width: w, jawDrop, frame } = mouth;
  const rect = evenRect({ left: x - 0.66 * w, top: y - 0.34 * w, right: x + 0.66 * w, bottom: y + 0.8 * w }, frame);
  const seen = teethIn(mouth);
  const ivory = seen?.colour ?? IVORY;
  const draw = (paint: (context: SKRSContext2D) => void): Picture => {
    const canvas = createCanvas(rect.width, rect.height);
    const context = canvas.getContext('2d');
    context.translate(x - rect.x, y - rect.y);
    paint(context);
    return fromRgba(rect.width, rect.height, context.getImageData(0, 0, rect.width, rect.height).data);
  };
  const upper = draw(c => arch(c, UPPER_TEETH, w, { top: -0.2 * w, edge: 0.045 * w, bow: -0.06 * w }, ivory));
  if (seen) overlay(upper, mouth, rect);
  return {
    rect,
    cavity: draw(c => cavity(c, w)),
    sprites: [
      {
        name: 'tongue',
        ...tight(
          draw(c => tongue(c, w)),
          rect,
        ),
        jaw: { x: 0, y: jawDrop * 0.55 },
      },
      {
        name: 'lower-teeth',
        ...tight(
          draw(c => arch(c, LOWER_TEETH, w, { top: 0.25 * w, edge: 0.14 * w, bow: -0.045 * w }, dim(ivory, 0.62))),
          rect,
        ),
        jaw: { x: 0, y: jawDrop * 0.88 },
      },
      { name: 'upper-teeth', ...tight(upper, rect), jaw: { x: 0, y: 0 } },
    ],
  };
}

/** Cuts away the transparent border: drawing it costs as much as the rest. */
function tight(picture: Picture, at: { x: number; y: number }): { picture: Picture; x: number; y: number } {
  const { width, height, data } = picture;
  const box = { left: width, top: height, right: 0, bottom: 0 };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (data[(y * width + x) * 4 + 3]! < 1) continue;
      box.left = Math.min(box.left, x - 2);
      box.top = Math.min(box.top, y - 2);
      box.right = Math.max(box.right, x + 3);
      box.bottom = Math.max(box.bottom, y + 3);
    }
  const rect = evenRect(box, Math.max(width, height));
  return { picture: crop(picture, rect), x: at.x + rect.x, y: at.y + rect.y };
}

/** A row of teeth: `edge` is where they bite in the middle, `top` where they are rooted, `bow` the rise at the sides. */
function arch(
  c: SKRSContext2D,
  widths: number[],
  w: number,
  { top, edge, bow }: { top: number; edge: number; bow: number },
  colour: Colour,
): void {
  const whole = widths.reduce((a, b) => a + b) * w;
  for (const side of [-1, 1]) {
    let from = 0;
    for (const share of widths) {
      const to = from + share * w;
      const far = (from + to) / 2 / whole;
      const rise = bow * far ** 2;
      // Away from the middle teeth turn to the side, and lie in the cheek's shadow.
      const light = 1 - 0.62 * far ** 1.7;
      const shade = c.createLinearGradient(0, top, 0, edge + rise);
      shade.addColorStop(0, css(dim(colour, light * 0.62)));
      shade.addColorStop(0.55, css(dim(colour, light * 0.96)));
      shade.addColorStop(1, css(dim(colour, light * 0.9)));
      c.fillStyle = shade;
      const [left, right] = side < 0 ? [-to, -from] : [from, to];
      const [low, high] = [Math.min(top, edge + rise), Math.max(top, edge + rise)];
      c.beginPath();
      c.roundRect(left + 0.3, low, right - left - 0.6, high - low, Math.min(share * w * 0.3, (high - low) * 0.4));
      c.fill();
      from = to;
    }
  }
}

function tongue(c: SKRSContext2D, w: number): void {
  const glow = c.createRadialGradient(0, 0.1 * w, 0.02 * w, 0, 0.2 * w, 0.34 * w);
  glow.addColorStop(0, 'rgb(178,96,94)');
  glow.addColorStop(0.45, 'rgb(150,72,72)');
  glow.addColorStop(1, 'rgb(92,36,38)');
  c.fillStyle = glow;
  c.beginPath();
  c.ellipse(0, 0.22 * w, 0.3 * w, 0.17 * w, 0, 0, 2 * Math.PI);
  c.fill();
}

function cavity(c: SKRSContext2D, w: number): void {
  const dark = c.createRadialGradient(0, 0.1 * w, 0.05 * w, 0, 0.1 * w, 0.7 * w);
  dark.addColorStop(0, 'rgb(38,12,14)');
  dark.addColorStop(0.5, 'rgb(58,20,22)');
  dark.addColorStop(1, 'rgb(92,40,40)');
  c.fillStyle = dark;
  c.fillRect(-2 * w, -2 * w, 4 * w, 4 * w);
}

/** The colour of the teeth that a smile shows; undefined where there are none to speak of. */
function teethIn({ photo, opening, width }: MouthSource): { colour: Colour } | undefined {
  const bright: Colour[] = [];
  let inside = 0;
  eachInside(opening, photo, 1.5, (at, depth) => {
    if (depth <= 0) return;
    inside += 1;
    const [r, g, b] = [photo.data[at]!, photo.data[at + 1]!, photo.data[at + 2]!];
    // Teeth are bright and hardly coloured; gums and lips are red.
    if (Math.min(r, g, b) > 0.62 * Math.max(r, g, b) && r + g + b > 300) bright.push([r, g, b]);
  });
  if (inside < width * width * 0.03 || bright.length < LEAST_TEETH * inside) return undefined;
  const best = bright.toSorted((a, b) => sum(b) - sum(a)).slice(0, Math.ceil(bright.length * 0.5));
  return { colour: [0, 1, 2].map(n => best.reduce((total, p) => total + p[n]!, 0) / best.length) as Colour };
}

/** Puts the photographed opening over the drawn teeth. */
function overlay(teeth: Picture, { photo, opening }: MouthSource, rect: Rect): void {
  eachInside(opening, photo, 3, (at, depth) => {
    const px = (at / 4) % photo.width;
    const py = Math.floor(at / 4 / photo.width);
    const [tx, ty] = [px - rect.x, py - rect.y];
    if (tx < 0 || ty < 0 || tx >= teeth.width || ty >= teeth.height) return;
    const share = Math.min(1, Math.max(0, depth / 3));
    const o = (ty * teeth.width + tx) * 4;
    for (let c = 0; c < 4; c++) teeth.data[o + c] = teeth.data[o + c]! * (1 - share) + photo.data[at + c]! * share;
  });
}

/** Pixels of the polygon's surroundings: their place in the data, and how deep inside they lie less `margin`. */
function eachInside(
  polygon: Polygon,
  picture: Picture,
  margin: number,
  visit: (at: number, depth: number) => void,
): void {
  const xs = polygon.map(p => p.x);
  const ys = polygon.map(p => p.y);
  for (let y = Math.floor(Math.min(...ys)); y <= Math.max(...ys); y++)
    for (let x = Math.floor(Math.min(...xs)); x <= Math.max(...xs); x++)
      visit((y * picture.width + x) * 4, distanceTo(polygon, x + 0.5, y + 0.5) - margin + 1);
}

const sum = ([r, g, b]: Colour) => r + g + b;
/** Less light is redder light in there. */
const dim = (colour: Colour, light: number) =>
  colour.map((c, n) => c * light * [1, 0.88 + 0.12 * light, 0.84 + 0.16 * light][n]!) as Colour;
const css = (colour: Colour) => `rgb(${colour.map(Math.round).join(',')})`;
