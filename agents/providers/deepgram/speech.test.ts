import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AuraFault, AuraServer } from '../../../test/vendors/aura.ts';
import { closeSpeaking, speaking } from '../../../test/vendors/speaking.ts';
import { systemClock } from '../../base/clock.ts';
import { NEUTRAL_PROSODY, type Speech, type TextToSpeech } from '../../speak/ports.ts';
import { ttsConformance } from '../../testing/tts-conformance.ts';
import { deepgramSpeech } from './speech.ts';

const SENTENCE = 'The quick brown fox jumps over the lazy dog.';
const server = new AuraServer();
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
  const how = { apiKey: 'secret', baseUrl: server.baseUrl, firstSoundTimeoutMs: 5000, clock: systemClock };
  const tts = deepgramSpeech({ voice: 'aura-2-thalia-en', ...how, ...more });
  made.push(tts);
  return tts;
};
const say = async (text: string, tts: TextToSpeech = voice(), who = 'aura-2-thalia-en') => {
  const parts: Speech[] = [];
  const signal = new AbortController().signal;
  for await (const part of tts.speak(text, { voice: who, prosody: NEUTRAL_PROSODY, signal })) parts.push(part);
  return parts;
};
const samples = (parts: Speech[]) => parts.reduce((sum, { pcm }) => sum + pcm.length, 0);

ttsConformance('Deepgram', voice);

describe('Deepgram', () => {
  it('says the sentences of a voice over one connection, those of another over another', async () => {
    const before = server.voices.length;
    const tts = voice();
    await say('One.', tts);
    await say('Two.', tts);
    await say('Three.', tts, 'aura-2-apollo-en');
    expect(server.voices.slice(before)).toEqual(['aura-2-thalia-en', 'aura-2-apollo-en']);
    expect(server.upgrades.at(-1)!.headers.authorization).toBe('Token secret');
  });

  it('goes on over the same connection after a sentence was called off, with nothing of that', async () => {
    const tts = voice();
    server.fault = 'hang later';
    const [before, cleared] = [server.voices.length, server.cleared];
    const stop = new AbortController();
    const asked = server.asked.length;
    const said = tts.speak(SENTENCE, { voice: 'aura-2-thalia-en', prosody: NEUTRAL_PROSODY, signal: stop.signal });
    const reading = (async () => {
      for await (const _ of said) void _;
    })();
    reading.catch(() => {});
    await expect.poll(() => server.asked.length).toBe(asked + 1);
    stop.abort(new Error('called off'));
    await expect(reading).rejects.toThrow('called off');
    server.fault = undefined;
    expect(samples(await say('So am I.', tts))).toBe((await speaking('So am I.', 24_000)).pcm.length);
    expect([server.voices.length, server.cleared]).toEqual([before + 1, cleared + 1]);
  });

  it.each<[AuraFault | number, string, boolean]>([
    [401, 'auth', false],
    [402, 'quota', false],
    [429, 'quota', true],
    [500, 'network', true],
    ['hang', 'network', true],
    ['hang later', 'network', true],
    ['die', 'network', true],
    ['error', 'network', true],
  ])('tells what went wrong: %o', async (fault, category, retryable) => {
    if (typeof fault === 'number') server.refuse = fault;
    else server.fault = fault;
    const said = say(SENTENCE, voice({ firstSoundTimeoutMs: 400 }));
    await expect(said).rejects.toMatchObject({ name: 'ProviderError', category, retryable });
  });
});
