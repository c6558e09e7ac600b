// What the face's drawing spends its time on, compiled to WebAssembly by infra/kernels/build.mjs.
export { setGrid, setPresence, clearShifts, addShift, invert, drawGrid } from './grid';
export { mixAdd, wipe, blend, layOver, sprite } from './layers';
export { morphAim, morphAdd } from './morph';
export { flagMoved, mark, map, bendAdd } from './bend';

/** The first byte of memory that is free. */
export function heapBase(): usize {
  return (__heap_base + 15) & ~15;
}
