export const SAMPLE_RATE = 24_000;
/** Samples from one frame of the model to the next: 12.5 ms. */
export const HOP = 300;
/** Samples that a frame's spectrum stands for. */
export const WINDOW = 1200;
