import { describe, expect, it } from 'vitest';
import type { Reading, VoiceSense } from './ports.ts';
import { together } from './together.ts';

const sense = (reading: Reading | Error | undefined, forgotten: string[] = []): VoiceSense => ({
  hear: async () => {
    if (reading instanceof Error) throw reading;
    return reading;
  },
  forget: speaker => forgotten.push(speaker),
});
const { signal } = new AbortController();
const heard = (...senses: VoiceSense[]) => together(senses).hear('ann', 'u', new Int16Array(1), { signal });

const LIVELY: Reading = { source: 'voice', emotions: {}, arousal: 0.8, confidence: 0.4 };
const HAPPY: Reading = { source: 'voice', emotions: { happy: 0.6 }, confidence: 0.6 };

describe('several who hear how voices feel', () => {
  it('say together what each has read', async () => {
    expect(await heard(sense(HAPPY), sense(LIVELY))).toEqual({
      source: 'voice',
      emotions: { happy: 0.6 },
      arousal: 0.8,
      confidence: 0.6,
    });
    expect(await heard(sense(undefined), sense(LIVELY))).toEqual(LIVELY);
    expect(await heard(sense(undefined), sense(undefined))).toBeUndefined();
    expect(await heard()).toBeUndefined();
  });

  it('go by the first where two say something of the same', async () => {
    const sad: Reading = { source: 'voice', emotions: { sad: 0.5, happy: 0.1 }, arousal: 0.2, confidence: 0.5 };
    expect(await heard(sense(sad), sense(HAPPY), sense(LIVELY))).toMatchObject({
      emotions: { sad: 0.5, happy: 0.1 },
      arousal: 0.2,
    });
  });

  it('say what is left where one fails, and fail where all do', async () => {
    const broken = new Error('broken');
    expect(await heard(sense(broken), sense(LIVELY))).toEqual(LIVELY);
    expect(await heard(sense(broken), sense(undefined))).toBeUndefined();
    await expect(heard(sense(broken), sense(broken))).rejects.toBe(broken);
  });

  it('all forget whom they shall', () => {
    const forgotten: string[] = [];
    together([sense(HAPPY, forgotten), sense(LIVELY, forgotten)]).forget('ann');
    expect(forgotten).toEqual(['ann', 'ann']);
  });
});
