import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type GoogleSpeechFault, GoogleSpeechServer } from '../../../../test/vendors/google-speech.ts';
import { closeSpeaking } from '../../../../test/vendors/speaking.ts';
import { systemClock } from '../../../base/clock.ts';
import { NEUTRAL_PROSODY, type Prosody, type Speech } from '../../../speak/ports.ts';
import { ttsConformance } from '../../../testing/tts-conformance.ts';
import { cloudSpeech } from './speech.ts';

const SENTENCE = 'The quick brown fox jumps over the lazy dog.';
const NEURAL = 'en-GB-Neural2-A';
const server = new GoogleSpeechServer();
beforeAll(() => server.open());
afterEach(() => {
  server.fault = undefined;
  expect(server.problems).toEqual([]);
});
afterAll(async () => {
  await server.close();
  await closeSpeaking();
});

const voice = (more: { firstSoundTimeoutMs?: number } = {}) => {
  const how = { apiKey: 'secret', baseUrl: server.baseUrl, firstSoundTimeoutMs: 5000, clock: systemClock };
  return cloudSpeech({ voice: NEURAL, ...how, ...more });
};
const say = async (text: string, { tts = voice(), who = NEURAL, prosody = {} as Partial<Prosody> } = {}) => {
  const parts: Speech[] = [];
  const options = { voice: who, prosody: { ...NEUTRAL_PROSODY, ...prosody }, signal: new AbortController().signal };
  for await (const part of tts.speak(text, options)) parts.push(part);
  return parts;
};

ttsConformance('Google Cloud', voice);

describe('Google Cloud', () => {
  it('is asked with the key, in the voice’s language, at the speed that a feeling has', async () => {
    await say('Fish & chips.', { prosody: { rate: 1.1 } });
    const { body, headers } = server.asked.at(-1)!;
    expect(headers['x-goog-api-key']).toBe('secret');
    expect(body).toMatchObject({
      input: { ssml: '<speak><mark name="0"/>Fish <mark name="1"/>&amp; <mark name="2"/>chips.</speak>' },
      voice: { languageCode: 'en-GB', name: NEURAL },
      audioConfig: { speakingRate: 1.1 },
    });
  });

  it('gives a sentence at once, with the time of each word', async () => {
    const [{ characters = [], pcm }, ...others] = (await say(SENTENCE)) as [Speech, ...Speech[]];
    expect(others).toEqual([]);
    expect(characters.map(({ text }) => text).join('')).toBe(SENTENCE);
    const words = characters.filter(({ text }) => text.trim() !== '');
    for (const [i, { startSample, endSample }] of words.entries()) {
      expect(endSample).toBeGreaterThan(startSample);
      expect(endSample).toBe(words[i + 1]?.startSample ?? pcm.length);
    }
  });

  it.each([
    ['by voices that know no marks', 'en-US-Chirp3-HD-Kore', SENTENCE],
    ['where there would be too many', NEURAL, 'a '.repeat(300)],
  ])('is told no times %s', async (_, who, text) => {
    for (const { characters } of await say(text, { who })) expect(characters).toBeUndefined();
    expect(server.asked.at(-1)!.body.input.ssml).toBeUndefined();
  });

  it('makes nothing of marks of which some are missing', async () => {
    server.fault = 'no marks';
    for (const { characters } of await say(SENTENCE)) expect(characters).toBeUndefined();
  });

  it.each<[GoogleSpeechFault, string, boolean]>([
    [401, 'auth', false],
    [402, 'quota', false],
    [403, 'auth', false],
    [429, 'quota', true],
    [500, 'network', true],
    ['hang', 'network', true],
    ['hang later', 'network', true],
    ['cut off', 'network', true],
    ['page', 'internal', false],
  ])('tells what went wrong: %s', async (fault, category, retryable) => {
    server.fault = fault;
    const said = say(SENTENCE, { tts: voice({ firstSoundTimeoutMs: 400 }) });
    await expect(said).rejects.toMatchObject({ name: 'ProviderError', category, retryable });
  });
});
