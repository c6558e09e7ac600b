import { describe, expect, it, vi } from 'vitest';
import { Cancelled } from '../base/cancellation.ts';
import { ProviderError } from '../base/errors.ts';
import { PERSONA } from '../testing/scene.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { firstSound } from './first-sound.ts';
import type { Responder, ResponderCapabilities, RespondOptions, Spoken } from './port.ts';

const QUOTA = new ProviderError('quota', 'no more for today', { retryable: true });
const REFUSED = new ProviderError('bad-input', 'not that', { retryable: false });
const CONVERSATION = { persona: PERSONA, history: [], turn: [] };
const WITHIN_MS = 800;

const sound = (text: string): Spoken => ({
  type: 'speech',
  pcm: new Int16Array(480),
  events: [],
  words: [{ text, endSample: 480 }],
});
const FEELING: Spoken = { type: 'feeling', emotion: 'happy', intensity: 1 };
const HANG = 'hang' as const;
type Part = Spoken | Error | number | typeof HANG;

interface Scripted extends Responder {
  asked: number;
  signal?: AbortSignal;
  heard: string[];
  begun?: string | undefined;
}

/** Gives these, throws what is an error, waits so many ms. */
function scripted(
  clock: VirtualClock,
  parts: readonly Part[],
  capabilities: Partial<ResponderCapabilities> = {},
): Scripted {
  async function* speak({ signal }: RespondOptions): AsyncGenerator<Spoken> {
    responder.asked += 1;
    responder.signal = signal;
    for (const part of parts) {
      if (part instanceof Error) throw part;
      if (part === HANG) await new Promise(() => {});
      else if (typeof part === 'number') await clock.wait(part);
      else yield part;
    }
  }
  const responder: Scripted = {
    name: 'scripted',
    capabilities: { ears: false, speculates: true, cuts: 'exact', ...capabilities },
    asked: 0,
    heard: [],
    respond: ({ begun }, options) => {
      responder.begun = begun;
      return speak(options);
    },
    say: (_text, _names, options) => speak(options),
    hear: who => responder.heard.push(who),
    heardUpTo: (turnId, samples) => responder.heard.push(`${turnId} ${samples}`),
  };
  return responder;
}

function scene(first: (clock: VirtualClock) => Scripted, second?: (clock: VirtualClock) => Scripted) {
  const clock = new VirtualClock();
  const failed = vi.fn<(error: ProviderError, fellBack: boolean) => void>();
  const one = first(clock);
  const two = (second ?? (each => scripted(each, [sound('two')])))(clock);
  const responder = firstSound(one, two, { clock, withinMs: WITHIN_MS, failed });
  const stop = new AbortController();
  const ask = (committed: Promise<void> = Promise.resolve()) => {
    const options = { turnId: 't', signal: stop.signal, committed, room: async () => {} };
    const got: string[] = [];
    const read = async () => {
      for await (const spoken of responder.respond(CONVERSATION, options))
        if (spoken.type === 'speech') got.push(...spoken.words.map(({ text }) => text));
        else if (spoken.type === 'feeling') got.push(spoken.emotion);
    };
    const over = read();
    over.catch(() => {});
    return { got, over };
  };
  return { clock, one, two, failed, responder, stop, ask };
}

describe('of two, who sounds first', () => {
  it('is the first, while it works: its sound passes the moment it exists', async () => {
    const { clock, two, ask } = scene(each => scripted(each, [FEELING, 300, sound('one'), HANG]));
    const { got } = ask();
    await clock.advance(290);
    expect(got).toEqual([]);
    await clock.advance(20);
    expect(got).toEqual(['happy', 'one']);
    await clock.advance(10_000);
    expect(two.asked).toBe(0);
  });

  it('is the second where the first fails, is empty or has no sound in time; nothing of the first is shown', async () => {
    const failures: Part[][] = [[FEELING, QUOTA], [FEELING], [FEELING, HANG]];
    for (const parts of failures) {
      const { clock, failed, one, ask } = scene(each => scripted(each, parts));
      const { got, over } = ask();
      await clock.advance(WITHIN_MS + 10);
      await over;
      expect(got).toEqual(['two']);
      expect(failed).toHaveBeenCalledWith(expect.any(ProviderError), true);
      expect(one.asked).toBe(1);
      expect(clock.pending).toBe(0);
    }
  });

  it('is waited for from when the turn is certain: a tool of the first may wait for that [T5]', async () => {
    const certain = Promise.withResolvers<void>();
    const { clock, two, ask } = scene(each => scripted(each, [HANG]));
    const { got } = ask(certain.promise);
    await clock.advance(10 * WITHIN_MS);
    expect(two.asked).toBe(0);
    certain.resolve();
    await clock.advance(WITHIN_MS + 10);
    expect(got).toEqual(['two']);
  });

  it('ends a first that was too late', async () => {
    const { clock, one, ask } = scene(each => scripted(each, [HANG]));
    ask();
    await clock.advance(WITHIN_MS + 10);
    expect(one.signal?.aborted).toBe(true);
  });

  it('is gone on for by the second, which knows what was said, where it breaks off', async () => {
    const { clock, two, failed, ask } = scene(each => scripted(each, [sound('half'), QUOTA]));
    const { got, over } = ask();
    await clock.advance(10);
    await over;
    expect(got).toEqual(['half', 'two']);
    expect(failed.mock.calls).toEqual([[QUOTA, false]]);
    expect(two.begun).toBe('half');
  });

  it('leaves alone for a while what failed, and longer each time', async () => {
    const { clock, one, ask } = scene(each => scripted(each, [QUOTA]));
    const again = async () => {
      await ask().over;
      return one.asked;
    };
    expect(await again()).toBe(1);
    expect(await again()).toBe(1);
    await clock.advance(2000);
    expect(await again()).toBe(2);
    await clock.advance(2000);
    expect(await again()).toBe(2);
    await clock.advance(2000);
    expect(await again()).toBe(3);
  });

  it('asks again at once where only this question was refused', async () => {
    const { one, ask } = scene(each => scripted(each, [REFUSED]));
    await ask().over;
    await ask().over;
    expect(one.asked).toBe(2);
  });

  it('[T6] is nobody once the turn is cancelled, and that is no failure', async () => {
    const { clock, two, failed, stop, ask } = scene(each => scripted(each, [HANG]));
    const { over } = ask();
    await clock.advance(10);
    stop.abort(new Cancelled('somebody spoke'));
    await expect(over).rejects.toThrow('somebody spoke');
    expect(two.asked).toBe(0);
    expect(failed).not.toHaveBeenCalled();
  });
});

describe('what two responders can do together', () => {
  it('is what the weaker of them can, and hearing if one does', () => {
    const { responder, one, two } = scene(
      each => scripted(each, [], { ears: true, speculates: false, cuts: 'coarse' }),
      each => scripted(each, []),
    );
    expect(responder.capabilities).toEqual({ ears: true, speculates: false, cuts: 'coarse' });
    responder.hear?.('ann', new Int16Array(320), true);
    responder.heardUpTo?.('t', 480);
    expect(one.heard).toEqual(['ann', 't 480']);
    expect(two.heard).toEqual(['t 480']);
  });
});
