/** The thread of rig-decode.ts: decodes, scales and converts one rig's pictures, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { viewOf } from './fit.ts';
import { readPicture, scalePicture } from './pictures.ts';
import { convert, planesAt } from './planes.ts';
import type { Decoded, Decoding } from './rig-decode.ts';

const { slots, parts, fit, data } = workerData as Decoding;

/** What is wrong with a picture, if anything is. */
async function decode(): Promise<string | undefined> {
  for (const [i, { name, from, to, offset }] of slots.entries()) {
    const picture = await readPicture(parts[i]!).catch(() => undefined);
    if (picture === undefined) return `${name} cannot be decoded`;
    const { width, height } = picture;
    if (width !== from.width || height !== from.height)
      return `${name} is ${width}x${height}, not ${from.width}x${from.height}`;
    const whole = fit.scale === 1 && to.width === from.width && to.height === from.height;
    const scaled = whole ? picture : scalePicture(picture, viewOf(from, to, fit), true);
    convert(scaled.data, planesAt(data, offset, to.width, to.height));
  }
}

const fault = await decode();
parentPort!.postMessage({ ...(fault !== undefined && { fault }) } satisfies Decoded);
