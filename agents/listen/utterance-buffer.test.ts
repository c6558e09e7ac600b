import { beforeEach, describe, expect, it } from 'vitest';
import { LISTEN_RATE } from '../base/rates.ts';
import { UtteranceBuffer } from './utterance-buffer.ts';

const FRAME = LISTEN_RATE / 50;
const PREROLL = LISTEN_RATE * 0.35;

let buffer: UtteranceBuffer;
let pushed: number;
beforeEach(() => {
  buffer = new UtteranceBuffer();
  pushed = 0;
});
/** Frames whose samples count up, modulo the range of a sample. */
function push(frames: number): void {
  for (let i = 0; i < frames; i++) {
    buffer.push(Int16Array.from({ length: FRAME }, (_, k) => (pushed + k) % 30_000));
    pushed += FRAME;
  }
}

describe('the audio of an utterance', () => {
  it('is taken whole and in order', () => {
    push(3);
    expect([...buffer.take(buffer.position)]).toEqual(Array.from({ length: 3 * FRAME }, (_, i) => i));
    expect([buffer.position, buffer.length]).toEqual([3 * FRAME, 3 * FRAME]);
  });

  it('is taken up to a position', () => {
    push(4);
    expect(buffer.take(2 * FRAME + 7)).toHaveLength(2 * FRAME + 7);
    expect(buffer.take(2 * FRAME + 7).at(-1)).toBe(2 * FRAME + 6);
    expect(buffer.take(10 * FRAME)).toHaveLength(4 * FRAME);
    expect(buffer.take(-5)).toHaveLength(0);
  });

  it('keeps a little from before the start when nobody speaks, and no more', () => {
    push(500);
    buffer.trim();
    expect(buffer.length).toBeGreaterThanOrEqual(PREROLL);
    expect(buffer.length).toBeLessThan(PREROLL + FRAME);
    expect(buffer.position).toBe(500 * FRAME);
    expect(buffer.take(buffer.position).at(-1)).toBe((500 * FRAME - 1) % 30_000);
  });

  it('keeps everything while it is shorter than that', () => {
    push(5);
    buffer.trim();
    expect(buffer.length).toBe(5 * FRAME);
  });

  it('counts positions on when it is emptied', () => {
    push(10);
    buffer.clear();
    expect(buffer.take(buffer.position)).toHaveLength(0);
    push(2);
    expect(buffer.take(11 * FRAME)).toHaveLength(FRAME);
    expect(buffer.take(11 * FRAME)[0]).toBe(10 * FRAME);
  });

  it('is a copy: what comes later does not change it', () => {
    push(1);
    const taken = buffer.take(buffer.position);
    push(1);
    expect(taken).toHaveLength(FRAME);
  });
});
