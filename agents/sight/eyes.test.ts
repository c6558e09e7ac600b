import { createCanvas, loadImage } from '@napi-rs/canvas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Vp8Encoder } from '../face/vp8.ts';
import type { Reading } from '../feel/ports.ts';
import { toI420 } from '../testing/i420.ts';
import { Eyes } from './eyes.ts';

const PORTRAIT = new URL('../testing/pictures/astronaut.jpg', import.meta.url).pathname;
const SIZE = { width: 480, height: 272 };
/** The eyes give way to everybody else: on a busy machine their models take long to load. */
const WAIT_MS = 60_000;
const { signal } = new AbortController();

/** A camera that somebody sits in front of, or nobody. */
class Camera {
  readonly #encoder = new Vp8Encoder({ ...SIZE, frameRate: 12, bitrate: 400_000 });
  readonly #picture;
  #sent = 0;

  static async of(file?: string): Promise<Camera> {
    const canvas = createCanvas(SIZE.width, SIZE.height);
    const context = canvas.getContext('2d');
    context.fillStyle = '#4a5a6a';
    context.fillRect(0, 0, SIZE.width, SIZE.height);
    if (file !== undefined) context.drawImage(await loadImage(file), 104, 0, SIZE.height, SIZE.height);
    return new Camera(toI420(context.getImageData(0, 0, SIZE.width, SIZE.height)));
  }

  private constructor(picture: ReturnType<typeof toI420>) {
    this.#picture = picture;
  }

  frame(keyframe = this.#sent === 0): Uint8Array {
    this.#sent += 1;
    return this.#encoder.encode(this.#picture, keyframe).payload;
  }

  close(): void {
    this.#encoder.close();
  }
}

let eyes: Eyes;
let restarts: string[];
let camera: Camera;
beforeEach(async () => {
  restarts = [];
  eyes = new Eyes({ restarted: reason => restarts.push(reason), blind: reason => restarts.push(reason) });
  camera = await Camera.of(PORTRAIT);
});
afterEach(async () => {
  await eyes.close();
  camera.close();
});

/** Shows a camera, twelve pictures a second, until `enough`. */
async function show(stream: string, enough: () => boolean, source = camera): Promise<void> {
  const end = performance.now() + WAIT_MS;
  while (!enough() && performance.now() < end) {
    eyes.push(stream, source.frame());
    await new Promise(resolve => setTimeout(resolve, 80));
  }
  expect(enough()).toBe(true);
}

describe('the eyes of a host', () => {
  it('read the test portrait as happy', { timeout: WAIT_MS * 2 }, async () => {
    const readings: (Reading | null)[] = [];
    eyes.open('a', true, { reading: reading => readings.push(reading), lost: () => {} });
    await show('a', () => readings.length >= 3);
    for (const reading of readings) {
      const [strongest] = Object.entries(reading!.emotions).sort((a, b) => b[1] - a[1]);
      expect(strongest![0]).toBe('happy');
      expect(reading!.valence).toBeGreaterThan(0.4);
      expect(reading!.confidence).toBeGreaterThan(0.5);
    }
    // One to three a second of the twelve pictures.
    expect(eyes.stats.facesRead).toBeLessThan(eyes.stats.framesDecoded / 3);
  });

  it('say that they see no face where there is none', { timeout: WAIT_MS * 2 }, async () => {
    const empty = await Camera.of();
    const readings: (Reading | null)[] = [];
    eyes.open('a', true, { reading: reading => readings.push(reading), lost: () => {} });
    await show('a', () => readings.length > 0, empty);
    empty.close();
    expect(readings[0]).toBeNull();
  });

  it(
    'show the newest picture to whoever asks, and none of a stream that is shut',
    { timeout: WAIT_MS * 2 },
    async () => {
      const readings: unknown[] = [];
      eyes.open('a', false, { reading: reading => readings.push(reading), lost: () => {} });
      await show('a', () => eyes.stats.framesDecoded > 3);
      const image = await loadImage(Buffer.from((await eyes.look('a', { signal }))!));
      expect([image.width, image.height]).toEqual([SIZE.width, SIZE.height]);
      expect(readings).toEqual([]);
      eyes.shut('a');
      expect(await eyes.look('a', { signal })).toBeUndefined();
      eyes.open('b', false, { reading: () => {}, lost: () => {} });
      eyes.push('b', camera.frame(true));
      // Whoever asks is answered after the frames before.
      await eyes.look('b', { signal });
      const { framesDecoded } = eyes.stats;
      eyes.push('a', camera.frame());
      eyes.push('b', camera.frame());
      await eyes.look('b', { signal });
      expect(eyes.stats.framesDecoded).toBe(framesDecoded + 1);
    },
  );

  it('need a keyframe after frames that cannot be decoded', { timeout: WAIT_MS * 2 }, async () => {
    let lost = 0;
    eyes.open('a', false, { reading: () => {}, lost: () => lost++ });
    eyes.push('a', new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]));
    await show('a', () => lost > 0 && eyes.stats.framesDecoded > 2);
    expect(await eyes.look('a', { signal })).toBeDefined();
  });

  it('hold a bounded number of frames, and say that some were lost [C2]', async () => {
    let lost = 0;
    eyes.open('a', false, { reading: () => {}, lost: () => lost++ });
    for (let i = 0; i < 100; i++) eyes.push('a', camera.frame());
    expect(lost).toBeGreaterThan(50);
    expect(eyes.stats.framesDropped).toBe(lost);
  });

  it('leave nothing open, whatever is still asked', { timeout: WAIT_MS }, async () => {
    eyes.open('a', true, { reading: () => {}, lost: () => {} });
    eyes.push('a', camera.frame());
    const look = eyes.look('a', { signal });
    await eyes.close();
    expect(await look).toBeUndefined();
    eyes.open('b', true, { reading: () => {}, lost: () => {} });
    expect(await eyes.look('b', { signal })).toBeUndefined();
    expect(restarts).toEqual([]);
  });

  it('stop waiting for a picture when they are told to', async () => {
    eyes.open('a', false, { reading: () => {}, lost: () => {} });
    const abort = new AbortController();
    const look = eyes.look('a', { signal: abort.signal });
    abort.abort(new Error('never mind'));
    await expect(look).rejects.toThrow('never mind');
  });
});
