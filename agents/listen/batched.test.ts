import { beforeEach, describe, expect, it } from 'vitest';
import { ProviderError } from '../base/errors.ts';
import { LISTEN_RATE } from '../base/rates.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { batched } from './batched.ts';
import { fallbackRecognizer } from './fallback.ts';
import { meteredStream } from './metered.ts';
import type { RecognitionCapabilities, SpeechToText } from './ports.ts';

const FRAME = LISTEN_RATE / 50;
const seconds = (count: number) => Array.from({ length: count * 50 }, () => new Int16Array(FRAME));

let clock: VirtualClock;
let asked: { seconds: number; final: boolean }[];
let fails: Error | undefined;
const asr: SpeechToText = {
  transcribe: async (pcm, { final }) => {
    asked.push({ seconds: pcm.length / LISTEN_RATE, final });
    if (fails !== undefined) throw fails;
    return { text: `${pcm.length / LISTEN_RATE} s` };
  },
};
const open = (partials: RecognitionCapabilities['partials']) => {
  const told: string[] = [];
  const stream = batched(asr, clock, { partials, words: false }).open('ann', { partial: text => told.push(text) });
  const say = async (count: number) => {
    for (const pcm of seconds(count)) {
      stream.push(pcm);
      await clock.advance(20);
    }
  };
  return { stream, told, say, settle: () => stream.settle({ signal: new AbortController().signal }) };
};

beforeEach(() => {
  clock = new VirtualClock();
  [asked, fails] = [[], undefined];
});

describe('a recognizer of whole utterances, made a stream', () => {
  it('is asked for the words so far where that costs nothing', async () => {
    const { told, say, settle } = open('cheap');
    await say(3);
    expect(asked.length).toBeGreaterThan(3);
    expect(told).toHaveLength(asked.length);
    expect((await settle()).text).toBe('3 s');
  });

  it.each([
    'paid',
    'none',
  ] as const)('is asked once for each pause, and for nothing between, where it is %s', async partials => {
    const { told, say, settle } = open(partials);
    await say(20);
    expect([asked, told]).toEqual([[], []]);
    expect((await settle()).text).toBe('20 s');
    expect(asked).toEqual([{ seconds: 20, final: true }]);
  });

  it('is not asked for the words so far once somebody may have paused: that reading must not wait', async () => {
    const { stream, say } = open('cheap');
    await say(1);
    const before = asked.length;
    for (const pcm of seconds(2)) {
      stream.push(pcm, false);
      await clock.advance(20);
    }
    expect(asked).toHaveLength(before);
    await say(1);
    expect(asked.length).toBeGreaterThan(before);
  });

  it('is not asked for the words so far while it reads a pause', async () => {
    const { stream, say } = open('cheap');
    await say(1);
    const before = asked.length;
    const stop = new AbortController();
    const reading = stream.settle({ signal: stop.signal });
    await say(2);
    expect(asked.slice(before)).toEqual([{ seconds: 1, final: true }]);
    await reading;
    stop.abort(new Error('they went on'));
    await say(1);
    expect(asked.length).toBeGreaterThan(before + 1);
  });

  it('tells what a recognizer fails with that will not mend', async () => {
    fails = new ProviderError('auth', 'no', { retryable: false });
    const { say, settle } = open('none');
    await say(1);
    await expect(settle()).rejects.toBe(fails);
  });
});

describe('a recognizer behind another', () => {
  const other = batched(
    { transcribe: async pcm => ({ text: `other ${pcm.length / LISTEN_RATE} s` }) },
    new VirtualClock(),
  );
  const pair = () => {
    const failures: string[] = [];
    const first = batched(asr, clock, { partials: 'none', words: false });
    const both = fallbackRecognizer(first, other, clock, error => failures.push(error.category));
    const stream = both.open('ann', { partial: () => {} });
    const say = (count: number) => {
      for (const pcm of seconds(count)) stream.push(pcm);
    };
    return {
      failures,
      stream,
      say,
      settle: async () => (await stream.settle({ signal: new AbortController().signal })).text,
    };
  };

  it('reads what was said to the first, where that fails, and all that follows for a while', async () => {
    fails = new ProviderError('auth', 'no', { retryable: false });
    const { failures, stream, say, settle } = pair();
    say(2);
    expect(await settle()).toBe('other 2 s');
    say(1);
    expect(await settle()).toBe('other 3 s');
    stream.discard();
    say(1);
    expect(await settle()).toBe('other 1 s');
    expect(failures).toEqual(['auth']);
    fails = undefined;
    stream.discard();
    await clock.advance(10_000);
    say(1);
    expect(await settle()).toBe('1 s');
  });

  it('hears nothing while the first does well', async () => {
    const { failures, say, settle } = pair();
    say(2);
    expect(await settle()).toBe('2 s');
    expect(failures).toEqual([]);
  });
});

describe('a stream that is counted', () => {
  it('counts its sound once, and each reading', async () => {
    const ended: string[] = [];
    let audioSeconds = 0;
    const meter = {
      call: () => ({ first: () => {}, end: (outcome: string) => void ended.push(outcome) }),
      used: (usage: { audioSeconds?: number }) => {
        audioSeconds += usage.audioSeconds ?? 0;
      },
    };
    const stream = meteredStream(batched(asr, clock), meter).open('ann', { partial: () => {} });
    for (const pcm of seconds(2)) stream.push(pcm);
    await stream.settle({ signal: new AbortController().signal });
    for (const pcm of seconds(1)) stream.push(pcm);
    await stream.settle({ signal: new AbortController().signal });
    await stream.settle({ signal: AbortSignal.abort(new Error('x')) }).catch(() => {});
    expect(audioSeconds).toBe(3);
    expect(ended).toEqual(['ok', 'ok', 'cancelled']);
  });
});
