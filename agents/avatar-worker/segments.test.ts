import { describe, expect, it } from 'vitest';
import { SPEECH_RATE } from '../base/rates.ts';
import type { SpokenChunk } from '../perform/port.ts';
import { METHOD, Segments } from './segments.ts';

const RATE = 16_000;
const ATTRIBUTES = { sample_rate: String(RATE), num_channels: '1' };
/** A tone of so many milliseconds. */
const tone = (ms: number): Buffer => {
  const out = Buffer.alloc((RATE * ms * 2) / 1000);
  for (let i = 0; i < out.length / 2; i++) out.writeInt16LE(Math.round(8000 * Math.sin(i / 5)), 2 * i);
  return out;
};

function scene() {
  let nowMs = 0;
  const calls: [string, string][] = [];
  const told: { method: string; payload: unknown }[] = [];
  const refused: string[] = [];
  const chunks = new Map<string, SpokenChunk[]>();
  const segments = new Segments(
    {
      begin: turnId => void calls.push(['begin', turnId]),
      speech: (turnId, chunk) => void chunks.set(turnId, [...(chunks.get(turnId) ?? []), chunk]),
      complete: turnId => void calls.push(['complete', turnId]),
      cancel: turnId => void calls.push(['cancel', turnId]),
    },
    {
      tell: (method, payload) => void told.push({ method, payload: payload === '' ? '' : JSON.parse(payload) }),
      refused: reason => void refused.push(reason),
    },
    () => nowMs,
  );
  const begin = (streamId: string, attributes: Record<string, string> = ATTRIBUTES) =>
    segments.begin({ streamId, attributes });
  const samplesOf = (turnId: string) => (chunks.get(turnId) ?? []).reduce((sum, { pcm }) => sum + pcm.length, 0);
  return {
    segments,
    begin,
    calls,
    told,
    refused,
    chunks,
    samplesOf,
    at: (ms: number) => {
      nowMs = ms;
    },
  };
}
const finished = (seconds: number, interrupted: boolean) => ({
  method: METHOD.finished,
  payload: { playback_position: seconds, interrupted },
});

describe('a segment of an agent’s voice', () => {
  it('is spoken as long as it is, whatever its pieces, with a mouth that moves', () => {
    const { begin, calls, samplesOf, chunks } = scene();
    const sink = begin('a')!;
    const sound = tone(500);
    for (let at = 0; at < sound.length; at += 777) sink.bytes(sound.subarray(at, at + 777));
    sink.end();
    expect(calls).toEqual([
      ['begin', 'a'],
      ['complete', 'a'],
    ]);
    expect(samplesOf('a')).toBe(SPEECH_RATE / 2);
    const events = chunks.get('a')!.flatMap(each => each.events);
    expect(events.length).toBeGreaterThan(10);
    expect(events.every(({ startSample, endSample }) => startSample <= endSample && endSample <= SPEECH_RATE / 2)).toBe(
      true,
    );
  });

  it('is told to begin and to have ended, once each', () => {
    const { begin, segments, told } = scene();
    const sink = begin('a')!;
    sink.bytes(tone(200));
    sink.end();
    segments.progressed({ turnId: 'a', samples: 960, dueUnixMs: 0, started: true });
    segments.progressed({ turnId: 'a', samples: 9600, dueUnixMs: 200, done: true });
    segments.progressed({ turnId: 'a', samples: 9600, dueUnixMs: 200, done: true });
    expect(told).toEqual([{ method: METHOD.started, payload: '' }, finished(0.2, false)]);
    expect(segments.isSpeaking).toBe(false);
  });

  it('is begun when there is enough of it for no gap to follow', () => {
    const { begin, samplesOf } = scene();
    const sink = begin('a')!;
    sink.bytes(tone(200));
    expect(samplesOf('a')).toBe(0);
    sink.bytes(tone(200));
    expect(samplesOf('a')).toBeGreaterThan(SPEECH_RATE / 4);
  });

  it('waits for the one before, and loses nothing of what came meanwhile', () => {
    const { begin, segments, calls, samplesOf } = scene();
    const [first, second] = [begin('a')!, begin('b')!];
    first.bytes(tone(100));
    second.bytes(tone(300));
    second.end();
    first.end();
    expect(calls).toEqual([
      ['begin', 'a'],
      ['complete', 'a'],
    ]);
    segments.progressed({ turnId: 'a', samples: 4800, dueUnixMs: 0, done: true });
    expect(calls.slice(2)).toEqual([
      ['begin', 'b'],
      ['complete', 'b'],
    ]);
    expect(samplesOf('b')).toBe((SPEECH_RATE * 3) / 10);
  });

  it('without a sound has ended as soon as it began', () => {
    const { begin, told, segments } = scene();
    begin('a')!.end();
    expect(told).toEqual([finished(0, false)]);
    expect(segments.isSpeaking).toBe(false);
  });
});

describe('an agent that clears what it sent', () => {
  it('is told how far it was heard, and what comes of it later is thrown away', () => {
    const { begin, segments, calls, told, samplesOf, at } = scene();
    const sink = begin('a')!;
    sink.bytes(tone(1000));
    segments.progressed({ turnId: 'a', samples: SPEECH_RATE / 2, dueUnixMs: 500, started: true });
    at(540);
    segments.clear();
    const before = samplesOf('a');
    sink.bytes(tone(1000));
    sink.end();
    expect(samplesOf('a')).toBe(before);
    expect(calls).toEqual([
      ['begin', 'a'],
      ['cancel', 'a'],
    ]);
    expect(told).toEqual([{ method: METHOD.started, payload: '' }, finished(0.54, true)]);
  });

  it('is told of each segment that it cleared, and nothing where there was none', () => {
    const { begin, segments, told } = scene();
    segments.clear();
    expect(told).toEqual([]);
    for (const id of ['a', 'b']) begin(id);
    segments.clear();
    expect(told).toEqual([finished(0, true), finished(0, true)]);
    expect(begin('c')).toBeDefined();
  });
});

describe('what cannot be spoken', () => {
  it.each([
    [{ sample_rate: '16000', num_channels: '2' }, 'one channel'],
    [{ sample_rate: '96000', num_channels: '1' }, 'sample rate'],
    [{ sample_rate: 'x', num_channels: '1' }, 'sample rate'],
    [{}, 'sample rate'],
  ] as [Record<string, string>, string][])('is refused: %j', (attributes, why) => {
    const { begin, refused } = scene();
    expect(begin('a', attributes)).toBeUndefined();
    expect(refused[0]).toContain(why);
  });

  it('is refused where too much of it waits', () => {
    const { begin } = scene();
    const taken = Array.from({ length: 20 }, (_, i) => begin(`s${i}`)).filter(sink => sink !== undefined);
    expect(taken).toHaveLength(16);
  });
});
