import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import type { Speech, TextToSpeech } from '../speak/ports.ts';
import { NEUTRAL_PROSODY } from '../speak/ports.ts';
import { PERSONA } from '../testing/scene.ts';
import { personaWith } from '../testing/tool-service.ts';
import { commonQuestion, mentions, personalIn } from '../think/personal.ts';
import type { Conversation, Dialogue, Known, ReplyPart } from '../think/ports.ts';
import { CachedDialogue } from './answers.ts';
import { DiskCache } from './disk-cache.ts';
import { CachedSpeech } from './speech.ts';

const said = (text: string, name = 'Maria') => ({ role: 'user' as const, speaker: 'a', name, text });
const maria = (over: Partial<Known> = {}): Known => ({ identity: 'a', name: 'Maria', facts: [], ...over });
const asked = (text: string, over: Partial<Conversation> = {}): Conversation => ({
  persona: PERSONA,
  history: [],
  turn: [said(text)],
  people: [maria()],
  ...over,
});
const QUESTION = 'What are your opening hours?';

let folder: string;
let cache: DiskCache;
let put: MockInstance<DiskCache['put']>;
let outcomes: string[];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-cache-'));
  cache = new DiskCache({ folder, maxBytes: 1e7, maxAgeMs: 1e9, report: () => {} });
  put = vi.spyOn(cache, 'put');
  outcomes = [];
});
afterEach(async () => {
  await cache.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
/** What may be kept is handed over when its turn is certain, a few promises later, and then lies on the disk. */
const settle = async () => {
  await new Promise(resolve => setImmediate(resolve));
  await Promise.all(put.mock.results.map(({ value }) => value));
};

describe('answers that were given before', () => {
  let times: number;
  let answer: ReplyPart[];
  beforeEach(() => {
    times = 0;
    answer = [
      { type: 'feeling', emotion: 'happy', intensity: 0.5 },
      { type: 'text', text: 'From nine to five.' },
    ];
  });
  const inner: Dialogue = {
    name: 'inner',
    async *reply() {
      times += 1;
      yield* answer;
    },
  };
  async function ask(conversation: Conversation, { committed = Promise.resolve(), provider = 'p' } = {}) {
    const dialogue = new CachedDialogue(inner, cache, provider, outcome => outcomes.push(outcome));
    const parts: ReplyPart[] = [];
    const options = { signal: new AbortController().signal, committed };
    for await (const part of dialogue.reply(conversation, options)) parts.push(part);
    await settle();
    return parts;
  }

  it('are given again, feeling and all, to whoever asks the same in other punctuation', async () => {
    await ask(asked(QUESTION));
    const bob = { people: [maria({ identity: 'b', name: 'Bob' })], turn: [said('what are your OPENING hours', 'Bob')] };
    const [feeling, text] = answer;
    expect(await ask(asked('', bob))).toEqual([feeling, { ...text, cached: true }]);
    expect([times, ...outcomes]).toEqual([1, 'miss', 'hit']);
  });

  it('belong to one persona as it is, one provider, one kind of mood', async () => {
    await ask(asked(QUESTION));
    await ask(asked(QUESTION, { persona: { ...PERSONA, instructions: 'Be brief.' } }));
    await ask(asked(QUESTION), { provider: 'another' });
    const sad = { label: 'sad' as const, valence: -0.8, arousal: 0.2, confidence: 0.9, sources: ['face' as const] };
    await ask(asked(QUESTION, { people: [maria({ feeling: sad })] }));
    expect(times).toBe(4);
  });

  it('[T5] are kept only once their turn is certain', async () => {
    await ask(asked(QUESTION), { committed: new Promise(() => {}) });
    await ask(asked(QUESTION));
    expect(times).toBe(2);
  });

  it('are nobody’s own: what is known of a person, and answers with their name, are not kept', async () => {
    const facts = [{ key: 'product', value: 'candles', text: '' }];
    for (let i = 0; i < 2; i++) await ask(asked(QUESTION, { people: [maria({ facts })] }));
    answer = [{ type: 'text', text: 'From nine to five, Maria.' }];
    for (let i = 0; i < 2; i++) await ask(asked('When do you close the shop?'));
    expect(times).toBe(4);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it('of a persona with tools are neither kept nor looked up, nor is their sound', async () => {
    const { tools } = personaWith([{ name: 'hours', description: 'Opening hours.', url: 'http://a/' }]).persona;
    const persona = { ...PERSONA, tools };
    for (let i = 0; i < 2; i++) await ask(asked(QUESTION, { persona }));
    expect([times, ...outcomes]).toEqual([2, 'skip', 'skip']);
    expect(fs.readdirSync(folder)).toEqual([]);
    expect(personalIn(asked(QUESTION))('From nine to five.')).toBe(false);
    expect(personalIn(asked(QUESTION, { persona }))('From nine to five.')).toBe(true);
    const occasion = { kind: 'return' as const, identity: 'a' };
    expect(personalIn(asked('', { persona, turn: [], occasion }))('Your parcel is here.')).toBe(true);
  });

  it('are not kept in a conversation in which anything personal was said before', async () => {
    const history = [said('I sell handmade candles.')];
    for (let i = 0; i < 2; i++) await ask(asked(QUESTION, { history }));
    expect(outcomes).toEqual(['skip', 'skip']);
    await ask(asked(QUESTION, { history: [said('Hello, how are you?'), said('Who invented the bicycle?')] }));
    expect(outcomes.at(-1)).toBe('miss');
  });

  it('that failed or are empty are not kept', async () => {
    answer = [{ type: 'text', text: ' ' }];
    for (let i = 0; i < 2; i++) await ask(asked(QUESTION));
    expect(times).toBe(2);
  });

  it.each([
    'What should I sell to my sister?',
    'I need help with the shop.',
    'And what does that cost?',
    'Why is it so?',
    'What time is it now?',
    'Is Bob Miller a good customer?',
    'How are you?',
    'The meeting is on the second floor.',
    'Can you see the drawing here?',
  ])('are not even looked for: %s', text => expect(commonQuestion(asked(text))).toBeUndefined());

  it.each([
    QUESTION,
    'How does a steam engine work?',
    'Tell me about the history of tea.',
    'Who invented the bicycle?',
  ])('are looked for: %s', text => expect(commonQuestion(asked(text))).toBeDefined());

  it.each([
    'goodbye '.repeat(45),
    'goodbye'.repeat(45),
    'okgoodbye'.repeat(45),
    'thank you so '.repeat(500),
  ])('take no time to look at what was said before: %s', before => {
    expect(commonQuestion(asked(QUESTION, { history: [said(`${before}x`)] }))).toBeUndefined();
  });

  it('are looked for after a greeting', () => {
    const history = ['Hello!', 'Thank you very much, goodbye.', 'How are you today?'].map(text => said(text));
    expect(commonQuestion(asked(QUESTION, { history }))).toBeDefined();
  });

  it('are not looked for in the middle of something: after a summary, of two people, for a greeting', () => {
    expect(commonQuestion(asked(QUESTION, { summary: 'They spoke.' }))).toBeUndefined();
    expect(commonQuestion(asked(QUESTION, { turn: [said(QUESTION), said(QUESTION)] }))).toBeUndefined();
    expect(commonQuestion(asked(QUESTION, { turn: [], occasion: { kind: 'return', identity: 'a' } }))).toBeUndefined();
  });
});

describe('sentences that were spoken before', () => {
  let times: number;
  const speech: Speech = {
    text: 'From nine to five.',
    sampleRate: 16_000,
    pcm: Int16Array.from({ length: 500 }, (_, i) => i - 250),
    phones: [{ phone: 'f', startSample: 0, endSample: 100 } as never],
  };
  const inner: TextToSpeech = {
    capabilities: { phones: true, voices: { known: ['v'], closed: true }, prosody: true },
    async *speak() {
      times += 1;
      yield { ...speech, pcm: speech.pcm.slice() };
      yield { ...speech, text: 'Yes.', pcm: speech.pcm.slice(0, 7) };
    },
    close: async () => {},
  };
  beforeEach(() => {
    times = 0;
  });
  async function speak(
    sentence: string,
    { keep, rate = 1, voice = 'v' }: { keep?: Promise<void>; rate?: number; voice?: string } = {},
  ) {
    const tts = new CachedSpeech(inner, cache, 'p', outcome => outcomes.push(outcome));
    const spoken: Speech[] = [];
    const { signal } = new AbortController();
    const options = { voice, prosody: { ...NEUTRAL_PROSODY, rate }, signal, ...(keep !== undefined && { keep }) };
    for await (const part of tts.speak(sentence, options)) spoken.push(part);
    await settle();
    return spoken;
  }
  const certain = Promise.resolve();

  it('come back sample for sample, with phones', async () => {
    const first = await speak('From nine to five.', { keep: certain });
    expect(await speak('From nine to five.', { keep: certain })).toEqual(first);
    expect([times, ...outcomes]).toEqual([1, 'miss', 'hit']);
  });

  it('are other sentences in another voice, at another speed, in other words', async () => {
    await speak('Yes.', { keep: certain });
    await speak('Yes.', { keep: certain, rate: 1.1 });
    await speak('Yes.', { keep: certain, voice: 'w' });
    await speak('Yes!', { keep: certain });
    expect(times).toBe(4);
  });

  it('leave no trace where they may not be kept, or their turn was thrown away [T5]', async () => {
    await speak('Hello Maria.');
    await speak('Yes.', { keep: new Promise(() => {}) });
    expect(fs.readdirSync(folder)).toEqual([]);
    expect(outcomes).toEqual(['skip', 'miss']);
  });

  it('may be kept if they are nobody’s own', () => {
    const toMaria = mentions(['Maria', 'Jo', '\u5c0f\u660e']);
    for (const sentence of ['Hello Maria, nice to see you.', 'Hi Jo!', '\u4f60\u597d\u5c0f\u660e\u3002'])
      expect(toMaria(sentence)).toBe(true);
    expect(toMaria('Nice to see you, what is your job?')).toBe(false);
    // A greeting that takes up what was told is theirs, whatever words it finds for it.
    const back = personalIn(asked('', { turn: [], occasion: { kind: 'return', identity: 'a' } }));
    expect(back('Last time you told me that you lost your job.')).toBe(true);
    expect(personalIn(asked('My wife is ill.'))('That is sad.')).toBe(true);
    expect(personalIn(asked(QUESTION))('From nine to five.')).toBe(false);
  });
});
