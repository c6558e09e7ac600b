import { describe, expect, it } from 'vitest';
import { Cancelled } from '../base/cancellation.ts';
import { ProviderError } from '../base/errors.ts';
import { SPEECH_RATE } from '../base/rates.ts';
import type { Responder, RespondOptions, Spoken, SpokenSound } from '../respond/port.ts';
import type { Conversation } from '../think/ports.ts';
import { PERSONA } from './scene.ts';
import { VirtualClock } from './virtual-clock.ts';

/**
 * What a responder's vendor does: answers with a few sentences; fails before any sound, or after some; never answers, or
 * no further after some sound; goes on for ever.
 */
export type Behaviour = 'answers' | 'fails' | 'breaks off' | 'hangs' | 'stalls' | 'goes on';

const CONVERSATION: Conversation = {
  persona: PERSONA,
  history: [],
  turn: [{ role: 'user', speaker: 'ann', name: 'Ann', text: 'Tell me a story.', entryId: 'a' }],
};
/** More sound than anybody waits for. */
const ENOUGH_SAMPLES = 60 * SPEECH_RATE;

/** Everything that the port promises, for any responder; its clock is virtual. */
export function responderConformance(name: string, make: (does: Behaviour, clock: VirtualClock) => Responder): void {
  describe(`${name} as a Responder`, () => {
    const begin = (does: Behaviour, { text, ...given }: Partial<RespondOptions> & { text?: string } = {}) => {
      const clock = new VirtualClock();
      const responder = make(does, clock);
      const stop = new AbortController();
      const options: RespondOptions = {
        turnId: 't1',
        signal: stop.signal,
        committed: Promise.resolve(),
        room: async () => {},
        ...given,
      };
      const spoken =
        text === undefined ? responder.respond(CONVERSATION, options) : responder.say(text, ['Ann'], options);
      const got: Spoken[] = [];
      const read = async () => {
        for await (const each of spoken) {
          got.push(each);
          if (samplesOf(got) > ENOUGH_SAMPLES) break;
        }
      };
      const over = read();
      over.catch(() => {});
      return { clock, stop, got, over };
    };
    const soundOf = (got: readonly Spoken[]) => got.filter((each): each is SpokenSound => each.type === 'speech');
    const samplesOf = (got: readonly Spoken[]) => soundOf(got).reduce((sum, { pcm }) => sum + pcm.length, 0);
    const textOf = (got: readonly Spoken[]) => soundOf(got).flatMap(({ words }) => words.map(({ text }) => text));
    const SOON_MS = 2000;

    it('answers in sound, with its words and what the mouth does in their places', async () => {
      const { clock, got, over } = begin('answers');
      await clock.advance(SOON_MS);
      await over;
      expect(samplesOf(got)).toBeGreaterThan(SPEECH_RATE);
      expect(textOf(got).length).toBeGreaterThan(3);
      for (const { pcm, events, words } of soundOf(got)) {
        expect(pcm).toBeInstanceOf(Int16Array);
        const ends = words.map(({ endSample }) => endSample);
        expect(ends).toEqual(ends.toSorted((a, b) => a - b));
        for (const sample of [...ends, ...events.flatMap(event => [event.startSample, event.peakSample])]) {
          expect(sample).toBeGreaterThanOrEqual(0);
          expect(sample).toBeLessThanOrEqual(pcm.length);
        }
      }
    });

    it('marks when it was asked and when each sentence began, sounded and was made', async () => {
      const { clock, got, over } = begin('answers');
      await clock.advance(SOON_MS);
      await over;
      const marks = got.flatMap(each => (each.type === 'mark' ? [each] : []));
      expect(marks[0]?.step).toBe('asked');
      const first = marks.filter(mark => 'sentence' in mark && mark.sentence === 0);
      expect(first.map(({ step }) => step)).toEqual(['sentence', 'sound', 'made']);
      const times = first.map(({ atMs }) => atMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      const sound = got.findIndex(each => each.type === 'speech');
      expect(got.slice(0, sound)).toContain(first[1]);
    });

    it('says given words, and no others', async () => {
      const { clock, got, over } = begin('answers', { text: 'Sorry, I did not catch that.' });
      await clock.advance(SOON_MS);
      await over;
      expect(textOf(got).join(' ')).toBe('Sorry, I did not catch that.');
    });

    it('rejects with a ProviderError when it can say nothing', async () => {
      const { clock, got, over } = begin('fails');
      await clock.advance(60_000);
      await expect(over).rejects.toBeInstanceOf(ProviderError);
      expect(samplesOf(got)).toBe(0);
    });

    it('gives what was made before it failed', async () => {
      const { clock, got, over } = begin('breaks off');
      await clock.advance(60_000);
      const error: unknown = await over.then(
        () => undefined,
        failure => failure,
      );
      if (error !== undefined) expect(error).toBeInstanceOf(ProviderError);
      expect(samplesOf(got)).toBeGreaterThan(0);
    });

    it.each(['hangs', 'stalls'] as const)('[T6] ends at once with its signal when its vendor %s', async does => {
      const { clock, stop, over } = begin(does);
      await clock.advance(100);
      const before = clock.nowMs();
      stop.abort(new Cancelled('somebody spoke'));
      await expect(over).rejects.toThrow('somebody spoke');
      expect(clock.nowMs()).toBe(before);
    });

    it('[C1] leaves no timer behind when nobody reads on', async () => {
      const { clock, stop, over } = begin('stalls');
      await clock.advance(SOON_MS);
      stop.abort(new Cancelled('somebody spoke'));
      await over.catch(() => {});
      await clock.advance(60_000);
      expect(clock.pending).toBe(0);
    });

    it('[C2] makes no more than there is room for', async () => {
      let room = 2;
      const { clock, stop, got } = begin('goes on', {
        room: () => (room-- > 0 ? Promise.resolve() : new Promise<void>(() => {})),
      });
      await clock.advance(60_000);
      const [sentences, samples] = [got.length, samplesOf(got)];
      expect(samples).toBeGreaterThan(0);
      await clock.advance(60_000);
      expect([got.length, samplesOf(got)]).toEqual([sentences, samples]);
      stop.abort(new Cancelled('enough'));
    });

    it('has ears exactly if it says so, and takes what it is told of turns that are not its own', () => {
      const responder = make('answers', new VirtualClock());
      if (responder.capabilities.ears) expect(responder.hear).toBeDefined();
      responder.hear?.('ann', new Int16Array(320), true);
      responder.heardUpTo?.('another', 480);
    });
  });
}
