import { describe, expect, it } from 'vitest';
import type { VisemeEvent } from '../../protocol/timeline.ts';
import { SPEECH_RATE } from '../base/rates.ts';
import { phonesToVisemes } from '../speak/visemes.ts';
import { Mouth, mouthAt } from './mouth.ts';

const MS = SPEECH_RATE / 1000;

/** `'hh 60, ax 50'`: phones and their milliseconds. */
function speak(text: string): VisemeEvent[] {
  let at = 0;
  const phones = text.split(', ').map(part => {
    const [phone, ms] = part.split(' ');
    const startSample = at;
    at += Number(ms) * MS;
    return { phone: phone!, startSample, endSample: at };
  });
  return phonesToVisemes(phones, { sampleRate: SPEECH_RATE });
}

const LINE = 'pau 100, ay 130, ae 90, m 80, aa 150, l 70, iy 160, v 60, uw 150, b 50, eh 90, s 110, pau 100';
const LENGTH = 1340;

describe('mouthAt', () => {
  it('shares the mouth out fully at every moment', () => {
    const events = speak(LINE);
    for (let ms = -20; ms < LENGTH + 100; ms++) {
      const { visemes } = mouthAt(events, ms * MS);
      expect(Object.values(visemes).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
      expect(Math.min(...Object.values(visemes))).toBeGreaterThanOrEqual(0);
    }
  });

  it('closes the lips over any vowel that is still felt', () => {
    const { visemes, jaw } = mouthAt(speak('aa 120, m 60, aa 120'), 150 * MS);
    expect(visemes.PP).toBeCloseTo(1, 6);
    expect(jaw).toBeCloseTo(0, 6);
  });

  it('touches the lip with the teeth on v', () => {
    expect(mouthAt(speak('uw 120, v 60, ao 120'), 150 * MS).visemes.FF).toBeCloseTo(1, 6);
  });

  it('never moves more than a little in a millisecond', () => {
    const events = speak(LINE);
    let before = mouthAt(events, 0);
    for (let ms = 1; ms < LENGTH; ms++) {
      const now = mouthAt(events, ms * MS);
      for (const name of new Set([...Object.keys(before.visemes), ...Object.keys(now.visemes)]))
        expect(Math.abs((now.visemes[name] ?? 0) - (before.visemes[name] ?? 0)), `${name} at ${ms}`).toBeLessThan(0.09);
      before = now;
    }
  });

  it('is at rest where there is no speech', () => {
    expect(mouthAt([], 1000)).toEqual({ visemes: { sil: 1 }, jaw: 0 });
  });
});

describe('Mouth', () => {
  const during = (ms: number, turnId = 't1') => ({ turnId, sample: ms * MS });
  const speaking = () => {
    const mouth = new Mouth();
    mouth.speech('t1', speak('aa 2000'));
    for (let ms = 0; ms <= 400; ms += 40) mouth.at(5000 + ms, during(ms));
    return mouth;
  };

  it('says what the speech says', () => {
    const { visemes, rest } = speaking().at(5440, during(440));
    expect(visemes.aa).toBeCloseTo(1, 6);
    expect(rest).toBe(0);
  });

  it('closes within 120 ms when the speech disappears, without a jump', () => {
    const mouth = speaking();
    const rests = [440, 480, 520].map(ms => mouth.at(5000 + ms, undefined).rest);
    expect(rests[0]).toBeGreaterThan(0);
    expect(rests[0]).toBeLessThan(0.6);
    expect(rests[1]).toBeGreaterThan(rests[0]!);
    expect(rests[2]).toBe(1);
  });

  it('opens again where a paused speech resumes', () => {
    const mouth = speaking();
    for (let ms = 440; ms <= 1000; ms += 40) mouth.at(5000 + ms, undefined);
    expect(mouth.at(6040, during(440)).rest).toBeLessThan(1);
    expect(mouth.at(6120, during(520)).visemes.aa).toBeCloseTo(1, 6);
  });

  it('[T2] shows nothing of a turn that was dropped, though its sample is still asked for', () => {
    const mouth = speaking();
    mouth.drop('t1');
    for (let ms = 440; ms <= 560; ms += 40) mouth.at(5000 + ms, during(ms));
    expect(mouth.at(5600, during(600))).toMatchObject({ visemes: {}, rest: 1 });
  });

  it('takes speech in pieces', () => {
    const mouth = new Mouth();
    const events = speak('aa 300, iy 300');
    mouth.speech('t1', events.slice(2));
    mouth.speech('t1', events.slice(0, 2));
    for (let ms = 0; ms <= 480; ms += 40) mouth.at(ms, during(ms));
    expect(mouth.at(500, during(500)).visemes.I).toBeCloseTo(1, 6);
  });

  it('remembers only the newest four turns', () => {
    const mouth = new Mouth();
    for (const id of ['t1', 't2', 't3', 't4', 't5']) mouth.speech(id, speak('aa 400'));
    mouth.at(0, during(200, 't1'));
    expect(mouth.at(200, during(200, 't1')).rest).toBe(1);
    mouth.at(400, during(200, 't2'));
    expect(mouth.at(600, during(200, 't2')).visemes.aa).toBeGreaterThan(0.9);
  });
});
