import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestVoice } from '../../test/harness/voice.ts';
import { LISTEN_RATE, SPEECH_RATE } from '../base/rates.ts';
import { Resampler } from '../speak/resample.ts';
import { EchoGate, type Gated, SentSound } from './echo-gate.ts';

const FRAME = LISTEN_RATE / 50;
const SENT_FRAME = SPEECH_RATE / 50;
const LOUD = 300;
/** A room: later and softer copies, ms and factor. */
const ROOM = [
  [0, 1],
  [23, 0.4],
  [57, 0.25],
  [91, 0.15],
] as const;
const STORY =
  'Once upon a time there was a lighthouse on a small island, and in it lived an old man who loved the sea. Every evening he lit the lamp.';

let avatar: Int16Array;
let person: Int16Array;
const voice = new TestVoice();
beforeAll(async () => {
  avatar = await voice.say(STORY, 'slt');
  person = await voice.say('Wait a moment please, I have a question about that.', 'rms');
});
afterAll(() => voice.close());

interface Scene {
  /** How loud the avatar comes back, against what was sent; undefined: not at all. */
  echoDb?: number;
  delayMs?: number;
  /** When a person speaks over it. */
  personMs?: number;
}

/** Frames of 20 ms that came through, in order; `loud` ones carry a voice. */
function heard({ echoDb, delayMs = 150, personMs }: Scene): { loud: boolean[]; heldFrames: number } {
  const length = avatar.length + LISTEN_RATE;
  const gain = echoDb === undefined ? 0 : 10 ** (echoDb / 20);
  const at = (ms: number) => Math.round((ms * LISTEN_RATE) / 1000);
  const microphone = Int16Array.from({ length }, (_, i) => {
    const echo = ROOM.reduce((sum, [ms, share]) => sum + share * (avatar[i - at(delayMs + ms)] ?? 0), 0);
    const own = personMs === undefined ? 0 : (person[i - at(personMs)] ?? 0);
    const noise = 6 * Math.sin(i * i * 0.7);
    return Math.max(-32_768, Math.min(32_767, gain * echo + own + noise));
  });
  const resampler = new Resampler(LISTEN_RATE, SPEECH_RATE);
  const sent = Int16Array.from([...resampler.push(avatar), ...resampler.flush()]);
  const air = new SentSound();
  const gate = new EchoGate(air);
  const passed: Gated[] = [];
  let heldFrames = 0;
  for (let i = 0; (i + 1) * FRAME <= length; i++) {
    passed.push(...gate.push({ pcm: microphone.slice(i * FRAME, (i + 1) * FRAME), audible: true }));
    heldFrames = Math.max(heldFrames, i + 1 - passed.length);
    const out = sent.subarray(i * SENT_FRAME, (i + 1) * SENT_FRAME);
    air.push(out.length === SENT_FRAME ? out : undefined);
  }
  return { loud: passed.map(({ pcm, audible }) => audible && pcm.some(sample => Math.abs(sample) > LOUD)), heldFrames };
}

const longestRun = (loud: readonly boolean[]) =>
  loud.reduce(([longest, run], is) => [Math.max(longest, is ? run + 1 : 0), is ? run + 1 : 0] as [number, number], [
    0, 0,
  ] as [number, number])[0];

describe('[L2] the avatar’s voice out of a loudspeaker', () => {
  it.each([
    [-20, 150],
    [-8, 150],
    [0, 150],
    [-8, 317],
    [0, 403],
  ])('is not heard at %i dB, %i ms late: no two frames of it make a start', (echoDb, delayMs) =>
    expect(longestRun(heard({ echoDb, delayMs }).loud)).toBeLessThan(3));

  it.each([-20, -8])('does not cover a person who speaks over it, at %i dB: heard within 200 ms', echoDb => {
    const { loud } = heard({ echoDb, personMs: 4000 });
    const spoken = loud.slice(4000 / 20);
    expect(spoken.findIndex(Boolean) * 20).toBeLessThan(200);
    expect(spoken.filter(Boolean).length * 20).toBeGreaterThan(1500);
  });

  it('leaves a person alone where nothing comes back, and holds nothing back after the first second', () => {
    const { loud, heldFrames } = heard({ personMs: 4000 });
    expect(loud.slice(4000 / 20).findIndex(Boolean) * 20).toBeLessThan(60);
    expect(heldFrames).toBe(0);
  });

  it('holds a person who speaks at once back for a quarter of a second at most', () =>
    expect(heard({ personMs: 100 }).heldFrames * 20).toBeLessThanOrEqual(260));
});
