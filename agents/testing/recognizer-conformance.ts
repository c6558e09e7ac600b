import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ProviderError } from '../base/errors.ts';
import { LISTEN_RATE } from '../base/rates.ts';
import type { Recognition, Recognizer } from '../listen/ports.ts';

/** What the vendor does: understands; refuses; never answers. */
export type RecognizerBehaviour = 'hears' | 'fails' | 'hangs';

export interface RecognizerSubject {
  recognizer: Recognizer;
  close(): Promise<void>;
}

/** Sound of somebody who says something, 16 kHz, and a word that belongs into what is understood. */
export interface Saying {
  pcm: Int16Array;
  word: RegExp;
}

const FRAME = LISTEN_RATE / 50;

/**
 * Everything that the port promises, for any recognizer.
 * @param make undefined for what such a recognizer cannot do
 * @param sayings two different ones
 */
export function recognizerConformance(
  name: string,
  make: (does: RecognizerBehaviour) => Promise<RecognizerSubject | undefined>,
  sayings: () => Promise<[Saying, Saying]>,
): void {
  describe(`${name} as a Recognizer`, () => {
    const subjects = new Map<RecognizerBehaviour, RecognizerSubject | undefined>();
    const opened: Recognition[] = [];
    /** How sure it was of ends. */
    const told: number[] = [];
    let first: Saying;
    let second: Saying;
    beforeAll(async () => {
      for (const does of ['hears', 'fails', 'hangs'] as const) subjects.set(does, await make(does));
      [first, second] = await sayings();
    });
    afterEach(() => {
      for (const stream of opened.splice(0)) stream.close();
      for (const probability of told.splice(0)) {
        expect(probability).toBeGreaterThanOrEqual(0);
        expect(probability).toBeLessThanOrEqual(1);
      }
    });
    afterAll(async () => {
      await Promise.all([...subjects.values()].map(subject => subject?.close()));
    });

    const open = (speaker = 'ann', does: RecognizerBehaviour = 'hears') => {
      const partials: string[] = [];
      const on = {
        partial: (text: string) => partials.push(text),
        done: (probability: number) => told.push(probability),
      };
      const stream = subjects.get(does)!.recognizer.open(speaker, on);
      opened.push(stream);
      const say = ({ pcm }: Saying) => {
        for (let at = 0; at < pcm.length; at += FRAME) stream.push(pcm.slice(at, at + FRAME));
      };
      const settle = async (signal = new AbortController().signal) => (await stream.settle({ signal })).text;
      return { stream, partials, say, settle };
    };

    it('says what it can do', () => {
      const { partials, words } = subjects.get('hears')!.recognizer.capabilities;
      expect(['cheap', 'paid', 'none']).toContain(partials);
      expect(typeof words).toBe('boolean');
    });

    it('writes down a stretch when somebody pauses', async () => {
      const { say, settle } = open();
      say(first);
      expect(await settle()).toMatch(first.word);
    });

    it('writes down all of it again when they have gone on', async () => {
      const { say, settle } = open();
      say(first);
      expect(await settle()).toMatch(first.word);
      say(second);
      const all = await settle();
      expect(all).toMatch(first.word);
      expect(all).toMatch(second.word);
    });

    it('knows nothing of a stretch that was discarded', async () => {
      const { stream, say, settle } = open();
      say(first);
      await settle();
      stream.discard();
      say(second);
      const text = await settle();
      expect(text).toMatch(second.word);
      expect(text).not.toMatch(first.word);
    });

    it('makes no words where nothing was said', async () => {
      const { stream, settle } = open();
      expect(await settle()).toBe('');
      stream.discard();
      expect(await settle()).toBe('');
    });

    it('keeps people apart', async () => {
      const [ann, bob] = [open('ann'), open('bob')];
      ann.say(first);
      bob.say(second);
      const [one, other] = await Promise.all([ann.settle(), bob.settle()]);
      expect(one).toMatch(first.word);
      expect(one).not.toMatch(second.word);
      expect(other).toMatch(second.word);
      expect(other).not.toMatch(first.word);
    });

    it('[T6] ends a reading at once, with the reason, when the person goes on; the stretch is still there', async () => {
      const { say, settle } = open();
      say(first);
      const stop = new AbortController();
      const reason = new Error('they went on');
      const reading = settle(stop.signal);
      stop.abort(reason);
      await expect(reading).rejects.toBe(reason);
      await expect(settle(AbortSignal.abort(reason))).rejects.toBe(reason);
      expect(await settle()).toMatch(first.word);
    });

    it('tells words as they come only where that costs nothing, and none of a stretch that is over', async () => {
      const { stream, partials, say, settle } = open();
      say(first);
      await settle();
      if (subjects.get('hears')!.recognizer.capabilities.partials !== 'cheap') expect(partials).toEqual([]);
      say(first);
      stream.discard();
      const before = partials.length;
      await new Promise(resolve => setTimeout(resolve, 300));
      expect(partials.length).toBe(before);
    });

    it('[C1] is closed at once, whatever is going on, and may be closed twice', async () => {
      const { stream, partials, say, settle } = open();
      say(first);
      const reading = settle().catch(error => error);
      stream.close();
      stream.close();
      const ended = await reading;
      expect(typeof ended === 'string' || ended instanceof Error).toBe(true);
      const before = partials.length;
      say(first);
      expect(partials.length).toBe(before);
    });

    it('fails with a ProviderError that says of what kind', async ({ skip }) => {
      if (subjects.get('fails') === undefined) skip('it cannot be made to fail');
      const { say, settle } = open('ann', 'fails');
      say(first);
      const error = await settle().catch(problem => problem);
      expect(error).toBeInstanceOf(ProviderError);
    });

    it('[T6] that hangs is left at once', async ({ skip }) => {
      if (subjects.get('hangs') === undefined) skip('it cannot be made to hang');
      const { say, settle } = open('ann', 'hangs');
      say(first);
      const stop = new AbortController();
      const reason = new Error('they went on');
      setTimeout(() => stop.abort(reason), 50);
      await expect(settle(stop.signal)).rejects.toBe(reason);
    });
  });
}
