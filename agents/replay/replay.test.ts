import { describe, expect, it } from 'vitest';
import { LISTEN_RATE } from '../base/rates.ts';
import { batched } from '../listen/batched.ts';
import { type Manifest, RECORDING_VERSION } from '../tape/format.ts';
import type { Recorded } from '../tape/read.ts';
import { fakeVad, PERSONA } from '../testing/scene.ts';
import type { ReplyPart } from '../think/ports.ts';
import { compare } from './compare.ts';
import { type ReplayParts, recordedOutcome, replay } from './replay.ts';
import { ReplayClock } from './replay-clock.ts';
import { virtualAsr } from './virtual-parts.ts';

const FRAME_MS = 20;
const START_UNIX_MS = 1_700_000_000_000;

const MANIFEST: Manifest = {
  version: RECORDING_VERSION,
  conversation: '6b0f3a52-9a3f-4f0b-9d25-0a52b3c4d5e6',
  persona: 'test',
  setup: { dialogue: 'embedded', speech: 'embedded' },
  configDigest: '',
  avatar: 'avatar',
  startedUnixMs: START_UNIX_MS,
};

/** Ann with an open microphone, who speaks from one time to the other, ms. */
function recorded(lengthMs: number, ...speaks: [number, number][]): Recorded {
  return {
    manifest: MANIFEST,
    events: [
      { ms: 0, type: 'joined', person: 0, identity: 'ann', name: 'Ann' },
      { ms: 0, type: 'listen', identity: 'ann' },
    ],
    sound: Array.from({ length: lengthMs / FRAME_MS }, (_, i) => {
      const ms = (i + 1) * FRAME_MS;
      const loud = speaks.some(([from, to]) => ms > from && ms <= to);
      return { ms, identity: 'ann', audible: true, pcm: new Int16Array(LISTEN_RATE / 50).fill(loud ? 1000 : 0) };
    }),
  };
}

interface Took {
  asrMs?: number;
  tokenMs?: number;
  soundMs?: number;
  text?: string;
}

/** Replays with providers that take so long, on a stopwatch of our own. */
async function held(recording: Recorded, { asrMs = 0, tokenMs = 0, soundMs = 0, text = 'What is your name?' }: Took) {
  let stopwatchMs = 0;
  const clock = new ReplayClock(START_UNIX_MS, () => stopwatchMs);
  const parts: ReplayParts = {
    vad: fakeVad,
    recognizer: batched(
      virtualAsr(
        {
          transcribe: async () => {
            stopwatchMs += asrMs;
            return { text };
          },
        },
        clock,
      ),
      clock,
    ),
    dialogue: {
      name: 'timed',
      async *reply(): AsyncGenerator<ReplyPart> {
        stopwatchMs += tokenMs;
        yield { type: 'text', text: 'My name is Ollie.' };
      },
    },
    tts: {
      capabilities: { phones: false, voices: { known: [], closed: true }, prosody: false },
      async *speak(sentence) {
        stopwatchMs += soundMs;
        yield { text: sentence, sampleRate: 48_000, pcm: new Int16Array(3 * 48_000), mouth: [] };
      },
      close: async () => {},
    },
    persona: PERSONA,
  };
  const outcome = await replay(recording, parts, clock);
  return { outcome, clock, stopwatchMs };
}

const figures = async (recording: Recorded, took: Took) => {
  const { outcome } = await held(recording, took);
  return compare(recordedOutcome(recording), outcome).turns[0]?.replayed?.figures;
};

describe('a replay', () => {
  const question = recorded(4000, [500, 1500]);

  it('hears and answers what was recorded', async () => {
    const { outcome } = await held(question, {});
    expect(outcome.entries.map(({ speaker, text }) => [speaker, text])).toEqual([
      ['ann', 'What is your name?'],
      ['avatar', 'My name is Ollie.'],
    ]);
    expect(outcome.entries[0]?.atMs).toBeGreaterThanOrEqual(START_UNIX_MS + 500);
    expect(outcome.traces).toMatchObject([{ source: 'voice', outcome: 'completed', sounded: true }]);
  });

  it('shows what a provider took, to the ms', async () => {
    expect(await figures(question, { asrMs: 300, tokenMs: 450, soundMs: 70 })).toMatchObject({
      asr: 300,
      firstToken: 450,
      firstSound: 70,
    });
  });

  it('is slower by what a provider is slower', async () => {
    const [quick, slow] = [await figures(question, { tokenMs: 1000 }), await figures(question, { tokenMs: 1400 })];
    expect(slow!.voiceToVoice! - quick!.voiceToVoice!).toBe(400);
    expect(slow!.endpointing).toBe(quick!.endpointing);
  });

  it('gives the same every time', async () => {
    const took = { asrMs: 123, tokenMs: 456, soundMs: 78 };
    expect((await held(question, took)).outcome).toEqual((await held(question, took)).outcome);
  });

  it('takes no longer than its providers: ten minutes pass in a moment', async () => {
    const { clock, outcome, stopwatchMs } = await held(recorded(600_000, [500, 1500], [590_000, 591_000]), {
      asrMs: 10,
    });
    expect(outcome.traces).toHaveLength(2);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(600_000);
    expect(stopwatchMs).toBeLessThan(200);
  });

  it('lets somebody speak over an answer where they did', async () => {
    const { outcome } = await held(recorded(8000, [500, 1500], [3500, 5000]), {});
    expect(outcome.traces[0]).toMatchObject({ outcome: 'interrupted' });
    expect(outcome.entries.filter(({ role }) => role === 'user')).toHaveLength(2);
  });
});

describe('a clock of replays', () => {
  it('does not run ahead of work that goes on', async () => {
    let stopwatchMs = 0;
    const clock = new ReplayClock(0, () => stopwatchMs);
    const seen: [string, number][] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    void clock.run(() => promise).then(() => seen.push(['answer', clock.nowMs()]));
    clock.after(100, () => seen.push(['early', clock.nowMs()]));
    clock.after(300, () => seen.push(['late', clock.nowMs()]));
    const played = clock.play(1000);
    // The answer comes after 200 ms of work.
    setImmediate(() => {
      stopwatchMs = 200;
      resolve();
    });
    await played;
    expect(seen).toEqual([
      ['early', 100],
      ['answer', 200],
      ['late', 300],
    ]);
  });

  it('passes a failure on when it happened', async () => {
    let stopwatchMs = 0;
    const clock = new ReplayClock(0, () => stopwatchMs);
    const failed = clock.run(async () => {
      stopwatchMs += 50;
      throw new Error('quota');
    });
    const at = failed.catch(() => clock.nowMs());
    await clock.play(1000);
    await expect(failed).rejects.toThrow('quota');
    expect(await at).toBe(50);
  });
});
