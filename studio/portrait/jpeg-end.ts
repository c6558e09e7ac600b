/** JPEGs that lost their end marker: some cameras and messengers write none. */
import { createCanvas, type Image, loadImage } from '@napi-rs/canvas';

const END = Buffer.from([0xff, 0xd9]);
/** Two ways in which the coded picture might go on. */
const GUESSES = [0x5a, 0xa5].map(byte => Buffer.concat([Buffer.alloc(64, byte), END]));
/** Rows compared at once. */
const ROWS = 256;

/**
 * The image of a JPEG without an end, where nothing but that is missing: only a picture that is not over yet depends on
 * what follows. Undefined where some of it is missing; throws where its decoder does.
 */
export async function wholeWithoutEnd(jpeg: Uint8Array): Promise<Image | undefined> {
  const [one, other] = await Promise.all(GUESSES.map(guess => loadImage(Buffer.concat([jpeg, guess]))));
  const { width, height } = one!;
  for (let top = 0; top < height; top += ROWS) {
    const [some, same] = [one!, other!].map(image => rows(image, top, Math.min(ROWS, height - top), width));
    if (!some!.equals(same!)) return undefined;
  }
  return one;
}

function rows(image: Image, top: number, count: number, width: number): Buffer {
  const canvas = createCanvas(width, count);
  canvas.getContext('2d').drawImage(image, 0, -top);
  return canvas.data();
}
