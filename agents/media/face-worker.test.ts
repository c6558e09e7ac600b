import type { MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FromFace } from '../face/messages.ts';
import { FaceWorker } from './face-worker.ts';
import { PlaneShelf } from './plane-shelf.ts';

const init = { rig: 'avatars/ollie', width: 128, height: 128, frameRate: 25, bitrate: 200_000 };
let shelf: PlaneShelf;
let face: FaceWorker;
let ports: MessagePort[];
let told: string[];

function make(rig = init.rig): FaceWorker {
  [ports, told] = [[], []];
  return new FaceWorker({ ...init, rig }, shelf, {
    port: port => ports.push(port),
    replaced: (reason, message) => told.push(`replaced: ${reason}, ${message}`),
    failed: message => told.push(`failed: ${message}`),
  });
}
const next = (port: MessagePort) => new Promise<FromFace>(resolve => port.once('message', resolve));

beforeEach(() => {
  shelf = new PlaneShelf();
  face = make();
});
afterEach(async () => {
  const closed = face.close();
  face.terminate();
  await closed;
});

describe('the face thread of a conversation', { timeout: 30_000 }, () => {
  it('[T6] is replaced when it is lost, without a pause the first time', async () => {
    expect(await next(face.start())).toMatchObject({ type: 'ready' });
    face.proved();
    face.lost('hung', 'no picture came');
    expect(told).toEqual(['replaced: hung, no picture came']);
    await vi.waitUntil(() => ports.length === 1, 1000);
    expect(await next(ports[0]!)).toMatchObject({ type: 'ready' });
  });

  it('that is lost again and again is started less and less often', async () => {
    face.start();
    face.proved();
    const beganMs = performance.now();
    for (let i = 1; i <= 3; i++) {
      face.lost('failing', 'again');
      await vi.waitUntil(() => ports.length === i, 5000);
    }
    // At once, after 0.5 s, after 1 s.
    expect(performance.now() - beganMs).toBeGreaterThan(1400);
    expect(told).toHaveLength(3);
  });

  it('that could never be drawn is not tried again', async () => {
    const first = next(face.start());
    await first;
    face.lost('not-started', 'no such rig');
    expect(told).toEqual(['failed: no such rig']);
    expect(ports).toEqual([]);
  });

  it('[C1] leaves nothing on the shelf', async () => {
    expect(await next(face.start())).toMatchObject({ type: 'ready' });
    expect(shelf.of('avatars/ollie').size).toBe(1);
    const closed = face.close();
    face.terminate();
    await closed;
    expect(shelf.of('avatars/ollie').size).toBe(0);
  });
});

describe('the shelf of pictures', () => {
  it('keeps what somebody uses, and the first of two that are the same', () => {
    const [ann, bob] = [{}, {}];
    const data = new SharedArrayBuffer(8);
    shelf.use(ann, '/a/rig', 'rig-512x512-1', data);
    shelf.use(bob, '/a/rig', 'rig-512x512-1', new SharedArrayBuffer(8));
    // Every portrait's folder has the same name.
    shelf.use(bob, '/b/rig', 'rig-512x512-2', new SharedArrayBuffer(8));
    expect([...shelf.of('/a/rig')]).toEqual([['rig-512x512-1', data]]);
    expect(shelf.of('/a/rig').get('rig-512x512-1')).toBe(data);
    shelf.release(ann);
    expect(shelf.of('/a/rig').size).toBe(1);
    shelf.release(bob);
    shelf.release(bob);
    expect([shelf.of('/a/rig').size, shelf.of('sarah').size]).toEqual([0, 0]);
  });
});
