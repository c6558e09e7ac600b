import { describe, expect, it, vi } from 'vitest';
import { ProviderError } from '../base/errors.ts';
import { PERSONA } from '../testing/scene.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { FallbackDialogue } from './fallback.ts';
import type { Dialogue, ReplyPart } from './ports.ts';
import { Deeds } from './tools/deeds.ts';

const QUOTA = new ProviderError('quota', 'no more for today', { retryable: true });
const CONVERSATION = { persona: PERSONA, history: [], turn: [] };

/** Says these parts, throws what is an error. */
const saying = (...parts: (string | Error | ReplyPart)[]): Dialogue => ({
  name: 'scripted',
  async *reply() {
    for (const part of parts) {
      if (part instanceof Error) throw part;
      yield typeof part === 'string' ? { type: 'text', text: part } : part;
    }
  },
});

async function ask(first: Dialogue, second: Dialogue, signal = new AbortController().signal) {
  const failed = vi.fn<(error: ProviderError, fellBack: boolean) => void>();
  const texts: string[] = [];
  const dialogue = new FallbackDialogue(first, second, failed, new VirtualClock());
  for await (const part of dialogue.reply(CONVERSATION, { signal, committed: Promise.resolve() }))
    if (part.type === 'text') texts.push(part.text);
  return { texts, failures: failed.mock.calls };
}

