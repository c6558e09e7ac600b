/**
 * Pictures as the renderer works on them: premultiplied Y'CbCr (BT.601, limited range) with alpha, luma at
 * full and chroma at half size. Mixing, warping and laying over are linear, so they may be done in these
 * colours, and what comes out is I420 without another conversion.
 */

/** Premultiplied picture; width and height are even. */
export interface Planes {
  width: number;
  height: number;
  /** One after another: Y, its alpha, then at half size Cb, Cr and their alpha. */
  data: Uint8Array;
}

/** A composed picture has this many pixels around the frame, continuing its border, so that a warp can pull them in. */
export const PAD = 16;

/** Bytes that the planes of a picture take. */
export function planesBytes(width: number, height: number): number {
  return (width * height * 11) / 4;
}

/** Planes inside a buffer, which has `planesBytes` bytes from `offset`. */
export function planesAt(buffer: ArrayBufferLike, offset: number, width: number, height: number): Planes {
  return { width, height, data: new Uint8Array(buffer, offset, planesBytes(width, height)) };
}

export function newPlanes(width: number, height: number): Planes {
  return planesAt(new ArrayBuffer(planesBytes(width, height)), 0, width, height);
}

/** Its five planes, each with its width and height. */
export function eachPlane({ width, height, data }: Planes): { width: number; height: number; bytes: Uint8Array }[] {
  let at = 0;
  return [1, 1, 2, 2, 2].map(scale => {
    const size = { width: width / scale, height: height / scale };
    const bytes = data.subarray(at, at + size.width * size.height);
    at += bytes.length;
    return { ...size, bytes };
  });
}

/** Converts premultiplied RGBA; chroma is the mean of each 2x2 block (sited in its centre, as VP8 has it). */
export function convert(rgba: Float32Array, into: Planes): void {
  const { width, height } = into;
  const [ys, alphas, us, vs, soft] = eachPlane(into).map(plane => plane.bytes);
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
        ys![at] = Math.round(luma);
        alphas![at] = Math.round(opacity * 255);
      }
      const at = (y * width) / 4 + x / 2;
      us![at] = Math.round(cb / 4);
      vs![at] = Math.round(cr / 4);
      soft![at] = Math.round((alpha / 4) * 255);
    }
  }
}
