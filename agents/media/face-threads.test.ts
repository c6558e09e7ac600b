import type { MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FromFace, ToFace } from '../face/messages.ts';
import { FaceThreads, type OpenFace } from './face-threads.ts';
import { PlaneShelf } from './plane-shelf.ts';

const init = { rig: 'avatars/ollie', width: 128, height: 128, frameRate: 25, bitrate: 200_000 };
const instant = { atMs: 0, state: 'idle', emotion: 'neutral', intensity: 0 } as const;
let threads: FaceThreads;
let lost: string[];

const open = (name: string) => threads.open(init, (reason, message) => lost.push(`${name} ${reason}: ${message}`));
const next = (port: MessagePort) => new Promise<FromFace>(resolve => port.once('message', resolve));
const tell = ({ port }: OpenFace, message: ToFace) => port.postMessage(message);

beforeEach(() => {
  threads = new FaceThreads(2);
  lost = [];
});
afterEach(() => threads.close());

describe('the face threads of a process', { timeout: 30_000 }, () => {
  it('share the faces out among them, and take no more threads than they may', async () => {
    const faces = ['ann', 'bob', 'cat'].map(open);
    await Promise.all(faces.map(({ port }) => next(port)));
    expect(threads.loads).toEqual([2, 1]);
    tell(faces[0]!, { type: 'close' });
    await faces[0]!.closed;
    expect(threads.loads).toEqual([1, 1]);
    const again = ['dan', 'eve'].map(open);
    await Promise.all(again.map(({ port }) => next(port)));
    expect(threads.loads).toEqual([2, 2]);
  });

  it('[T6] one that is given up is ended; its other faces are told, those of other threads are not', async () => {
    const [ann, bob, cat] = ['ann', 'bob', 'cat'].map(open) as [OpenFace, OpenFace, OpenFace];
    await Promise.all([ann, bob, cat].map(({ port }) => next(port)));
    ann.giveUp();
    await Promise.all([ann.closed, cat.closed]);
    expect(lost).toEqual(['cat hung: something else on its face thread hung']);
    expect(threads.loads).toEqual([1]);
    tell(bob, { type: 'render', frame: 7, instant, keyframe: false });
    expect(await next(bob.port)).toMatchObject({ type: 'picture', frame: 7 });
    await next(open('dan').port);
    expect(threads.loads).toEqual([1, 1]);
  });

  it('[C1] closes a face whose line nobody holds, and in the end all threads, without a word to anybody', async () => {
    const [ann, bob] = ['ann', 'bob'].map(open) as [OpenFace, OpenFace];
    ann.shut();
    await ann.closed;
    await threads.close();
    await bob.closed;
    expect([lost, threads.loads]).toEqual([[], []]);
  });
});

describe('the shelf of pictures', () => {
  it('keeps what somebody uses, and the first of two that are the same', () => {
    const shelf = new PlaneShelf();
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
