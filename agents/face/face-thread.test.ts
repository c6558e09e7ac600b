import { on } from 'node:events';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Addressed, Left } from '../base/shared-threads.ts';
import type { Detail, Instant } from './avatar.ts';
import type { FaceInit, FromFace, FromFaceThread, ToFace, ToFaceThread } from './messages.ts';

const init: FaceInit = { rig: 'avatars/ollie', width: 512, height: 512, frameRate: 25, bitrate: 600_000 };
const instant: Instant = { atMs: 0, state: 'speaking', emotion: 'neutral', intensity: 0 };

/** A thread, and the faces that were opened on it. */
class Thread {
  readonly worker = new Worker(new URL('./face-thread.ts', import.meta.url));
  #opened = 0;

  open(options: Partial<FaceInit> = {}): Face {
    const { port1, port2 } = new MessageChannel();
    const face = new Face(++this.#opened, port1);
    this.tell(face, { type: 'open', init: { ...init, ...options }, port: port2, planes: new Map() }, [port2]);
    return face;
  }

  tell({ number }: Face, message: ToFaceThread, transfer: MessagePort[] = []): void {
    this.worker.postMessage({ place: number, message } satisfies Addressed<ToFaceThread>, transfer);
  }

  /** Resolves when the thread says that a face is shut. */
  async shut(face: Face): Promise<void> {
    const said = on(this.worker, 'message') as AsyncIterable<[Addressed<FromFaceThread | Left>]>;
    for await (const [{ place, message }] of said) if (message.type === 'left' && place === face.number) return;
  }
}

class Face {
  readonly number: number;
  readonly #port: MessagePort;
  readonly #waiting: ((message: FromFace) => void)[] = [];
  readonly #received: FromFace[] = [];

  constructor(number: number, port: MessagePort) {
    this.number = number;
    this.#port = port;
    port.on('message', (message: FromFace) => {
      const waiting = this.#waiting.shift();
      if (waiting) waiting(message);
      else this.#received.push(message);
    });
  }

  send(message: ToFace): void {
    this.#port.postMessage(message);
  }

  next(): Promise<FromFace> {
    const received = this.#received.shift();
    return received ? Promise.resolve(received) : new Promise(resolve => this.#waiting.push(resolve));
  }

  /** The media thread is gone. */
  hangUp(): void {
    this.#port.close();
  }
}

let thread: Thread;
beforeEach(() => {
  thread = new Thread();
});
afterEach(() => thread.worker.terminate());

describe('face thread', () => {
  it('[C1] gets a face ready, answers every render in order with its frame, and is free of it when it is closed', async () => {
    const face = thread.open();
    expect(await face.next()).toMatchObject({ type: 'ready', loadMs: expect.any(Number) });
    face.send({ type: 'speech', timeline: { turnId: 't1', events: [] } });
    for (let frame = 0; frame < 4; frame++) {
      const speech = frame < 2 ? { turnId: 't1', sample: frame * 1920 } : undefined;
      face.send({
        type: 'render',
        frame,
        instant: { ...instant, atMs: frame * 40, ...(speech && { speech }) },
        keyframe: frame === 3,
      });
    }
    const pictures = [await face.next(), await face.next(), await face.next(), await face.next()];
    expect(pictures).toMatchObject([
      { type: 'picture', frame: 0, turnId: 't1', keyframe: true },
      { type: 'picture', frame: 1, turnId: 't1', keyframe: false },
      { type: 'picture', frame: 2, keyframe: false },
      { type: 'picture', frame: 3, keyframe: true },
    ]);
    expect(pictures[2]).not.toHaveProperty('turnId');
    const shut = thread.shut(face);
    face.send({ type: 'close' });
    await shut;
  });

  it('draws with less detail when asked to, in smaller pictures that begin with a keyframe', async () => {
    const face = thread.open({ width: 1280, height: 720, bitrate: 1_500_000 });
    await face.next();
    const sizes: string[] = [];
    let frame = 0;
    const ask = async (detail: Detail) => {
      face.send({ type: 'render', frame, instant: { ...instant, atMs: frame++ * 40 }, detail, keyframe: false });
      const picture = await face.next();
      if (picture.type !== 'picture') throw new Error('no picture');
      // RFC 6386 9.1: keyframes tell their size.
      const { buffer, byteOffset } = picture.payload;
      const head = new DataView(buffer, byteOffset);
      if (picture.keyframe) sizes.push(`${head.getUint16(6, true)}x${head.getUint16(8, true)}`);
    };
    await ask('full');
    await ask('full');
    // Small pictures are loaded a moment after the first large ones.
    await vi.waitUntil(() => ask('small').then(() => sizes.length === 2), { timeout: 50_000, interval: 50 });
    await ask('still');
    await ask('full');
    expect(sizes).toEqual(['1280x720', '512x288', '1280x720']);
  });

  it('says what failed and goes on', async () => {
    const face = thread.open();
    await face.next();
    const broken = { ...instant, emotion: 'bored' as Instant['emotion'], intensity: 1 };
    face.send({ type: 'render', frame: 0, instant: broken, keyframe: false });
    expect(await face.next()).toMatchObject({ type: 'failed' });
    face.send({ type: 'render', frame: 1, instant: { ...instant, atMs: 5000 }, keyframe: false });
    expect(await face.next()).toMatchObject({ type: 'picture', frame: 1 });
  });

  it.each([
    [{ rig: 'avatars/nobody' }, /no readable rig.json/],
    [{ width: 500 }, /500x512 cannot be drawn: both must be multiples of 16/],
  ])('says why a face cannot start with %o, and goes on with the others', async (options, message) => {
    const face = thread.open(options);
    const shut = thread.shut(face);
    expect(await face.next()).toMatchObject({ type: 'failed', message: expect.stringMatching(message) });
    await shut;
    expect(await thread.open().next()).toMatchObject({ type: 'ready' });
  });

  it('draws faces side by side: what one is told, the others do not show', async () => {
    const [speaking, silent] = [thread.open(), thread.open()];
    await Promise.all([speaking.next(), silent.next()]);
    const instants = (turnId?: string) =>
      [0, 1, 2, 3].map(frame => ({
        ...instant,
        atMs: frame * 40,
        ...(turnId !== undefined && { speech: { turnId, sample: frame * 1920 } }),
      }));
    speaking.send({
      type: 'speech',
      timeline: {
        turnId: 't1',
        events: [
          { viseme: 'aa', phoneme: 'aa', startSample: 0, peakSample: 2400, endSample: 9600, weight: 1, mouthOpen: 1 },
        ],
      },
    });
    const bytes = async (face: Face, turnId?: string) => {
      for (const [frame, each] of instants(turnId).entries())
        face.send({ type: 'render', frame, instant: each, keyframe: frame === 0 });
      const pictures = [await face.next(), await face.next(), await face.next(), await face.next()];
      return pictures.map(picture => (picture.type === 'picture' ? Buffer.from(picture.payload).toString('hex') : ''));
    };
    const [loud, quiet] = await Promise.all([bytes(speaking, 't1'), bytes(silent)]);
    expect(loud.at(-1)).not.toBe(quiet.at(-1));
    // The same as a face that is alone.
    const alone = thread.open();
    await alone.next();
    expect(await bytes(alone)).toEqual(quiet);
  });

  it('[C1] shuts a face whose media thread is gone, and one that it is told to', async () => {
    const [left, told] = [thread.open(), thread.open()];
    await Promise.all([left.next(), told.next()]);
    const gone = Promise.all([thread.shut(left), thread.shut(told)]);
    left.hangUp();
    thread.tell(told, { type: 'shut' });
    await gone;
  });
});
