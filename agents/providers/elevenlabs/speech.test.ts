import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ElevenLabsFault, ElevenLabsServer } from '../../../test/vendors/elevenlabs.ts';
import { closeSpeaking } from '../../../test/vendors/speaking.ts';
import { systemClock } from '../../base/clock.ts';
import { NEUTRAL_PROSODY, type Prosody, type Speech } from '../../speak/ports.ts';
import { ttsConformance } from '../../testing/tts-conformance.ts';
import { elevenLabsSpeech } from './speech.ts';

const server = new ElevenLabsServer();
beforeAll(() => server.open());
afterEach(() => {
  server.fault = undefined;
  expect(server.problems).toEqual([]);
});
afterAll(async () => {
  await server.close();
  await closeSpeaking();
});

const voice = (more: { firstSoundTimeoutMs?: number } = {}) =>
  elevenLabsSpeech({
    apiKey: 'secret',
    baseUrl: server.baseUrl,
    model: 'eleven_flash_v2_5',
    voice: 'mine',
    stability: 0.5,
    similarity: 0.75,
    firstSoundTimeoutMs: 5000,
    clock: systemClock,
    ...more,
  });
const say = async (text: string, tts = voice(), prosody: Partial<Prosody> = {}) => {
  const parts: Speech[] = [];
  const signal = new AbortController().signal;
  const options = { voice: 'mine', prosody: { ...NEUTRAL_PROSODY, ...prosody }, signal };
  for await (const part of tts.speak(text, options)) parts.push(part);
  return parts;
};

ttsConformance('ElevenLabs', voice);

describe('ElevenLabs', () => {
  it('is asked with the key, the voice and the speed that a feeling has', async () => {
    await say('Hello.', voice(), { rate: 1.1 });
    expect(server.asked.at(-1)).toMatchObject({
      voice: 'mine',
      key: 'secret',
      body: { text: 'Hello.', model_id: 'eleven_flash_v2_5', voice_settings: { stability: 0.5, speed: 1.1 } },
    });
  });

  it('gives whole words as they come, each character with its place in them', async () => {
    const parts = await say('The quick brown fox jumps over the lazy dog.');
    expect(parts.length).toBeGreaterThan(2);
    for (const { text, pcm, characters = [] } of parts) {
      expect(
        characters
          .map(each => each.text)
          .join('')
          .trim(),
      ).toBe(text);
      for (const { startSample, endSample } of characters) {
        expect(startSample).toBeLessThanOrEqual(endSample);
        expect(endSample).toBeLessThanOrEqual(pcm.length);
      }
    }
  });

  it.each<[ElevenLabsFault, string, boolean]>([
    ['auth', 'auth', false],
    ['quota', 'quota', false],
    ['busy', 'quota', true],
    ['down', 'network', true],
    ['hang', 'network', true],
    ['hang later', 'network', true],
    ['cut off', 'network', true],
    ['page', 'internal', false],
  ])('tells what went wrong: %s', async (fault, category, retryable) => {
    server.fault = fault;
    const said = say('The quick brown fox jumps over the lazy dog.', voice({ firstSoundTimeoutMs: 400 }));
    await expect(said).rejects.toMatchObject({ name: 'ProviderError', category, retryable });
  });

  it('hangs up when it is called off', async () => {
    server.fault = 'hang';
    const before = server.hungUp;
    const stop = new AbortController();
    const asked = server.asked.length;
    const said = voice().speak('Hello.', { voice: 'mine', prosody: NEUTRAL_PROSODY, signal: stop.signal });
    const next = said.next();
    next.catch(() => {});
    await expect.poll(() => server.asked.length).toBe(asked + 1);
    stop.abort(new Error('called off'));
    await expect(next).rejects.toThrow('called off');
    await expect.poll(() => server.hungUp).toBe(before + 1);
  });
});
