import type { MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FromFace } from '../face/messages.ts';
import { FaceThreads } from './face-threads.ts';
import { FaceWorker } from './face-worker.ts';

const init = { rig: 'avatars/ollie', width: 128, height: 128, frameRate: 25, bitrate: 200_000 };
let threads: FaceThreads;
let face: FaceWorker;
let ports: MessagePort[];
let told: string[];

function make(): FaceWorker {
  return new FaceWorker(init, threads, {
    port: port => ports.push(port),
    replaced: (reason, message) => told.push(`replaced: ${reason}, ${message}`),
    failed: message => told.push(`failed: ${message}`),
  });
}
const next = (port: MessagePort) => new Promise<FromFace>(resolve => port.once('message', resolve));

beforeEach(() => {
  threads = new FaceThreads(1);
  [ports, told] = [[], []];
  face = make();
});
afterEach(async () => {
  const closed = face.close();
  face.terminate();
  await closed;
  await threads.close();
});

describe('the face of a conversation', { timeout: 30_000 }, () => {
  it('[T6] is replaced when it is lost, without a pause the first time', async () => {
    expect(await next(face.start())).toMatchObject({ type: 'ready' });
    face.proved();
    face.lost('hung', 'no picture came');
    expect(told).toEqual(['replaced: hung, no picture came']);
    await vi.waitUntil(() => ports.length === 1, 10_000);
    expect(await next(ports[0]!)).toMatchObject({ type: 'ready' });
  });

  it('is replaced when its thread is ended because of another face, and what that face says then is too late', async () => {
    const other = make();
    await Promise.all([next(face.start()), next(other.start())]);
    face.proved();
    other.proved();
    other.lost('hung', 'no picture came', 1);
    expect(told).toEqual(['replaced: hung, something else on its face thread hung', 'replaced: hung, no picture came']);
    await vi.waitUntil(() => ports.length === 2, 10_000);
    // It had waited for its picture as long as the other.
    face.lost('hung', 'no picture came', 1);
    expect(told).toHaveLength(2);
    other.terminate();
    await other.close();
  });

  it('that is lost again and again is opened less and less often', async () => {
    face.start();
    face.proved();
    const beganMs = performance.now();
    for (let i = 1; i <= 3; i++) {
      face.lost('failing', 'again');
      await vi.waitUntil(() => ports.length === i, 10_000);
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
});
