/** Lids as no photograph with open eyes shows them: clean skin where lashes and their shadow were, and lashes at the edge. */
import { smooth } from '../../agents/face/ease.ts';
import type { Picture } from '../../agents/face/pictures.ts';
import { distanceTo, fillUnknown, type Polygon } from './paint.ts';

/** In widths of the eye: how far above its edge a lid reaches, and how far beyond the corners. */
const LID = { above: 0.34, beside: 0.36 };
/** Beside the corners the paint fades within this much below their height, in widths of the eye. */
const BELOW = 0.14;
/** Skin less bright than this share of what is around the eye is lash, liner or their shadow. */
const DARK = 0.93;
/** The skin's own light is looked for this far above the edge, in widths of the eye. */
const SKIN = { from: 0.2, to: 0.34 };
/** The line of lashes: in widths of the eye, in colour, and how much of it covers the skin. */
const LASHES = { thick: 0.05, colour: [46, 32, 28], cover: 0.75 };
/** A shut lid is a ball: so much brighter in its middle, darker at its edges. */
const ROUND = 0.06;

/** An eye's opening, clockwise from its left corner, upper edge first: as many points above as below. */
export interface Lid {
  outline: Polygon;
  /** Along the upper edge, left corner to right corner. */
  upper: Polygon;
}

/** Of a skin with holes for the eyes: the picture that is shown of shut lids. */
export function shutLids(skin: Picture, lids: readonly Lid[]): Picture {
  const data = skin.data.slice();
  for (const lid of lids) paintLid(skin, lid, data);
  return { ...skin, data };
}

function paintLid(skin: Picture, { outline, upper }: Lid, data: Float32Array): void {
  const [left, right] = [upper[0]!.x, upper.at(-1)!.x];
  const width = right - left;
  const edge = (x: number) => yOn(upper, x);
  const area = {
    x: Math.floor(left - LID.beside * width),
    y: Math.floor(Math.min(...upper.map(p => p.y)) - LID.above * width),
    width: Math.ceil((1 + 2 * LID.beside) * width),
    height: Math.ceil(
      Math.max(...outline.map(p => p.y)) - Math.min(...upper.map(p => p.y)) + (LID.above + BELOW) * width,
    ),
  };
  const at = (x: number, y: number) => ((y + area.y) * skin.width + x + area.x) * 4;
  /** In widths of the eye, above the lid's edge. */
  const above = (x: number, y: number) => (edge(x + area.x) - (y + area.y)) / width;
  const bare = lightOf(skin, area, (x, y) => above(x, y) > SKIN.from && above(x, y) < SKIN.to);
  const local: Picture = {
    width: area.width,
    height: area.height,
    data: new Float32Array(area.width * area.height * 4),
  };
  for (let y = 0; y < area.height; y++)
    local.data.set(skin.data.subarray(at(0, y), at(area.width, y)), y * area.width * 4);
  const clean = fillUnknown(local, (x, y) => above(x, y) > 0.04 && brightness(skin.data, at(x, y)) > DARK * bare);
  for (let y = 0; y < area.height; y++)
    for (let x = 0; x < area.width; x++) {
      const outside = -distanceTo(outline, x + area.x + 0.5, y + area.y + 0.5);
      const high = above(x, y);
      // Only skin above the lids' middle; what is cut out stays cut out.
      if (outside < -4 || high < -BELOW) continue;
      const to = at(x, y);
      const alpha = data[to + 3]! / 255;
      const side = Math.abs((2 * (x + area.x) - left - right) / width);
      const share =
        smooth(1.6 * (1 - high / LID.above)) *
        smooth((1 + LID.beside * 2 - side) / LID.beside) *
        smooth(1 + high / BELOW);
      const light = 1 + ROUND * (1 - 2 * Math.min(1, side));
      const line =
        LASHES.cover * smooth(1 - outside / (LASHES.thick * width * (0.5 + 0.5 * Math.max(0, 1 - side ** 4))));
      const from = (y * area.width + x) * 4;
      for (let c = 0; c < 3; c++) {
        const lid = clean.data[from + c]! * light * (1 - line) + LASHES.colour[c]! * line;
        data[to + c] = data[to + c]! * (1 - share) + lid * alpha * share;
      }
    }
}

/** Mean brightness of the part of an area. */
function lightOf(
  { data, width }: Picture,
  area: { x: number; y: number; width: number; height: number },
  counts: (x: number, y: number) => boolean,
): number {
  let [sum, count] = [0, 0];
  for (let y = 0; y < area.height; y++)
    for (let x = 0; x < area.width; x++)
      if (counts(x, y)) {
        sum += brightness(data, ((y + area.y) * width + x + area.x) * 4);
        count++;
      }
  return sum / Math.max(1, count);
}

const brightness = (data: Float32Array, at: number) => 0.3 * data[at]! + 0.59 * data[at + 1]! + 0.11 * data[at + 2]!;

/** Height of a chain at x; beyond its ends, that of the end. */
function yOn(chain: Polygon, x: number): number {
  const next = chain.findIndex(p => p.x >= x);
  if (next === 0) return chain[0]!.y;
  if (next < 0) return chain.at(-1)!.y;
  const [a, b] = [chain[next - 1]!, chain[next]!];
  return a.y + ((b.y - a.y) * (x - a.x)) / Math.max(1e-6, b.x - a.x);
}
