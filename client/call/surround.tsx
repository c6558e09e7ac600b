import { useEffect, useRef } from 'react';

const EVERY_MS = 2_000;
/** Few pixels: it is blurred, and the browser makes it large. */
const WIDTH = 96;

/**
 * Fills the space that a picture leaves in its tile with its mirror images, blurred: at its edges they have its colours.
 * Beside the picture, and nothing over or under it: that would be mixed with each of its pictures.
 */
export function Surround({ source }: { source: HTMLVideoElement | undefined }) {
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const whole = document.createElement('canvas').getContext('2d');
    if (!whole || !source) return;
    const draw = () => {
      const tile = place.current;
      if (!tile) return;
      const all = continued(whole, source, tile);
      source.toggleAttribute('data-narrow', all.beside && all.strip > 0);
      showStrips(all, [...tile.children] as HTMLCanvasElement[]);
    };
    draw();
    const timer = setInterval(draw, EVERY_MS);
    return () => clearInterval(timer);
  }, [source]);
  return (
    <span className="surround" aria-hidden="true" ref={place}>
      <canvas />
      <canvas />
    </span>
  );
}

interface Continued {
  canvas: HTMLCanvasElement;
  /** Its mirror images are left and right of it, not above and below. */
  beside: boolean;
  /** Of a strip, in pixels of the canvas; 0: there is nothing to fill. */
  strip: number;
}

/** The tile as it is to look, but for the picture itself. */
function continued(context: CanvasRenderingContext2D, source: HTMLVideoElement, tile: HTMLElement): Continued {
  const { videoWidth, videoHeight } = source;
  const { canvas } = context;
  canvas.width = WIDTH;
  canvas.height = Math.max(1, Math.round((WIDTH * tile.clientHeight) / Math.max(1, tile.clientWidth)));
  const scale = Math.min(canvas.width / videoWidth, canvas.height / videoHeight);
  const [width, height] = [videoWidth * scale, videoHeight * scale];
  const [left, top] = [(canvas.width - width) / 2, (canvas.height - height) / 2];
  const beside = left > top;
  for (const step of [-1, 0, 1]) {
    const [x, y] = beside ? [step, 0] : [0, step];
    const from = (side: number, start: number, length: number) => (side === 0 ? start : start + length + side * length);
    context.setTransform(x === 0 ? 1 : -1, 0, 0, y === 0 ? 1 : -1, from(x, left, width), from(y, top, height));
    context.drawImage(source, 0, 0, width, height);
  }
  context.resetTransform();
  // Here and not by the page: there it would be blurred anew for each picture.
  context.filter = 'blur(2px)';
  context.drawImage(canvas, 0, 0);
  context.filter = 'none';
  return { canvas, beside, strip: Math.max(left, top) };
}

function showStrips({ canvas, beside, strip }: Continued, strips: HTMLCanvasElement[]): void {
  for (const [i, each] of strips.entries()) {
    each.hidden = strip < 0.5;
    if (each.hidden) continue;
    const [width, height] = beside ? [strip, canvas.height] : [canvas.width, strip];
    each.width = Math.ceil(width);
    each.height = Math.ceil(height);
    const isLast = i > 0;
    const [x, y] = isLast ? [canvas.width - width, canvas.height - height] : [0, 0];
    each.getContext('2d')?.drawImage(canvas, x, y, width, height, 0, 0, each.width, each.height);
    // A little more: what falls between two pixels is nobody's.
    const share = `calc(${(100 * strip) / (beside ? canvas.width : canvas.height)}% + 2px)`;
    Object.assign(each.style, {
      width: beside ? share : '100%',
      height: beside ? '100%' : share,
      // Not as the page reads: the picture is not mirrored either.
      left: beside && isLast ? 'auto' : '0',
      right: beside && isLast ? '0' : 'auto',
      top: !beside && isLast ? 'auto' : '0',
      bottom: !beside && isLast ? '0' : 'auto',
    });
  }
}
