/** Finds the opening of a mouth in a picture of it, for rigs whose source does not say where it is. */
import type { Picture } from '../../agents/face/pictures.ts';

/** Corners of the opening, and the height of its upper and lower edge half way between them, in pixels. */
export interface Lips {
  left: { x: number; y: number };
  right: { x: number; y: number };
  upper: number;
  lower: number;
}

/** Columns from the middle that are looked at, as a share of the width. */
const REACH = 0.34;

/**
 * The opening is what is not skin: dark, or as grey as teeth. A closed mouth has only its seam, the darkest
 * line across. The picture shows one mouth, roughly in the middle.
 */
export function findLips(picture: Picture): Lips {
  const { width, height } = picture;
  const middle = width / 2;
  const columns: { x: number; top: number; bottom: number }[] = [];
  for (let x = Math.round(middle - width * REACH); x <= middle + width * REACH; x++) {
    let top = -1;
    let bottom = -1;
    for (let y = Math.round(height * 0.15); y < height * 0.8; y++) {
      if (!inside(picture, x, y)) continue;
      if (top < 0) top = y;
      bottom = y;
    }
    while (top > 0 && tongue(picture, x, top - 1, 8)) top--;
    while (bottom >= 0 && bottom < height * 0.8 && tongue(picture, x, bottom + 1, 4)) bottom++;
    if (top >= 0) columns.push({ x, top, bottom });
  }
  const found = columns.length > width * 0.1 ? columns : seam(picture);
  const first = found[0]!;
  const last = found.at(-1)!;
  const left = { x: first.x, y: (first.top + first.bottom) / 2 };
  const right = { x: last.x, y: (last.top + last.bottom) / 2 };
  const centre = (left.x + right.x) / 2;
  const near = found.filter(column => Math.abs(column.x - centre) <= Math.max(2, (right.x - left.x) * 0.08));
  const mean = (pick: (column: { top: number; bottom: number }) => number) =>
    near.reduce((sum, column) => sum + pick(column), 0) / near.length;
  return { left, right, upper: mean(c => c.top), lower: mean(c => c.bottom) };
}

function inside({ width, data }: Picture, x: number, y: number): boolean {
  const at = (y * width + x) * 4;
  const [r, g, b] = [data[at]!, data[at + 1]!, data[at + 2]!];
  return r < 130 || (r - g < 40 && b > 110);
}

/** Bluer than a lip: the lower lip is by less than 4, the shaded upper lip by less than 8. */
function tongue({ width, data }: Picture, x: number, y: number, than: number): boolean {
  const at = (y * width + x) * 4;
  return data[at + 2]! - data[at + 1]! > than;
}

/** The darkest line, as long as it stands out from what is above and below. */
function seam({ width, height, data }: Picture): { x: number; top: number; bottom: number }[] {
  const luma = (x: number, y: number) => {
    const at = (Math.min(height - 1, Math.max(0, y)) * width + x) * 4;
    return 0.3 * data[at]! + 0.59 * data[at + 1]! + 0.11 * data[at + 2]!;
  };
  const dips: { x: number; y: number; depth: number }[] = [];
  for (let x = Math.round(width * (0.5 - REACH)); x <= width * (0.5 + REACH); x++) {
    let best = { x, y: 0, depth: 0 };
    for (let y = Math.round(height * 0.15); y < height * 0.6; y++) {
      const depth = (luma(x, y - 5) + luma(x, y + 5)) / 2 - luma(x, y);
      if (depth > best.depth) best = { x, y, depth };
    }
    dips.push(best);
  }
  const deepest = Math.max(...dips.map(dip => dip.depth));
  const middle = dips.findIndex(dip => dip.x >= width / 2);
  let from = middle;
  let to = middle;
  const stands = (i: number, beside: number) =>
    dips[i] !== undefined && dips[i].depth > deepest * 0.25 && Math.abs(dips[i].y - dips[beside]!.y) <= 3;
  while (stands(from - 1, from)) from--;
  while (stands(to + 1, to)) to++;
  return dips.slice(from, to + 1).map(({ x, y }) => ({ x, top: y, bottom: y }));
}
