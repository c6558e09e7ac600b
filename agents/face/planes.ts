/**
 * Pictures as the renderer works on them: premultiplied Y'CbCr (BT.601, limited range) with alpha, luma at
 * full and chroma at half size. Mixing, warping and laying over are linear, so they may be done in these
 * colours, and what comes out is I420 without another conversion.
 *
 * Two 8 bit values share one 32 bit word, 16 bits apart, so that one multiplication scales both.
 */

/** Premultiplied picture; width and height are even. */
export interface Planes {
  width: number;
  height: number;
  /** Y in bits 0-7, alpha in bits 16-23. */
  ya: Uint32Array;
  /** Half size: Cb in bits 0-7, Cr in bits 16-23. */
  uv: Uint32Array;
  /** Half size: alpha of the chroma in bits 0-7. */
  a: Uint32Array;
}

/** A composed picture has this many pixels around the frame, continuing its border, so that a warp can pull them in. */
export const PAD = 16;
/** The low byte of both lanes. */
export const LANES = 0x00ff00ff;
/** Half a step of both lanes, for rounding before a shift by 8. */
export const ROUND = 0x00800080;

/** Bytes that the planes of a picture take. */
export function planesBytes(width: number, height: number): number {
  return width * height * 6;
}

/** Planes inside a buffer, which has `planesBytes` bytes from `offset` (a multiple of 4). */
export function planesAt(buffer: ArrayBufferLike, offset: number, width: number, height: number): Planes {
  const area = width * height;
  const ya = new Uint32Array(buffer, offset, area);
  const uv = new Uint32Array(buffer, offset + area * 4, area / 4);
  const a = new Uint32Array(buffer, offset + area * 5, area / 4);
  return { width, height, ya, uv, a };
}

export function newPlanes(width: number, height: number): Planes {
  return planesAt(new ArrayBuffer(planesBytes(width, height)), 0, width, height);
}

/** Converts premultiplied RGBA; chroma is the mean of each 2x2 block (sited in its centre, as VP8 has it). */
export function convert(rgba: Float32Array, into: Planes): void {
  const { width, height, ya, uv, a } = into;
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      let cb = 0;
      let cr = 0;
      let alpha = 0;
      for (const at of [y * width + x, y * width + x + 1, (y + 1) * width + x, (y + 1) * width + x + 1]) {
        const opacity = rgba[at * 4 + 3]! / 255;
        const r = rgba[at * 4]!;
        const g = rgba[at * 4 + 1]!;
        const b = rgba[at * 4 + 2]!;
        const luma = 16 * opacity + (65.481 * r + 128.553 * g + 24.966 * b) / 255;
        cb += 128 * opacity + (-37.797 * r - 74.203 * g + 112 * b) / 255;
        cr += 128 * opacity + (112 * r - 93.786 * g - 18.214 * b) / 255;
        alpha += opacity;
        ya[at] = Math.round(luma) | (Math.round(opacity * 255) << 16);
      }
      const at = (y * width) / 4 + x / 2;
      uv[at] = Math.round(cb / 4) | (Math.round(cr / 4) << 16);
      a[at] = Math.round((alpha / 4) * 255);
    }
  }
}

/** An independent picture with the same content. */
export function copy(from: Planes): Planes {
  const to = newPlanes(from.width, from.height);
  to.ya.set(from.ya);
  to.uv.set(from.uv);
  to.a.set(from.a);
  return to;
}
