import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GeminiDoes, GeminiLiveServer } from '../../../../test/vendors/gemini-live.ts';
import { systemClock } from '../../../base/clock.ts';
import type { Usage } from '../../../base/meter.ts';
import { SPEECH_RATE } from '../../../base/rates.ts';
import type { Responder } from '../../../respond/port.ts';
import { type Asking, DuplexTalk, said } from '../../../testing/duplex-talk.ts';
import { PERSONA } from '../../../testing/scene.ts';
import type { Toolbox } from '../../../think/toolbox.ts';
import { geminiLiveDuplex } from './duplex.ts';

const STORY = 'Once upon a time, there was an octopus. It lived in the sea, and it was happy.';

let server: GeminiLiveServer;
let responder: Responder;
let talk: DuplexTalk;
let used: Usage[];

const openUp = (toolbox?: Toolbox) => {
  const settings = {
    baseUrl: server.baseUrl,
    apiKey: 'secret',
    apiVersion: 'v1beta',
    model: 'gemini-3.8-live',
    voice: 'Kore',
  };
  const limits = { maxTokens: 2048, connectTimeoutMs: 2000, silenceTimeoutMs: 2000 };
  const host = { clock: systemClock, toolbox, used: (usage: Usage) => used.push(usage) };
  responder = geminiLiveDuplex({ ...settings, ...limits }, host).open(PERSONA);
  talk = new DuplexTalk(responder);
};
beforeEach(async () => {
  server = new GeminiLiveServer();
  await server.open();
  used = [];
});
afterEach(async () => {
  responder.close?.();
  await expect.poll(() => server.connections).toBe(0);
  expect(server.sessions.flatMap(({ problems }) => problems)).toEqual([]);
  await server.close();
});

const hear = (ms?: number) => talk.hear(ms);
const ask = (asking?: Asking) => talk.ask(asking);
const says = (does: GeminiDoes) => {
  server.does = () => does;
};
describe('Gemini, by its Live API', () => {
  it('answers what it has heard, in sound with its words', async () => {
    openUp();
    says({ say: STORY });
    hear();
    const { words, samples, error } = await ask();
    expect(error).toBeUndefined();
    expect(words).toBe(STORY);
    expect(samples / SPEECH_RATE).toBeCloseTo(server.speak(STORY).length / 24_000, 2);
    expect(server.last.heardMs).toBe(500);
    await expect.poll(() => used).toEqual([{ inputTokens: 100, outputTokens: 20 }]);
    expect(server.upgrades[0]!.headers['x-goog-api-key']).toBe('secret');
    expect(server.upgrades[0]!.url).not.toContain('secret');
    expect(JSON.stringify(server.last.setup)).toContain(PERSONA.instructions.trim().slice(0, 20));
  });

  it('is told in words what was typed', async () => {
    openUp();
    says({ say: 'I see.' });
    expect((await ask({ turn: [said('What is the time?', { typed: true })] })).words).toBe('I see.');
    expect(JSON.stringify([server.last.history, server.last.texts])).toContain('What is the time?');
  });

  it('says nothing of an answer that was interrupted once the next has begun', async () => {
    openUp();
    says({ say: STORY });
    hear();
    await ask({ until: SPEECH_RATE / 2 });
    says({ say: 'Yes?' });
    hear();
    expect((await ask()).words).toBe('Yes?');
  });

  it('calls the persona’s tools, and goes on with what came of it', async () => {
    openUp({
      begin: () => ({
        declared: [{ name: 'price', description: 'Tells a price.', parameters: { type: 'object' } }],
        spent: false,
        run: async () => ['5 euros'],
      }),
    });
    server.does = ({ received }) =>
      received.some(({ toolResponse }) => toolResponse !== undefined)
        ? { say: 'It is 5 euros.' }
        : { call: { name: 'price', args: { of: 'candles' } } };
    hear();
    expect((await ask()).words).toBe('It is 5 euros.');
    const response = server.last.received.find(({ toolResponse }) => toolResponse !== undefined);
    expect(response).toEqual({
      toolResponse: { functionResponses: [{ id: 'call-1', name: 'price', response: { output: '5 euros' } }] },
    });
  });

  it('moves to another connection when it is told that this one will end, with all that was said', async () => {
    openUp();
    says({ say: 'I am Ollie.' });
    hear();
    await ask({ turn: [said('Who are you?')], history: [said('Hi')] });
    server.goAway(server.last, '50s');
    await expect
      .poll(() => {
        responder.hear?.('ann', new Int16Array(320), false);
        return server.sessions.length;
      })
      .toBe(2);
    await expect.poll(() => server.connections).toBe(1);
    expect(JSON.stringify(server.last.history)).toContain('Hi');
    hear();
    expect((await ask()).words).toBe('I am Ollie.');
  });

  it('fails with what was said so far when its connection dies', async () => {
    openUp();
    says({ say: STORY, stopAfterPieces: 4, finally: 'die' });
    hear();
    const { error, samples } = await ask();
    expect(samples).toBeGreaterThan(0);
    expect(error).toMatchObject({ category: 'network', retryable: true });
  });
});
