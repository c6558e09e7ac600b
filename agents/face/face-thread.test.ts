import { once } from 'node:events';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import type { Detail, Instant } from './avatar.ts';
import type { FaceThreadInit, FromFace, ToFace } from './messages.ts';

const init: FaceThreadInit = { rig: 'avatars/ollie', width: 512, height: 512, frameRate: 25, bitrate: 600_000 };
const instant: Instant = { atMs: 0, state: 'speaking', emotion: 'neutral', intensity: 0 };

class Face {
  readonly worker: Worker;
  readonly #port: MessagePort;
  readonly #waiting: ((message: FromFace) => void)[] = [];
  readonly #received: FromFace[] = [];

  constructor(options: Partial<FaceThreadInit> = {}) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const workerData = { init: { ...init, ...options }, port: port2 };
    this.worker = new Worker(new URL('./face-thread.ts', import.meta.url), { workerData, transferList: [port2] });
    port1.on('message', (message: FromFace) => {
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
}

let face: Face;
afterEach(() => face.worker.terminate());

describe('face thread', () => {
  it('gets ready, answers every render in order with its frame, and ends by itself when closed', async () => {
    face = new Face();
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
    const exit = once(face.worker, 'exit');
    face.send({ type: 'close' });
    expect(await exit).toEqual([0]);
  }, 20_000);

  it('draws with less detail when asked to, in smaller pictures that begin with a keyframe', async () => {
    face = new Face({ width: 1280, height: 720, bitrate: 1_500_000 });
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
    for (let tries = 0; sizes.length < 2 && tries < 100; tries++) {
      await ask('small');
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    await ask('still');
    await ask('full');
    expect(sizes).toEqual(['1280x720', '512x288', '1280x720']);
  }, 30_000);

  it('says what failed and goes on', async () => {
    face = new Face();
    await face.next();
    const broken = { ...instant, emotion: 'bored' as Instant['emotion'], intensity: 1 };
    face.send({ type: 'render', frame: 0, instant: broken, keyframe: false });
    expect(await face.next()).toMatchObject({ type: 'failed' });
    face.send({ type: 'render', frame: 1, instant: { ...instant, atMs: 5000 }, keyframe: false });
    expect(await face.next()).toMatchObject({ type: 'picture', frame: 1 });
  }, 20_000);

  it.each([
    [{ rig: 'avatars/nobody' }, /no readable rig.json/],
    [{ width: 500 }, /500x512 cannot be drawn: both must be multiples of 16/],
  ])(
    'says why it cannot start with %o, and ends',
    async (options, message) => {
      face = new Face(options);
      const exit = once(face.worker, 'exit');
      expect(await face.next()).toMatchObject({ type: 'failed', message: expect.stringMatching(message) });
      expect(await exit).toEqual([0]);
    },
    20_000,
  );
});
