import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RimeFault, RimeServer } from '../../../test/vendors/rime.ts';
import { closeSpeaking } from '../../../test/vendors/speaking.ts';
import { systemClock } from '../../base/clock.ts';
import { NEUTRAL_PROSODY, type Speech, type TextToSpeech } from '../../speak/ports.ts';
import { ttsConformance } from '../../testing/tts-conformance.ts';
import { rimeSpeech } from './speech.ts';

const SENTENCE = 'The quick brown fox jumps over the lazy dog.';
const server = new RimeServer();
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
  const tts = rimeSpeech({ model: 'coda', voice: 'astra', language: 'eng', ...how, ...more });
  made.push(tts);
  return tts;
};
const say = async (text: string, tts: TextToSpeech = voice(), who = 'astra') => {
  const parts: Speech[] = [];
  const signal = new AbortController().signal;
  for await (const part of tts.speak(text, { voice: who, prosody: NEUTRAL_PROSODY, signal })) parts.push(part);
  return parts;
};

ttsConformance('Rime', voice);

describe('Rime', () => {
  it('says the sentences of a voice over one connection, those of another over another', async () => {
    const before = server.voices.length;
    const tts = voice();
    await say('One.', tts);
    await say('Two.', tts);
    await say('Three.', tts, 'luna');
    expect(server.voices.slice(before)).toEqual(['astra coda', 'luna coda']);
    expect(server.upgrades.at(-1)!.headers.authorization).toBe('Bearer secret');
  });

  it('gives whole words as they come, each with its place, in the letters that were written', async () => {
    const parts = await say('Well, The Quick brown fox (a fox!) jumps.');
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.map(({ text }) => text).join(' ')).toBe('Well, The Quick brown fox (a fox!) jumps.');
    for (const { pcm, characters = [] } of parts) {
      expect(characters.length).toBeGreaterThan(0);
      for (const { startSample, endSample } of characters) {
        expect(startSample).toBeLessThanOrEqual(endSample);
        expect(endSample).toBeLessThanOrEqual(pcm.length);
      }
    }
  });

  it.each<[RimeFault | number, string, boolean]>([
    [401, 'auth', false],
    [402, 'quota', false],
    [429, 'quota', true],
    [500, 'network', true],
    ['hang', 'network', true],
    ['hang later', 'network', true],
    ['die', 'network', true],
    [{ error: 'Out of credits' }, 'quota', false],
    [{ error: 'Invalid API key' }, 'auth', false],
    [{ error: 'Speaker not found' }, 'bad-input', false],
  ])('tells what went wrong: %o', async (fault, category, retryable) => {
    if (typeof fault === 'number') server.refuse = fault;
    else server.fault = fault;
    const said = say(SENTENCE, voice({ firstSoundTimeoutMs: 400 }));
    await expect(said).rejects.toMatchObject({ name: 'ProviderError', category, retryable });
  });
});
