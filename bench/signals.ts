/** Signals over time, compared. */

/** Value over time, s, in order. */
export type Signal = [timeS: number, value: number][];

/** The value at a time, straight between its neighbours. */
export function valueAt(signal: Signal, time: number): number {
  let low = 0;
  let high = signal.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (signal[middle]![0] <= time) low = middle;
    else high = middle;
  }
  const [t0, v0] = signal[low]!;
  const [t1, v1] = signal[high]!;
  return t1 === t0 ? v0 : v0 + (v1 - v0) * Math.max(0, Math.min(1, (time - t0) / (t1 - t0)));
}

/** Mean 0, length 1. */
export function normalised(values: number[]): number[] {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const length = Math.hypot(...values.map(value => value - mean)) || 1;
  return values.map(value => (value - mean) / length);
}

/** Pearson's, of two signals on the grid of the first's time. `shiftS` is how much later the second is looked at. */
export function correlation(a: Signal, b: Signal, stepS: number, shiftS = 0): number {
  const times = Array.from({ length: Math.floor((a.at(-1)![0] - a[0]![0]) / stepS) }, (_, i) => a[0]![0] + i * stepS);
  const left = normalised(times.map(at => valueAt(a, at)));
  const right = normalised(times.map(at => valueAt(b, at + shiftS)));
  return left.reduce((sum, value, i) => sum + value * right[i]!, 0);
}

/** The shift (s) that makes `received` most like `sent`, looked for around one; parabolic between steps. */
export function delayS(sent: Signal, received: Signal, aboutS: number, withinS: number, stepS: number): number {
  let best = { shift: aboutS, score: Number.NEGATIVE_INFINITY };
  for (let shift = aboutS - withinS; shift <= aboutS + withinS; shift += stepS) {
    const score = correlation(sent, received, stepS, shift);
    if (score > best.score) best = { shift, score };
  }
  const before = correlation(sent, received, stepS, best.shift - stepS);
  const after = correlation(sent, received, stepS, best.shift + stepS);
  const curve = before - 2 * best.score + after;
  return best.shift + (curve === 0 ? 0 : (stepS * (before - after)) / (2 * curve));
}
