import { describe, expect, it, vi } from 'vitest';
import { ProviderError } from '../listen/ports.ts';
import { PERSONA } from '../testing/scene.ts';
import { FallbackDialogue } from './fallback.ts';
import type { Dialogue, ReplyPart } from './ports.ts';

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
  const dialogue = new FallbackDialogue(first, second, failed);
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
});
