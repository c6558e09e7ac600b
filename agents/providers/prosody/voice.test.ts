import { afterAll, describe, expect, it } from 'vitest';
import { Flite } from '../flite/flite.ts';
import { VoiceArousal } from './voice.ts';
import { voiceFeatures } from './voice-features.ts';

const RATE = 16_000;
/** A buzz with syllables, as plain as a voice can be. */
function buzz({ hz = 120, seconds = 2, syllablesPerSecond = 4, gain = 0.3 } = {}): Int16Array {
  return Int16Array.from({ length: seconds * RATE }, (_, i) => {
    const t = i / RATE;
    const open = Math.max(0, Math.sin(Math.PI * 2 * syllablesPerSecond * t)) ** 0.5;
    let sum = 0;
    for (let harmonic = 1; harmonic < 12; harmonic++) sum += Math.sin(2 * Math.PI * hz * harmonic * t) / harmonic;
    return Math.round(sum * open * gain * 12_000);
  });
}

describe('what a voice sounds like', () => {
  it.each([90, 120, 180, 240])('has the pitch it is spoken with: %i Hz', hz => {
    expect(voiceFeatures(buzz({ hz }))!.pitch).toBeCloseTo(12 * Math.log2(hz), 0);
  });

  it('has a tempo: twice the syllables are twice as fast', () => {
    const rate = (syllablesPerSecond: number) => voiceFeatures(buzz({ syllablesPerSecond, seconds: 4 }))!.rate;
    expect(rate(6) / rate(3)).toBeGreaterThan(1.6);
  });

  it('is louder where it is louder', () => {
    const level = (gain: number) => voiceFeatures(buzz({ gain }))!.levelDb;
    expect(level(0.4) - level(0.2)).toBeCloseTo(6, 0);
  });

  it('is nothing in silence, in noise, and in next to nothing', () => {
    let seed = 1;
    const noise = Int16Array.from({ length: RATE }, () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return (seed / 2 ** 31 - 0.5) * 20_000;
    });
    for (const pcm of [new Int16Array(RATE), noise, new Int16Array(0), buzz({ seconds: 0.1 })])
      expect(voiceFeatures(pcm)).toBeUndefined();
  });
});

describe('how lively somebody is, against their own voice', () => {
  it('cannot be told from the first utterance, however often it is looked at', () => {
    const voices = new VoiceArousal();
    expect(voices.hear('a', 'u1', buzz())).toBeUndefined();
    expect(voices.hear('a', 'u1', buzz({ hz: 300 }))).toBeUndefined();
  });

  it('is a matter of the person: a high voice is not an excited one', () => {
    const voices = new VoiceArousal();
    for (let i = 0; i < 4; i++) {
      voices.hear('low', `u${i}`, buzz({ hz: 100 }));
      voices.hear('high', `u${i}`, buzz({ hz: 250 }));
    }
    expect(voices.hear('high', 'u', buzz({ hz: 250 }))!.arousal).toBeCloseTo(0.5, 1);
    expect(voices.hear('low', 'u', buzz({ hz: 130, syllablesPerSecond: 6 }))!.arousal).toBeGreaterThan(0.7);
    expect(voices.hear('low', 'v', buzz({ hz: 90, syllablesPerSecond: 3 }))!.arousal).toBeLessThan(0.35);
  });

  it('names no feeling, and is never quite sure', () => {
    const voices = new VoiceArousal();
    for (let i = 0; i < 20; i++) voices.hear('a', `u${i}`, buzz());
    const reading = voices.hear('a', 'u', buzz({ hz: 250, syllablesPerSecond: 7, gain: 0.6 }))!;
    expect(reading.emotions).toEqual({});
    expect(reading).not.toHaveProperty('valence');
    expect(reading.confidence).toBeLessThanOrEqual(0.7);
  });

  it('is forgotten with the person', () => {
    const voices = new VoiceArousal();
    for (let i = 0; i < 4; i++) voices.hear('a', `u${i}`, buzz());
    voices.forget('a');
    expect(voices.hear('a', 'u', buzz())).toBeUndefined();
  });
});

describe('calm and excited renderings of the same sentences', () => {
  const flite = new Flite();
  afterAll(() => flite.close());
  const SENTENCES = [
    'I went to the market this morning and bought some apples.',
    'The train was late again, so I walked home.',
    'We are going to see my sister on Sunday.',
    'There is a new cafe on the corner of our street.',
    'It rained all day, but the garden looks good.',
  ];
  const STYLES = {
    usual: { rate: 1, pitch: 1, range: 1 },
    calm: { rate: 0.9, pitch: 0.95, range: 0.75 },
    excited: { rate: 1.12, pitch: 1.12, range: 1.4 },
  };
  async function say(voice: string, text: string, style: keyof typeof STYLES): Promise<Int16Array> {
    const pcm: number[] = [];
    const signal = new AbortController().signal;
    for await (const speech of flite.speak(text, { voice, prosody: STYLES[style], signal })) pcm.push(...speech.pcm);
    return Int16Array.from(pcm);
  }

  // The fourth voice of the synthesizer, rms, keeps its pitch whatever it is told: its renderings differ in tempo only.
  it.each(['slt', 'awb'])('are told apart by voice: %s', { timeout: 60_000 }, async voice => {
    const voices = new VoiceArousal();
    for (const [i, text] of SENTENCES.entries()) voices.hear('x', `usual ${i}`, await say(voice, text, 'usual'));
    let right = 0;
    for (const [i, text] of SENTENCES.entries())
      for (const style of ['calm', 'usual', 'excited', 'usual'] as const) {
        const { arousal } = voices.hear('x', `${style} ${i} ${Math.random()}`, await say(voice, text, style))!;
        if (style === 'calm' && arousal! < 0.5) right += 1;
        if (style === 'excited' && arousal! > 0.5) right += 1;
      }
    expect(right).toBeGreaterThanOrEqual(SENTENCES.length * 2 - 1);
  });
});
