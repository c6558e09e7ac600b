import { describe, expect, it } from 'vitest';
import { readWords } from '../witness/reading.ts';
import { Endpointing } from './endpointing.ts';
import { outlasts, PAUSES, READ_MS, silenceUntil } from './estimate.ts';

const judge = (
  text: string,
  { sound, endpointing = new Endpointing() }: { sound?: number; endpointing?: Endpointing } = {},
) => endpointing.judge({ words: readWords(text), sound, speechMs: 1500 });
const wait = (...given: Parameters<typeof judge>) => judge(...given).silenceMs;

describe('how long a silence ends a turn', () => {
  it('is a quarter of a second after a question, and more than a second where something must follow', () => {
    expect(wait('What is your name?')).toBeLessThan(300);
    for (const text of ['I would like to go to the', 'My telephone number is.', 'My number is five five five', 'So.'])
      expect(wait(text), text).toBeGreaterThan(900);
  });

  it('follows the sound where that is known, in both directions', () => {
    const text = 'I went to the market.';
    expect(wait(text, { sound: 0.98 })).toBeLessThan(wait(text));
    expect(wait(text, { sound: 0.02 })).toBeGreaterThan(wait(text) + 300);
  });

  it('never waits as long for a finished sentence as the model alone would', () =>
    expect(wait('Do you like the sea?', { sound: 0.02 })).toBeLessThan(1500));

  it('is less than a second for what may be whole, however the person paused before; not for what is still open', () => {
    const endpointing = new Endpointing();
    for (let i = 0; i < 4; i++) {
      endpointing.paused(1400);
      endpointing.cutOff();
    }
    expect(wait('I went to the market.', { endpointing })).toBeLessThan(900);
    for (const text of ['I did not want to', 'My number is five five five'])
      expect(wait(text, { endpointing }), text).toBeGreaterThan(1500);
  });

  it('is longer for the patient and shorter for the eager', () => {
    const of = (options: ConstructorParameters<typeof Endpointing>[0]) =>
      wait('I went to the market', { endpointing: new Endpointing(options) });
    expect(of({ eagerness: 'high' })).toBeLessThan(of({}));
    expect(of({})).toBeLessThan(of({ eagerness: 'low' }));
    expect(of({ patience: 2 })).toBeGreaterThan(of({}));
  });

  it('is what the setting says where that is all that counts', () => {
    const endpointing = new Endpointing({ silenceMs: 500 });
    expect(wait('I would like to go to the', { endpointing })).toBe(500);
    expect(wait('What is your name?', { endpointing })).toBe(500);
  });

  it('learns how long a person pauses', () => {
    const [slow, quick] = [new Endpointing(), new Endpointing()];
    for (let i = 0; i < 8; i++) {
      slow.paused(1500);
      quick.paused(200);
    }
    expect(wait('I went to the', { endpointing: slow })).toBeGreaterThan(
      wait('I went to the', { endpointing: quick }) + 500,
    );
  });

  it('grows for somebody who was cut off, within bounds, and comes back slowly', () => {
    const endpointing = new Endpointing();
    const now = () => wait('I went to the market.', { endpointing });
    const before = now();
    endpointing.cutOff();
    const once = now();
    expect(once).toBeGreaterThan(before);
    for (let i = 0; i < 20; i++) endpointing.cutOff();
    expect(now()).toBeLessThan(3500);
    for (let i = 0; i < 30; i++) endpointing.wasDone();
    expect(now()).toBeCloseTo(before, -1);
  });
});

describe('the probability that somebody is done', () => {
  it('grows with the silence: at the moment that is asked for it is what was asked for', () => {
    const odds = 0.4;
    const ms = silenceUntil(0.9, odds, PAUSES.meanLog, PAUSES.sdLog);
    const left = outlasts(ms, PAUSES.meanLog, PAUSES.sdLog) / outlasts(READ_MS, PAUSES.meanLog, PAUSES.sdLog);
    expect(odds / left / (1 + odds / left)).toBeCloseTo(0.9, 3);
  });
});

describe('a voice that the end-of-turn model does not know', () => {
  const statement = 'I went to the market this morning.';
  const done = (endpointing: Endpointing, sound: number) => {
    endpointing.heard(sound);
    endpointing.wasDone();
  };

  it('is waited for less, once it was done several times where the model heard no end', () => {
    const endpointing = new Endpointing();
    const before = wait(statement, { sound: 0.03, endpointing });
    for (let i = 0; i < 3; i++) done(endpointing, 0.03);
    const after = wait(statement, { sound: 0.03, endpointing });
    expect(after).toBeLessThan(before - 200);
    expect(after).toBeGreaterThanOrEqual(wait(statement) - 1);
  });

  it('is believed again where the model is right', () => {
    const endpointing = new Endpointing();
    const before = wait(statement, { sound: 0.03, endpointing });
    for (let i = 0; i < 3; i++) done(endpointing, 0.03);
    for (let i = 0; i < 4; i++) done(endpointing, 0.97);
    expect(wait(statement, { sound: 0.03, endpointing })).toBe(before);
  });
});
