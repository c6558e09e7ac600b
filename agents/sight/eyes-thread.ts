/**
 * Thread that sees for all conversations of a host: decodes cameras, reads faces a few times a second, and keeps the
 * newest picture of each for whoever asks. Pictures live in its memory only.
 */
import { parentPort } from 'node:worker_threads';
import { createCanvas, ImageData } from '@napi-rs/canvas';
import { NICE, placeThread } from '../../telemetry/priority.ts';
import { FaceFeelings } from '../providers/human/feelings.ts';
import { Vp8Decoder } from './decoder.ts';
import type { FromEyes, ToEyes } from './messages.ts';

/** Wide enough to find a face at a desk. */
const FACE_WIDTH = 320;
const JPEG_QUALITY = 80;
/** A face is read so often that it costs this share of a core, but once a second at least and three times at most. */
const SHARE = 0.05;
const SHORTEST_MS = 333;
const LONGEST_MS = 1000;

interface Stream {
  decoder: Vp8Decoder;
  feelings: boolean;
  /** Decoded since the face was read last. */
  fresh: boolean;
  readAtMs: number;
}

// Loading the models takes a second or two of a core, just when a call begins.
placeThread(NICE.later);

const port = parentPort!;
const post = (message: FromEyes, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);
const streams = new Map<string, Stream>();
let faces: Promise<FaceFeelings | undefined> | undefined;
let reading = false;

port.on('message', (message: ToEyes) => {
  switch (message.type) {
    case 'open': {
      const stream = streams.get(message.stream) ?? {
        decoder: new Vp8Decoder(),
        fresh: false,
        readAtMs: 0,
        feelings: false,
      };
      stream.feelings = message.feelings;
      streams.set(message.stream, stream);
      // Models are loaded when somebody's face is to be read for the first time.
      if (message.feelings) faces ??= loaded();
      return;
    }
    case 'frame':
      decode(message.stream, message.data);
      post({ type: 'done', stream: message.stream });
      void readFaces();
      return;
    case 'look':
      look(message.id, message.stream, message.width);
      return;
    case 'close':
      streams.get(message.stream)?.decoder.close();
      streams.delete(message.stream);
  }
});
post({ type: 'ready' });

/** Without its models nobody's face is read, and everything else goes on. */
async function loaded(): Promise<FaceFeelings | undefined> {
  try {
    return await FaceFeelings.load();
  } catch (error) {
    post({ type: 'blind', reason: String(error) });
    return undefined;
  }
}

function decode(name: string, data: Uint8Array): void {
  const stream = streams.get(name);
  if (stream === undefined) return;
  try {
    stream.decoder.decode(data);
    stream.fresh = true;
  } catch {
    post({ type: 'lost', stream: name });
  }
}

/** Reads the faces that are due, one after the other; frames are decoded in between. */
async function readFaces(): Promise<void> {
  if (reading || faces === undefined) return;
  reading = true;
  try {
    const human = await faces;
    if (human === undefined) return;
    for (const [name, stream] of streams) {
      const nowMs = performance.now();
      if (!stream.feelings || !stream.fresh || nowMs < stream.readAtMs) continue;
      stream.fresh = false;
      const picture = stream.decoder.picture(FACE_WIDTH);
      if (picture === undefined) continue;
      const read = await human.read(picture);
      const costMs = performance.now() - nowMs;
      stream.readAtMs = nowMs + Math.max(SHORTEST_MS, Math.min(LONGEST_MS, costMs / SHARE));
      if (streams.get(name) === stream && stream.feelings)
        post({ type: 'reading', stream: name, reading: read ?? null, costMs });
      // What came meanwhile is decoded before the next face is read.
      await new Promise(resolve => setImmediate(resolve));
    }
  } finally {
    reading = false;
  }
}

function look(id: number, name: string, width: number): void {
  const picture = streams.get(name)?.decoder.picture(width);
  if (picture === undefined) {
    post({ type: 'picture', id });
    return;
  }
  const canvas = createCanvas(picture.width, picture.height);
  canvas.getContext('2d').putImageData(new ImageData(picture.data, picture.width, picture.height), 0, 0);
  const jpeg = Uint8Array.from(canvas.toBuffer('image/jpeg', JPEG_QUALITY));
  post({ type: 'picture', id, jpeg }, [jpeg.buffer]);
}
