import { createDecoder } from 'libopus-wasm';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../protocol/conversation.ts';
import { CallLog } from './log.ts';
import { levelOf, Microphone, noiseFor } from './microphone.ts';
import { SoundTimes } from './sound-times.ts';

const RATE = 16_000;
const tone = (seconds: number, level: number) =>
  Int16Array.from({ length: seconds * RATE }, (_, i) => level * Math.sin((2 * Math.PI * 440 * i) / RATE));

describe('the microphone of a caller', () => {
  it('says a line frame by frame and tells when; else it is quiet', async () => {
    const microphone = await Microphone.open(undefined, () => 0);
    const decoder = await createDecoder({ sampleRate: RATE, channels: 1 });
    const level = () => levelOf(Int16Array.from(decoder.decode(microphone.frame())));
    const quiet = level();
    const said = microphone.say(tone(0.2, 8000));
    const levels = Array.from({ length: 10 }, level);
    const { beganMs, endedMs } = await said;
    for (let i = 0; i < 5; i++) level();
    expect(quiet).toBeLessThan(50);
    expect(levels.at(-1)).toBeGreaterThan(3000);
    expect(level()).toBeLessThan(50);
    expect(endedMs).toBeGreaterThanOrEqual(beganMs);
    microphone.close();
    decoder.free();
  });

  it.each(['pink', 'music', 'keyboard', 'coughs'] as const)('has %s around it, as loud as is wanted', kind => {
    const speech = tone(1, 8000);
    const noise = noiseFor({ kind, snrDb: 20 }, speech);
    const rms = Math.sqrt(noise.reduce((sum, sample) => sum + sample * sample, 0) / noise.length);
    expect(20 * Math.log10(levelOf(speech) / rms)).toBeCloseTo(20, 1);
  });

  it('measures a voice by what it says, whatever its pauses', () => {
    const pausing = new Int16Array(4 * RATE);
    pausing.set(tone(1, 8000), RATE);
    expect(levelOf(pausing) / levelOf(tone(1, 8000))).toBeCloseTo(1, 2);
    expect(levelOf(new Int16Array(0))).toBe(0);
  });
});

describe('when the avatar is heard', () => {
  it('is known by its packets, and what is between two words is no silence', () => {
    const sounds = new SoundTimes();
    expect(sounds.isSounding(0)).toBe(false);
    for (let ms = 1000; ms <= 1400; ms += 20) sounds.heard(ms);
    sounds.heard(1400);
    expect([999, 1000, 1500, 1800].map(ms => sounds.isSounding(ms))).toEqual([false, true, true, false]);
    expect(sounds.during({ beganMs: 1300, endedMs: 3000 })).toEqual({ forMs: 120, lastAfterMs: 100 });
    expect(sounds.during({ beganMs: 1500, endedMs: 3000 })).toEqual({ forMs: 0, lastAfterMs: 0 });
  });
});

describe('what is written down of a call', () => {
  const entry = (over: Partial<LogEntry>): LogEntry => ({
    id: 'a',
    turnId: 't',
    speaker: 'avatar',
    speakerName: 'Sarah',
    role: 'avatar',
    source: 'voice',
    text: 'Well',
    final: false,
    atMs: 0,
    ...over,
  });

  it('belongs to the line in which it appeared, as it is in the end', () => {
    const log = new CallLog([{ id: 'sarah', name: 'Sarah' }]);
    log.told(entry({}));
    log.felt('t', 'sad');
    log.felt('t', 'neutral');
    expect(log.isAnswered(0)).toBe(false);
    const line = log.nextLine();
    log.told(entry({ id: 'b', role: 'user', text: 'Stop.' }));
    log.told(entry({ id: 'c', role: 'user', text: 'cough' }));
    log.takenBack('c');
    log.told(entry({ text: 'Well, let', final: true, interrupted: true }));
    log.told(entry({ id: 'd', turnId: 'u', speakerName: 'Mo', text: 'Yes.', final: true }));
    expect(log.answerTo(0)).toEqual([{ persona: 'sarah', text: 'Well, let', feeling: 'sad', interrupted: true }]);
    expect(log.answerTo(line)).toEqual([{ persona: 'Mo', text: 'Yes.' }]);
    expect(log.heardOf(line)).toBe('Stop.');
    expect([log.isSpokenTo(line), log.isSpokenTo(9)]).toEqual([true, false]);
    expect([log.isAnswered(0), log.isAnswered(line), log.isAnswered(9)]).toEqual([true, true, false]);
  });

  it('belongs to the later line where an answer is begun anew, because the caller went on [L1]', () => {
    const log = new CallLog([]);
    log.told(entry({ text: 'I listen' }));
    const line = log.nextLine();
    log.told(entry({ text: 'I listen, I', final: true }));
    expect(log.answerTo(line)).toEqual([]);
    log.told(entry({ text: 'Ollie' }));
    log.told(entry({ text: 'Ollie is my name.', final: true }));
    expect(log.answerTo(0)).toEqual([]);
    expect(log.answerTo(line)).toMatchObject([{ text: 'Ollie is my name.' }]);
  });
});
