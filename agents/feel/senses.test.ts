import { beforeEach, describe, expect, it } from 'vitest';
import type { Feeling, FeelingSource } from '../../protocol/feelings.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import type { Reading } from './ports.ts';
import { Senses } from './senses.ts';

const YES = { feelings: true, sight: false, recording: false };
const NO = { feelings: false, sight: false, recording: false };
const HAPPY: Reading = { source: 'face', emotions: { happy: 0.9 }, valence: 0.8, arousal: 0.6, confidence: 0.9 };
const settle = () => new Promise(resolve => setImmediate(resolve));

let clock: VirtualClock;
let felt: { identity: string; feeling: Feeling | null }[];
let sensed: FeelingSource[];
let reports: string[];
let heard: string[];
let forgotten: string[];
let hear: () => Promise<Reading | undefined>;
let senses: Senses;

beforeEach(() => {
  clock = new VirtualClock();
  [felt, sensed, reports, heard, forgotten] = [[], [], [], [], []];
  hear = async () => ({ source: 'voice', emotions: {}, arousal: 0.9, confidence: 0.7 });
  senses = new Senses(
    {
      clock,
      voice: {
        hear: (speaker, utterance) => {
          heard.push(`${speaker} ${utterance}`);
          return hear();
        },
        forget: speaker => forgotten.push(speaker),
      },
      language: 'en',
      felt: (identity, feeling) => felt.push({ identity, feeling }),
      sensed: source => sensed.push(source),
      report: problem => reports.push(problem),
    },
    'call-1',
  );
});

describe('the senses of a conversation', () => {
  it('fuse what they read of one person, and keep people apart', async () => {
    senses.consent('ann', YES);
    senses.consent('bob', YES);
    senses.saw('ann', HAPPY);
    senses.said('bob', 'I am so sad.');
    senses.speaks('ann', 'u1', new Int16Array(16));
    await settle();
    expect(felt.findLast(({ identity }) => identity === 'ann')!.feeling).toMatchObject({
      label: 'happy',
      sources: ['face', 'voice'],
    });
    expect(felt.findLast(({ identity }) => identity === 'bob')!.feeling).toMatchObject({ label: 'sad' });
    expect(heard).toEqual(['call-1/ann u1']);
    expect(sensed).toEqual(['face', 'words', 'voice']);
  });

  it('sense nothing without consent, and nothing of people who are not here', () => {
    senses.consent('ann', NO);
    for (const who of ['ann', 'nobody']) {
      senses.saw(who, HAPPY);
      senses.said(who, 'I am so sad.');
      senses.speaks(who, 'u1', new Int16Array(16));
    }
    expect([felt, sensed, heard]).toEqual([[], [], []]);
  });

  it('forget everything when consent is withdrawn, what is still on its way included', async () => {
    const slow = Promise.withResolvers<Reading | undefined>();
    hear = () => slow.promise;
    senses.consent('ann', YES);
    senses.saw('ann', HAPPY);
    senses.speaks('ann', 'u1', new Int16Array(16));
    senses.consent('ann', NO);
    expect(felt.at(-1)).toEqual({ identity: 'ann', feeling: null });
    expect(forgotten).toEqual(['call-1/ann']);
    slow.resolve({ source: 'voice', emotions: {}, arousal: 0.9, confidence: 0.7 });
    await settle();
    expect(felt.at(-1)).toEqual({ identity: 'ann', feeling: null });
    senses.consent('ann', YES);
    expect(felt.at(-1)).toEqual({ identity: 'ann', feeling: null });
  });

  it('say each change once, and no change that is too small to matter', () => {
    senses.consent('ann', YES);
    for (let i = 0; i < 20; i++) senses.saw('ann', { ...HAPPY, valence: 0.8 + 0.001 * i });
    expect(felt).toHaveLength(1);
  });

  it('let a feeling fade, without being asked', async () => {
    senses.consent('ann', YES);
    senses.saw('ann', HAPPY);
    await clock.advance(120_000);
    expect(felt.at(-1)).toEqual({ identity: 'ann', feeling: null });
    const told = felt.length;
    await clock.advance(60_000);
    expect(felt).toHaveLength(told);
  });

  it('forget the face when the camera is off, and everything when somebody leaves', () => {
    senses.consent('ann', YES);
    senses.saw('ann', HAPPY);
    senses.unseen('ann');
    expect(felt.at(-1)!.feeling).toBeNull();
    senses.saw('ann', HAPPY);
    senses.left('ann');
    expect(felt.at(-1)!.feeling).toBeNull();
    senses.saw('ann', HAPPY);
    expect(felt.at(-1)!.feeling).toBeNull();
  });

  it('survive a voice sense that fails', async () => {
    hear = async () => {
      throw new Error('gone');
    };
    senses.consent('ann', YES);
    senses.speaks('ann', 'u1', new Int16Array(16));
    await settle();
    expect(reports).toEqual(['a voice could not be sensed']);
    senses.saw('ann', HAPPY);
    expect(felt.at(-1)!.feeling!.label).toBe('happy');
  });

  it('count the same words once, however often they are read', () => {
    senses.consent('ann', YES);
    for (let i = 0; i < 5; i++) senses.said('ann', 'I am so happy.');
    expect(sensed).toEqual(['words']);
  });

  it('leave nothing behind [C1]', async () => {
    senses.consent('ann', YES);
    senses.saw('ann', HAPPY);
    const told = felt.length;
    senses.close();
    await clock.advance(300_000);
    expect(felt).toHaveLength(told);
    expect(forgotten).toEqual(['call-1/ann']);
  });
});
