/** Decodes a rig's pictures in a thread of its own: that takes a second, in which no face should have to stand still. */
import { Worker } from 'node:worker_threads';
import type { Fit, Size } from './fit.ts';
import { type Rect, RigError } from './rig.ts';

/** A picture of a rig and its place in the buffer of them all. */
export interface Slot extends Size {
  name: string;
  offset: number;
  /** The part of the rig's frame that the picture fills, and where that is in the call's. */
  from: Rect;
  to: Rect;
}

export interface Decoding {
  slots: Slot[];
  /** The files of the slots. */
  parts: Uint8Array[];
  fit: Fit;
  data: SharedArrayBuffer;
}

/** The fault of a picture, or nothing when all are decoded. */
export type Decoded = { fault?: string };

/** Fills `data`. @throws {RigError} when a picture is broken, or not of the size that the rig says */
export async function decodePictures(decoding: Decoding): Promise<void> {
  const worker = new Worker(new URL('./rig-decode-thread.ts', import.meta.url), {
    name: 'decode',
    workerData: decoding,
  });
  const { fault } = await new Promise<Decoded>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', code => reject(new Error(`the thread that decodes pictures ended with ${code}`)));
  });
  if (fault !== undefined) throw new RigError('bad-picture', fault);
}
