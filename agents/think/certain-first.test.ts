import { describe, expect, it } from 'vitest';
import { PERSONA } from '../testing/scene.ts';
import { CertainFirst } from './certain-first.ts';
import type { Dialogue, ReplyPart } from './ports.ts';

const CONVERSATION = { persona: PERSONA, history: [], turn: [] };
const model: Dialogue = {
  name: 'model',
  async *reply() {
    yield { type: 'text', text: 'the model' };
  },
};

async function ask(certain: Dialogue['certain'], signal = new AbortController().signal): Promise<string> {
  const dialogue = new CertainFirst(model, certain === undefined ? {} : { certain });
  let text = '';
  for await (const part of dialogue.reply(CONVERSATION, { signal, committed: Promise.resolve() }))
    if (part.type === 'text') text += part.text;
  return text;
}

describe('what is known for certain', () => {
  it('is said at once, and the model is not asked', async () => {
    const known: ReplyPart[] = [{ type: 'text', text: 'ten past nine' }];
    expect(await ask(async () => known)).toBe('ten past nine');
  });

  it('is nothing most of the time: the model answers', async () => {
    expect(await ask(async () => undefined)).toBe('the model');
    expect(await ask(undefined)).toBe('the model');
  });

  it('is nothing where who knows it fails', async () => {
    expect(await ask(() => Promise.reject(new Error('broken')))).toBe('the model');
  });

  it('ends with its turn', async () => {
    const reason = new Error('somebody goes on');
    const late = () => Promise.reject(reason);
    await expect(ask(late, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