describe('FallbackDialogue', () => {
  it('leaves the first alone while it works', async () => {
    expect(await ask(saying('a', 'b'), saying('never'))).toEqual({ texts: ['a', 'b'], failures: [] });
  });

  it('lets the second answer when the first fails before its first word, and says why', async () => {
    const { texts, failures } = await ask(saying(QUOTA), saying('c'));
    expect(texts).toEqual(['c']);
    expect(failures).toEqual([[QUOTA, true]]);
  });

  it('does so after a feeling, too: nothing was heard of it', async () => {
    const feeling = { type: 'feeling', emotion: 'happy', intensity: 1 } as const;
    expect((await ask(saying(feeling, QUOTA), saying('c'))).texts).toEqual(['c']);
  });

  it('ends where it was cut off when words were said already', async () => {
    const { texts, failures } = await ask(saying('half', QUOTA), saying('never'));
    expect(texts).toEqual(['half']);
    expect(failures).toEqual([[QUOTA, false]]);
  });

  it('lets the second answer when the first has only said what it was about to do', async () => {
    const pause = { type: 'pause' } as const;
    expect((await ask(saying('Let me look.', pause, QUOTA), saying('c'))).texts).toEqual(['Let me look.', 'c']);
    expect((await ask(saying('Let me look.', pause), saying('c'))).texts).toEqual(['Let me look.', 'c']);
    expect((await ask(saying('Let me look.', pause, 'It', QUOTA), saying('c'))).texts).toEqual(['Let me look.', 'It']);
  });

  it('takes an empty answer for a failure', async () => {
    const { texts, failures } = await ask(saying(), saying('c'));
    expect(texts).toEqual(['c']);
    expect(failures[0]![0].category).toBe('internal');
  });

  it('takes white space for nothing said', async () => {
    expect((await ask(saying(' \n', QUOTA), saying('c'))).texts).toEqual([' \n', 'c']);
    expect((await ask(saying(' '), saying('c'))).failures).toHaveLength(1);
  });

  it('gives what is no ProviderError a category', async () => {
    const { failures } = await ask(saying(new TypeError('oops')), saying('c'));
    expect(failures[0]![0]).toBeInstanceOf(ProviderError);
    expect(failures[0]![0]).toMatchObject({ category: 'internal', cause: expect.any(TypeError) });
  });

  it('does not fall back for a turn that was called off', async () => {
    const controller = new AbortController();
    const first: Dialogue = {
      name: 'cancelled',
      // biome-ignore lint/correctness/useYield: it fails instead
      async *reply() {
        controller.abort(new Error('called off'));
        throw QUOTA;
      },
    };
    await expect(ask(first, saying('never'), controller.signal)).rejects.toThrow('called off');
  });

  it('passes on what the second fails with', async () => {
    await expect(ask(saying(QUOTA), saying(new Error('both')))).rejects.toThrow('both');
  });

  it('leaves a first that failed alone for a while, longer each time, and trusts it again when it has answered', async () => {
    const clock = new VirtualClock();
    let works = false;
    let asked = 0;
    const first: Dialogue = {
      name: 'shaky',
      async *reply() {
        asked += 1;
        if (!works) throw QUOTA;
        yield { type: 'text', text: 'first' };
      },
    };
    const dialogue = new FallbackDialogue(first, saying('second'), () => {}, clock);
    const turn = async () => {
      const parts: ReplyPart[] = [];
      const options = { signal: new AbortController().signal, committed: Promise.resolve() };
      for await (const part of dialogue.reply(CONVERSATION, options)) parts.push(part);
      return parts.map(part => (part.type === 'text' ? part.text : '')).join('');
    };
    const later = async (ms: number) => {
      await clock.advance(ms);
      return [await turn(), asked];
    };
    expect(await later(0)).toEqual(['second', 1]);
    expect(await later(1999)).toEqual(['second', 1]);
    expect(await later(1)).toEqual(['second', 2]);
    expect(await later(3999)).toEqual(['second', 2]);
    works = true;
    expect(await later(1)).toEqual(['first', 3]);
    works = false;
    expect(await later(0)).toEqual(['second', 4]);
    expect(await later(2000)).toEqual(['second', 5]);
  });

  describe('with several conversations', () => {
    const NETWORK = new ProviderError('network', 'away', { retryable: true });
    /** @param script what the first does, question by question */
    const rooms = (...script: (string | Error)[]) => {
      const first: Dialogue = {
        name: 'first',
        reply: (...asked) => saying(...[script.shift() ?? 'first'].filter(each => each !== '')).reply(...asked),
      };
      const dialogue = new FallbackDialogue(first, saying('second'), () => {}, new VirtualClock());
      const deeds = { ann: new Deeds(), bob: new Deeds(), cid: new Deeds() };
      return async (who: keyof typeof deeds) => {
        let text = '';
        const options = { signal: new AbortController().signal, committed: Promise.resolve() };
        for await (const part of dialogue.reply({ ...CONVERSATION, deeds: deeds[who] }, options))
          if (part.type === 'text') text += part.text;
        return text;
      };
    };

    it('is left alone by the one that it failed in, not by the others', async () => {
      const ask = rooms(NETWORK);
      expect([await ask('ann'), await ask('bob'), await ask('ann')]).toEqual(['second', 'first', 'second']);
    });

    it('is left alone by everybody when it failed in two of them', async () => {
      const ask = rooms(NETWORK, NETWORK);
      expect([await ask('ann'), await ask('bob'), await ask('cid')]).toEqual(['second', 'second', 'second']);
    });

    it('is asked again at once after an empty answer: the question was to blame', async () => {
      const ask = rooms('', 'first');
      expect([await ask('ann'), await ask('ann')]).toEqual(['second', 'first']);
    });

    it.each(['auth', 'model'] as const)('is left alone by everybody when it refuses by %s', async category => {
      const ask = rooms(new ProviderError(category, 'no', { retryable: false }));
      expect([await ask('ann'), await ask('bob')]).toEqual(['second', 'second']);
    });
  });

  it('asks the first again at once when it refused one question', async () => {
    const first = vi.fn<Dialogue['reply']>(
      saying(new ProviderError('bad-input', 'not this', { retryable: false })).reply,
    );
    const dialogue = new FallbackDialogue({ name: 'choosy', reply: first }, saying('c'), () => {}, new VirtualClock());
    for (let n = 0; n < 2; n++)
      for await (const part of dialogue.reply(CONVERSATION, {
        signal: new AbortController().signal,
        committed: Promise.resolve(),
      }))
        expect(part).toEqual({ type: 'text', text: 'c' });
    expect(first).toHaveBeenCalledTimes(2);
  });
});
