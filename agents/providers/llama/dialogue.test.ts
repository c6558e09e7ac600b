import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { PERSONA } from '../../testing/scene.ts';
import type { Conversation, Exchange, ReplyPart } from '../../think/ports.ts';
import type { Toolbox, ToolCall } from '../../think/toolbox.ts';
import { LlamaDialogue } from './dialogue.ts';
import type { Answered } from './local-model.ts';
import { LocalModel } from './local-model.ts';
import type { Question } from './messages.ts';

const SETTINGS = { contextTokens: 1024, maxTokens: 12, temperature: 0, feelings: false, firstWordTimeoutMs: 10_000 };
const user = (text: string): Exchange => ({ role: 'user', speaker: 'ann', name: 'Ann', text });
const avatar = (text: string): Exchange => ({ role: 'avatar', speaker: 'avatar', name: 'Ollie', text });
const NONE = { calls: [], inputTokens: 0, outputTokens: 0 };

async function parts(
  dialogue: LlamaDialogue,
  conversation: Partial<Conversation> = {},
  signal = new AbortController().signal,
): Promise<ReplyPart[]> {
  const all: ReplyPart[] = [];
  const asked = { persona: PERSONA, history: [], turn: [user('Hello')], ...conversation };
  for await (const part of dialogue.reply(asked, { signal, committed: Promise.resolve() })) all.push(part);
  return all;
}

/** A model that says what it is told, and what it was asked. */
function scripted(answers: { pieces: string[]; calls?: Answered['calls'] }[]) {
  const asked: Question[] = [];
  const model = {
    warm: () => {},
    close: async () => {},
    async *ask(question: Question) {
      asked.push(structuredClone(question));
      const { pieces, calls = [] } = answers.shift()!;
      yield* pieces;
      return { ...NONE, calls };
    },
  };
  return { model: model as unknown as LocalModel, asked };
}

describe('a local model’s answer', () => {
  it('begins with a feeling, which is shown, not said, however it comes in pieces', async () => {
    for (const pieces of [['(', 'sad', ') I', ' am sorry.'], ['(sad) I am sorry.']]) {
      const { model, asked } = scripted([{ pieces }]);
      const told = await parts(new LlamaDialogue(model, { ...SETTINGS, feelings: true }, { used: () => {} }));
      expect(told[0]).toEqual({ type: 'feeling', emotion: 'sad', intensity: 0.7 });
      expect(told.map(part => (part.type === 'text' ? part.text : '')).join('')).toBe('I am sorry.');
      expect(asked[0]!.feelings).toContain('happy');
    }
  });

  it('calls the persona’s tools, and goes on with what they said', async () => {
    const run: ToolCall[] = [];
    const toolbox: Toolbox = {
      begin: () => ({
        declared: [{ name: 'stock', description: 'how many are left', parameters: { type: 'object' } }],
        get spent() {
          return run.length > 0;
        },
        async run(calls) {
          run.push(...calls);
          return ['seven'];
        },
      }),
    };
    const call = { name: 'stock', params: { of: 'candles' } };
    const { model, asked } = scripted([{ pieces: ['Let me look.'], calls: [call] }, { pieces: ['There are seven.'] }]);
    const told = await parts(new LlamaDialogue(model, SETTINGS, { used: () => {}, toolbox }));
    expect(told).toEqual([
      { type: 'text', text: 'Let me look.' },
      { type: 'pause' },
      { type: 'text', text: 'There are seven.' },
    ]);
    expect(run).toEqual([{ name: 'stock', arguments: '{"of":"candles"}' }]);
    expect(asked[1]!.lines.at(-1)).toEqual({
      type: 'model',
      text: 'Let me look.',
      calls: [{ ...call, result: 'seven' }],
    });
  });

  it('is refused where its first word takes too long: the next dialogue answers', async () => {
    const model = {
      warm: () => {},
      async *ask(_: Question, { signal }: { signal: AbortSignal }) {
        await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    } as unknown as LocalModel;
    const dialogue = new LlamaDialogue(model, { ...SETTINGS, firstWordTimeoutMs: 20 }, { used: () => {} });
    await expect(parts(dialogue)).rejects.toMatchObject({ category: 'network' });
  });
});

const FILE = path.resolve(import.meta.dirname, '../../../models/llama/smollm2-135m.gguf');
describe.skipIf(!fs.existsSync(FILE))('a real model (skipped where the test model could not be fetched)', () => {
  let local: LocalModel;
  beforeAll(() => {
    local = new LocalModel(
      { file: FILE, conversations: 2, threads: 0, gpu: false, ...SETTINGS },
      { clock: systemClock, loaded: () => {}, lost: () => {} },
    );
  });
  afterAll(() => local.close());
  const open = (more: Partial<typeof SETTINGS> = {}) => {
    const used: { inputTokens?: number }[] = [];
    return { used, dialogue: new LlamaDialogue(local, { ...SETTINGS, ...more }, { used: usage => used.push(usage) }) };
  };
  const textOf = (told: readonly ReplyPart[]) => told.map(part => (part.type === 'text' ? part.text : '')).join('');

  it('reads of a conversation only what is new', async () => {
    const { used, dialogue } = open();
    const history: Exchange[] = [avatar('Hello Ann, how nice to see you! What would you like to talk about today?')];
    for (const text of ['I like whales very much.', 'They are large.', 'And they sing.']) {
      const turn = [user(text)];
      const answer = textOf(await parts(dialogue, { history: [...history], turn }));
      history.push(...turn, avatar(answer));
    }
    expect(used[0]!.inputTokens).toBeGreaterThan(60);
    for (const { inputTokens } of used.slice(1)) expect(inputTokens).toBeLessThan(40);
  });

  it('keeps to a feeling out of the list, and speaks then', async () => {
    const { dialogue } = open({ feelings: true });
    const [feeling, ...rest] = await parts(dialogue, { turn: [user('My dog died.')] });
    expect(feeling?.type).toBe('feeling');
    expect(textOf(rest)).not.toContain('(');
  });

  it('[T6] answers the next question soon after one that was called off while it was being read', async () => {
    const { dialogue } = open();
    await parts(dialogue);
    const abort = new AbortController();
    const long = parts(dialogue, { turn: [user('the sea is wide and deep '.repeat(60))] }, abort.signal);
    setTimeout(() => abort.abort(new Error('interrupted')), 60);
    await expect(long).rejects.toThrow('interrupted');
    expect(textOf(await parts(dialogue))).not.toBe('');
  });

  it('[C1] leaves no process', async () => {
    const { dialogue } = open();
    await parts(dialogue);
    const [pid] = local.pids;
    await dialogue.close();
    expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
  });
});
