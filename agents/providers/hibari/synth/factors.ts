const RADICES = [4, 2, 3, 5, 5];

/** The factors that kernels/fourier.as turns by: of each stage and each branch but the first cosines, then sines, of all groups. */
export function factorsOf600(): Float32Array {
  const all: number[] = [];
  let left = 600;
  for (const radix of RADICES) {
    const groups = left / radix;
    const branches = Array.from({ length: radix - 1 }, (_, i) => i + 1);
    for (const part of [Math.cos, Math.sin])
      for (const branch of branches)
        for (let group = 0; group < groups; group++) all.push(part((-2 * Math.PI * group * branch) / left));
    left = groups;
  }
  return Float32Array.from(all);
}
