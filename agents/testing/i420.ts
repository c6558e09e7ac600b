import type { I420 } from '../face/avatar.ts';

/** A picture as an encoder takes it: BT.601, video range. Width and height are even. */
export function toI420({ width, height, data }: { width: number; height: number; data: Uint8ClampedArray }): I420 {
  const out = new Uint8Array((width * height * 3) / 2);
  const [blues, reds] = [width * height, (width * height * 5) / 4];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [r, g, b] = data.subarray((y * width + x) * 4) as unknown as [number, number, number];
      out[y * width + x] = 16 + 0.257 * r + 0.504 * g + 0.098 * b;
      if (x % 2 === 1 || y % 2 === 1) continue;
      const at = (y / 2) * (width / 2) + x / 2;
      out[blues + at] = 128 - 0.148 * r - 0.291 * g + 0.439 * b;
      out[reds + at] = 128 + 0.439 * r - 0.368 * g - 0.071 * b;
    }
  return { width, height, data: out };
}
