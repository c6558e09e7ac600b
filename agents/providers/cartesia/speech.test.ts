import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CartesiaFault, CartesiaServer } from '../../../test/vendors/cartesia.ts';
import { closeSpeaking } from '../../../test/vendors/speaking.ts';
import { systemClock } from '../../base/clock.ts';
import { NEUTRAL_PROSODY, type Speech, type TextToSpeech } from '../../speak/ports.ts';
import { ttsConformance } from '../../testing/tts-conformance.ts';
import { cartesiaSpeech } from './speech.ts';

const SENTENCE = 'The quick brown fox jumps over the lazy dog.';
const server = new CartesiaServer();
const made: TextToSpeech[] = [];
beforeAll(() => server.open());
afterEach(() => {
  server.fault = undefined;
  server.refuse = undefined;
  expect(server.problems).toEqual([]);
});
afterAll(async () => {
  await Promise.all(made.map(each => each.close()));
  await vi.waitUntil(() => server.connections === 0);
  await server.close();
  await closeSpeaking();
});

const voice = (more: { firstSoundTimeoutMs?: number } = {}) => {
  const names = { version: '2026-08-14', model: 'sonic-3', voice: 'mine', language: 'en' };
  const how = { apiKey: 'secret', baseUrl: server.baseUrl, firstSoundTimeoutMs: 5000, clock: systemClock };
  const tts = cartesiaSpeech({ ...names, ...how, ...more });
  made.push(tts);
  return tts;
};
const say = async (text: string, tts = voice()) => {
  const parts: Speech[] = [];
  const signal = new AbortController().signal;
  for await (const part of tts.speak(text, { voice: 'mine', prosody: NEUTRAL_PROSODY, signal })) parts.push(part);
  return parts;
};

ttsConformance('Cartesia', voice);

describe('Cartesia', () => {
  it('says all sentences over one connection, with the time of each word', async () => {
    const before = server.upgrades.length;
    const tts = voice();
    const parts = await say(SENTENCE, tts);
    await say('Another one.', tts);
    expect(server.upgrades.length).toBe(before + 1);
    const words = parts
      .flatMap(({ characters = [] }) => characters.map(({ text }) => text))
      .filter(text => text !== ' ');
    expect(words.join(' ')).toBe(SENTENCE);
    for (const { characters = [], pcm } of parts)
      for (const { endSample } of characters) expect(endSample).toBeLessThanOrEqual(pcm.length);
  });

  it('stops the vendor where it is called off', async () => {
    server.fault = 'hang later';
    const stop = new AbortController();
    const said = voice().speak(SENTENCE, { voice: 'mine', prosody: NEUTRAL_PROSODY, signal: stop.signal });
    const asked = server.asked.length;
    const reading = (async () => {
      for await (const _ of said) void _;
    })();
    reading.catch(() => {});
    await expect.poll(() => server.asked.length).toBe(asked + 1);
    stop.abort(new Error('called off'));
    await expect(reading).rejects.toThrow('called off');
    await expect.poll(() => server.cancelled).toContain(server.asked.at(-1)!.context_id);
  });

  it.each<[CartesiaFault, string, boolean]>([
    [{ status: 401 }, 'auth', false],
    [{ status: 402 }, 'quota', false],
    [{ status: 429 }, 'quota', true],
    [{ status: 500 }, 'network', true],
    ['hang', 'network', true],
    ['hang later', 'network', true],
    ['die', 'network', true],
  ])('tells what went wrong: %o', async (fault, category, retryable) => {
    server.fault = fault;
    const said = say(SENTENCE, voice({ firstSoundTimeoutMs: 400 }));
    await expect(said).rejects.toMatchObject({ name: 'ProviderError', category, retryable });
  });

  it('is asked anew after it could not be reached', async () => {
    server.refuse = 503;
    const tts = voice();
    await expect(say(SENTENCE, tts)).rejects.toMatchObject({ category: 'network' });
    server.refuse = undefined;
    expect((await say(SENTENCE, tts)).length).toBeGreaterThan(0);
  });
});
