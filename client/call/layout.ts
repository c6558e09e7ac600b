/** Where things are, in CSS pixels of the stage. */
export type Box = { x: number; y: number; width: number; height: number };

/** Everybody's place on the stage. */
export type Arrangement = {
  /** The avatar. */
  lead?: Box;
  /** The others, in the order they came. */
  rest: Box[];
};

const GAP = 10;
const TILE_ASPECT = 4 / 3;
/** Shapes that a tile of the strip may take, the preferred one first. */
const ASPECTS = [TILE_ASPECT, 1, 4 / 5];
/** Below this a face is hard to read; on a small screen that is held closer, somewhat less will do. */
const COMFORT = { width: 150, share: 0.28 };

/** The largest equal tiles that fit `count` times, centred; nothing overlaps and nothing sticks out. */
export function fitGrid(count: number, area: Box, aspect = TILE_ASPECT): Box[] {
  if (count === 0 || area.width <= 0 || area.height <= 0) return [];
  let best = { columns: 1, width: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const width = Math.min(
      (area.width - GAP * (columns - 1)) / columns,
      ((area.height - GAP * (rows - 1)) / rows) * aspect,
    );
    if (width > best.width) best = { columns, width };
  }
  const { columns, width } = best;
  const height = width / aspect;
  const rows = Math.ceil(count / columns);
  const top = area.y + (area.height - rows * height - (rows - 1) * GAP) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = row === rows - 1 ? count - row * columns : columns;
    const left = area.x + (area.width - inRow * width - (inRow - 1) * GAP) / 2;
    return { x: left + (index % columns) * (width + GAP), y: top + row * (height + GAP), width, height };
  });
}

const area = ({ width, height }: Box): number => width * height;

/**
 * The avatar large, the others in a strip beside or below it, whichever leaves more to see; without an avatar a
 * plain grid. The avatar keeps at least half of the stage however many come.
 */
export function arrange(stage: { width: number; height: number }, hasLead: boolean, count: number): Arrangement {
  const whole: Box = { x: 0, y: 0, ...stage };
  if (!hasLead) return { rest: count === 1 ? [whole] : fitGrid(count, whole) };
  if (count === 0) return { lead: whole, rest: [] };
  let best: { score: number; arrangement: Arrangement } | undefined;
  for (const beside of [true, false]) {
    for (let share = 0.14; share <= 0.5; share += 0.02) {
      const arrangement = split(stage, beside, share, count);
      const { lead, rest } = arrangement;
      const tile = rest[0];
      if (!lead || !tile) continue;
      // A face is about as wide as it is high: what counts is the square that fits.
      const face = Math.min(lead.width, lead.height) ** 2;
      const comfort = Math.min(1, tile.width / Math.min(COMFORT.width, stage.width * COMFORT.share));
      const score = (face + 0.6 * count * area(tile)) * comfort;
      if (!best || score > best.score) best = { score, arrangement };
    }
  }
  return best?.arrangement ?? { lead: whole, rest: [] };
}

function split(stage: { width: number; height: number }, beside: boolean, share: number, count: number): Arrangement {
  const { width, height } = stage;
  const strip = (beside ? width : height) * share;
  const lead: Box = beside
    ? { x: 0, y: 0, width: width - strip - GAP, height }
    : { x: 0, y: 0, width, height: height - strip - GAP };
  const room: Box = beside
    ? { x: width - strip, y: 0, width: strip, height }
    : { x: 0, y: height - strip, width, height: strip };
  const fits = ASPECTS.map(aspect => fitGrid(count, room, aspect));
  return { lead, rest: fits.reduce((best, fit) => (sizeOf(fit) > sizeOf(best) + 1 ? fit : best)) };
}

const sizeOf = ([tile]: Box[]): number => (tile ? area(tile) : 0);

/** The simulcast layer (0..2) that fits a tile; the largest is 960 pixels wide, each next one half of it. */
export const layerFor = (cssWidth: number, pixelRatio: number): number => {
  const pixels = cssWidth * pixelRatio;
  return pixels <= 300 ? 0 : pixels <= 620 ? 1 : 2;
};
