import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AzureFault, AzureSpeechServer } from '../../../test/vendors/azure.ts';
import { closeSpeaking } from '../../../test/vendors/speaking.ts';
import { systemClock } from '../../base/clock.ts';
import { NEUTRAL_PROSODY, type Speech, type TextToSpeech } from '../../speak/ports.ts';
import { ttsConformance } from '../../testing/tts-conformance.ts';
import { azureSpeech } from './speech.ts';

const SENTENCE = 'The quick brown fox jumps over the lazy dog.';
const server = new AzureSpeechServer();
const made: TextToSpeech[] = [];
beforeAll(() => server.open());
afterEach(() => {
  server.fault = undefined;
  server.refuse = undefined;
  server.hasVisemes = true;
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
  const tts = azureSpeech({ voice: 'en-GB-MineNeural', ...how, ...more });
  made.push(tts);
  return tts;
};
const say = async (text: string, tts: TextToSpeech = voice(), rate = 1) => {
  const parts: Speech[] = [];
  const options = { voice: 'en-GB-MineNeural', prosody: { ...NEUTRAL_PROSODY, rate } };
  for await (const part of tts.speak(text, { ...options, signal: new AbortController().signal })) parts.push(part);
  return parts;
};

ttsConformance('Azure', voice);

describe('Azure', () => {
  it('is asked with the key, in the voice’s language, at the speed that a feeling has', async () => {
    await say('Fish & "chips" <3', voice(), 1.1);
    const { ssml, text } = server.asked.at(-1)!;
    expect(server.upgrades.at(-1)!.headers['ocp-apim-subscription-key']).toBe('secret');
    expect(text).toBe('Fish & "chips" <3');
    expect(ssml).toContain('xml:lang="en-GB"');
    expect(ssml).toContain('<prosody rate="+10%">Fish &amp; &quot;chips&quot; &lt;3</prosody>');
  });

  it('gives whole words as they come, over one connection, with the mouth that the voice tells', async () => {
    const before = server.upgrades.length;
    const tts = voice();
    const parts = await say('Pam beams above me.', tts);
    await say('Another one.', tts);
    expect(server.upgrades.length).toBe(before + 1);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.map(({ text }) => text).join(' ')).toBe('Pam beams above me.');
    const [first] = parts;
    for (const { pcm, mouth, characters } of parts) {
      expect(characters!.length).toBeGreaterThan(0);
      expect(mouth!.length).toBeGreaterThan(0);
      for (const { peakSample } of mouth!) expect(peakSample).toBeLessThanOrEqual(pcm.length);
    }
    // P, a, m.
    const shapes = first!.mouth!.map(({ viseme }) => viseme).filter((each, i, all) => each !== all[i - 1]);
    expect(shapes.slice(0, 3)).toEqual(['PP', 'aa', 'PP']);
  });

  it('leaves the mouth to others where its voice tells none', async () => {
    server.hasVisemes = false;
    for (const { mouth, characters } of await say(SENTENCE)) {
      expect(mouth).toBeUndefined();
      expect(characters!.length).toBeGreaterThan(0);
    }
  });

  it('hangs up where it is called off, and speaks over a new connection', async () => {
    server.fault = 'hang later';
    const tts = voice();
    const stop = new AbortController();
    const before = server.connections;
    const said = tts.speak(SENTENCE, { voice: 'en-GB-MineNeural', prosody: NEUTRAL_PROSODY, signal: stop.signal });
    const reading = (async () => {
      for await (const _ of said) void _;
    })();
    reading.catch(() => {});
    await expect.poll(() => server.connections).toBe(before + 1);
    stop.abort(new Error('called off'));
    await expect(reading).rejects.toThrow('called off');
    await expect.poll(() => server.connections).toBe(before);
    server.fault = undefined;
    expect((await say(SENTENCE, tts)).length).toBeGreaterThan(0);
  });

  it.each<[AzureFault | number, string, boolean]>([
    [401, 'auth', false],
    [402, 'quota', false],
    [429, 'quota', true],
    [500, 'network', true],
    ['hang', 'network', true],
    ['hang later', 'network', true],
    ['die', 'network', true],
    [{ close: 1007, reason: 'Unsupported voice' }, 'bad-input', false],
    [{ close: 4429, reason: 'Quota exceeded' }, 'quota', false],
    [{ close: 1013, reason: 'try later' }, 'network', true],
  ])('tells what went wrong: %o', async (fault, category, retryable) => {
    if (typeof fault === 'number') server.refuse = fault;
    else server.fault = fault;
    const said = say(SENTENCE, voice({ firstSoundTimeoutMs: 400 }));
    await expect(said).rejects.toMatchObject({ name: 'ProviderError', category, retryable });
  });
});
