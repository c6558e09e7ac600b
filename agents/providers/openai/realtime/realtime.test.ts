import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Does, RealtimeServer } from '../../../../test/vendors/realtime.ts';
import { Cancelled } from '../../../base/cancellation.ts';
import { systemClock } from '../../../base/clock.ts';
import type { Usage } from '../../../base/meter.ts';
import { SPEECH_RATE } from '../../../base/rates.ts';
import type { Responder } from '../../../respond/port.ts';
import { type Asking, DuplexTalk, said } from '../../../testing/duplex-talk.ts';
import { PERSONA } from '../../../testing/scene.ts';
import type { Conversation } from '../../../think/ports.ts';
import type { Toolbox } from '../../../think/toolbox.ts';
import type { Dialect } from './dialect.ts';
import { realtimeDuplex } from './duplex.ts';

const STORY = 'Once upon a time, there was an octopus. It lived in the sea, and it was happy.';

let used: Usage[];
/** DashScope's can be told neither what was heard, nor to read something out. */
const CUTS: Record<Dialect, boolean> = { ga: true, beta: true, dashscope: false };

describe.each([
  'ga',
  'beta',
  'dashscope',
] as const)('a model that hears and speaks, by the Realtime API (%s)', dialect => {
  let server: RealtimeServer;
  let responder: Responder;
  let talk: DuplexTalk;
  let toolbox: Toolbox | undefined;

  const openUp = (more: { sessionMinutes?: number; silenceTimeoutMs?: number } = {}) => {
    responder = realtimeDuplex(
      {
        baseUrl: server.baseUrl,
        apiKey: 'secret',
        model: 'gpt-realtime-2.1',
        voice: 'marin',
        dialect,
        auth: 'bearer',
        maxTokens: 1024,
        sessionMinutes: 30,
        connectTimeoutMs: 2000,
        silenceTimeoutMs: 2000,
        ...more,
      },
      { clock: systemClock, toolbox, used: usage => used.push(usage) },
    ).open(PERSONA);
    talk = new DuplexTalk(responder);
  };
  beforeEach(async () => {
    server = new RealtimeServer(dialect);
    await server.open();
    [used, toolbox] = [[], undefined];
  });
  afterEach(async () => {
    responder.close?.();
    await expect.poll(() => server.connections).toBe(0);
    expect(server.sessions.flatMap(({ problems }) => problems)).toEqual([]);
    await server.close();
  });

  const hear = (ms?: number) => talk.hear(ms);
  const ask = (asking?: Asking) => talk.ask(asking);
  const says = (does: Does) => {
    server.does = () => does;
  };

  it('answers what it has heard: its sound, its words in their places, and what the mouth does', async () => {
    openUp();
    says({ say: STORY });
    hear();
    const { samples, words, sounds, error } = await ask();
    expect(error).toBeUndefined();
    expect(words).toBe(STORY);
    expect(samples / SPEECH_RATE).toBeCloseTo(server.speak(STORY).length / 24_000, 2);
    expect(server.last.heardMs).toBeGreaterThanOrEqual(490);
    expect(sounds.flatMap(({ events }) => events).some(({ mouthOpen }) => mouthOpen > 0)).toBe(true);
    expect(used).toEqual([{ inputTokens: 10, outputTokens: 20 }]);
    expect(server.upgrades[0]!.headers.authorization).toBe('Bearer secret');
  });

  it('is told in words what was typed, and what it neither heard nor said itself', async () => {
    openUp();
    says({ say: 'I see.' });
    const history = [said('Hi'), said('', { role: 'avatar', text: 'Hello Ann.', entryId: 'x', turnId: 'another' })];
    await ask({ history, turn: [said('What is the time?', { typed: true })] });
    const told = server.last.items.flatMap(({ role, content }) => content.map(({ text }) => `${role} ${text ?? ''}`));
    expect(told.slice(0, 3)).toEqual(['user Ann: Hi', 'assistant Hello Ann.', 'user Ann: What is the time?']);
    await ask({ history, turn: [said('And now?', { typed: true })] });
    expect(server.last.items.filter(({ role }) => role === 'user')).toHaveLength(3);
  });

  it.runIf(CUTS[dialect])('[T4] forgets what nobody heard of its answer, to the sample', async () => {
    openUp();
    says({ say: STORY });
    hear();
    const { turnId, samples } = await ask({ until: SPEECH_RATE });
    const heard = samples - 12_345;
    responder.heardUpTo?.(turnId, heard);
    const ms = () => server.last.items.find(({ role }) => role === 'assistant')?.content[0];
    await expect.poll(() => ms()?.transcript).toBeUndefined();
    expect(Math.abs(ms()!.audioMs! - (heard * 1000) / SPEECH_RATE)).toBeLessThanOrEqual(1);
  });

  it.runIf(CUTS[dialect])('[T5] forgets an answer to what was only a guess', async () => {
    openUp();
    says({ say: STORY });
    hear();
    await ask({ until: 1, certain: false });
    await expect.poll(() => server.last.items.map(({ role }) => role)).toEqual(['user']);
    hear();
    const { words } = await ask();
    expect(words).toBe(STORY);
  });

  it('[T6] is silent at once when it is called off, and the server is told', async () => {
    openUp();
    says({ hang: true });
    hear();
    const stop = new AbortController();
    const committed = Promise.resolve();
    const conversation: Conversation = { persona: PERSONA, history: [], turn: [said('Hello')] };
    const room = async () => {};
    const reading = (async () => {
      const how = { turnId: 't', signal: stop.signal, committed, room };
      for await (const each of responder.respond(conversation, how)) if (each.type === 'speech') expect.unreachable();
    })();
    await expect.poll(() => server.last?.response).toBeDefined();
    stop.abort(new Cancelled('somebody spoke'));
    await expect(reading).rejects.toThrow('somebody spoke');
    await expect.poll(() => server.last.received.at(-1)?.type).toBe('response.cancel');
    await expect.poll(() => server.last.response).toBeUndefined();
    says({ say: 'Yes.' });
    hear();
    expect((await ask()).words).toBe('Yes.');
  });

  it('may be asked again before the vendor has ended what was called off', async () => {
    openUp();
    says({ say: STORY });
    hear();
    await ask({ until: 1, certain: false });
    says({ say: 'I am here.' });
    expect((await ask()).words).toBe('I am here.');
    expect(server.last.received.filter(({ type }) => type === 'response.create')).toHaveLength(2);
  });

  it('is not asked for a line again and again while it refuses', async () => {
    server.refuse = 401;
    openUp();
    for (let i = 0; i < 20; i++) {
      hear(40);
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    expect(server.upgrades.length).toBeLessThanOrEqual(2);
  });

  it('calls the persona’s tools, and goes on with what came of it', async () => {
    const asked: unknown[] = [];
    toolbox = {
      begin: () => ({
        declared: [{ name: 'price', description: 'Tells a price.', parameters: { type: 'object' } }],
        spent: false,
        run: async calls => {
          asked.push(...calls.map(({ name, arguments: text }) => [name, text]));
          // Longer than the model itself may be silent.
          await new Promise(resolve => systemClock.after(400, () => resolve(undefined)));
          return ['5 euros'];
        },
      }),
    };
    openUp({ silenceTimeoutMs: 250 });
    server.does = ({ items }) => {
      const output = items.find(({ type }) => type === 'function_call_output')?.output;
      return output === undefined
        ? { call: { name: 'price', arguments: { of: 'candles' } } }
        : { say: `It is ${output}.` };
    };
    hear();
    expect((await ask()).words).toBe('It is 5 euros.');
    expect(asked).toEqual([['price', '{"of":"candles"}']]);
    expect(server.last.settings.tools).toMatchObject([{ type: 'function', name: 'price' }]);
  });

  it.runIf(CUTS[dialect])('says given words and no others: what the model says otherwise is not heard', async () => {
    openUp();
    const say = async (text: string) => {
      const words: string[] = [];
      const how = {
        turnId: 's',
        signal: new AbortController().signal,
        committed: Promise.resolve(),
        room: async () => {},
      };
      for await (const each of responder.say(text, [], how))
        if (each.type === 'speech') words.push(...each.words.map(word => word.text));
      return words.join(' ');
    };
    says({ say: 'hello ann, how are you' });
    expect(await say('Hello Ann! How are you?')).toBe('Hello Ann! How are you?');
    expect(server.last.items).toEqual([]);
    says({ say: 'Hello Ann! I am an octopus.' });
    await expect(say('Hello Ann! How are you?')).rejects.toMatchObject({ category: 'bad-input' });
  });

  it.each([
    ['rate_limit_exceeded', 'quota', true],
    ['insufficient_quota', 'quota', false],
    ['server_error', 'network', true],
  ] as const)('tells what an answer failed with: %s', async (fail, category, retryable) => {
    openUp();
    says({ fail });
    hear();
    expect((await ask()).error).toMatchObject({ name: 'ProviderError', category, retryable });
  });

  it('gives up a model that falls silent in the middle of its answer', async () => {
    openUp({ silenceTimeoutMs: 300 });
    says({ say: STORY, stopAfterPieces: 2, finally: 'hang' });
    hear();
    const { error, samples } = await ask();
    expect(samples).toBeGreaterThan(0);
    expect(error).toMatchObject({ category: 'network' });
  });

  it('fails with what was said so far when its connection dies, and goes on over another, which knows all', async () => {
    openUp();
    says({ say: STORY, stopAfterPieces: 2, finally: 'die' });
    hear();
    const { error, samples } = await ask({ turn: [said('Tell me a story')] });
    expect(samples).toBeGreaterThan(0);
    expect(error).toMatchObject({ category: 'network', retryable: true });
    says({ say: 'As I said.' });
    hear();
    const history = [
      said('Tell me a story'),
      said('', { role: 'avatar', text: 'Once upon', entryId: 'y', turnId: 't1' }),
    ];
    expect((await ask({ history, turn: [said('Go on')] })).words).toBe('As I said.');
    expect(server.sessions).toHaveLength(2);
    expect(JSON.stringify(server.last.items)).toContain('Once upon');
  });

  it('is renewed between two turns, before its vendor ends it, and nothing is forgotten', async () => {
    server.lastsS = 30;
    openUp();
    says({ say: 'I am Ollie.' });
    hear();
    const first = await ask({ turn: [said('Who are you?')] });
    responder.heardUpTo?.(first.turnId, first.samples);
    await expect.poll(() => server.sessions.length).toBe(2);
    await expect.poll(() => server.connections).toBe(1);
    hear();
    const answer = said('', { role: 'avatar', text: 'I am Ollie.', entryId: 'z', turnId: first.turnId });
    expect((await ask({ history: [said('Who are you?'), answer], turn: [said('Really?')] })).words).toBe('I am Ollie.');
    expect(JSON.stringify(server.last.items)).toContain('Who are you?');
    expect(server.last.heardMs).toBeGreaterThan(400);
  });

  it('is expired by its vendor without anybody noticing who does not speak just then', async () => {
    openUp();
    says({ say: 'Yes.' });
    hear();
    await ask();
    server.expire(server.last);
    await expect.poll(() => server.connections).toBe(0);
    hear();
    expect((await ask({ turn: [said('Still there?')] })).words).toBe('Yes.');
  });

  it.each([
    [401, 'auth'],
    [402, 'quota'],
    [404, 'model'],
    [500, 'network'],
  ] as const)('tells why it cannot be reached: %i', async (status, category) => {
    server.refuse = status;
    openUp();
    hear();
    expect((await ask()).error).toMatchObject({ name: 'ProviderError', category });
  });
});
