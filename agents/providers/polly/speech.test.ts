import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type PollyFault, PollyServer } from '../../../test/vendors/polly.ts';
import { closeSpeaking } from '../../../test/vendors/speaking.ts';
import { systemClock } from '../../base/clock.ts';
import { NEUTRAL_PROSODY, type Prosody, type Speech } from '../../speak/ports.ts';
import { ttsConformance } from '../../testing/tts-conformance.ts';
import { signatureOf } from './signing.ts';
import { pollySpeech } from './speech.ts';

const SENTENCE = 'The quick brown fox jumps over the lazy dog.';
const server = new PollyServer();
beforeAll(() => server.open());
afterEach(() => {
  server.fault = undefined;
  expect(server.problems).toEqual([]);
});
afterAll(async () => {
  await server.close();
  await closeSpeaking();
});

const voice = (more: { firstSoundTimeoutMs?: number; secret?: string; engine?: string } = {}) => {
  const { secret = PollyServer.secret, engine = 'neural', firstSoundTimeoutMs = 5000 } = more;
  const account = { keyId: 'AKIDEXAMPLE', secret, sessionToken: 'for a while' };
  const how = { region: 'eu-west-1', baseUrl: server.baseUrl, firstSoundTimeoutMs, clock: systemClock };
  return pollySpeech({ account, engine, voice: 'Amy', ...how });
};
const say = async (text: string, tts = voice(), prosody: Partial<Prosody> = {}) => {
  const parts: Speech[] = [];
  const options = { voice: 'Amy', prosody: { ...NEUTRAL_PROSODY, ...prosody } };
  for await (const part of tts.speak(text, { ...options, signal: new AbortController().signal })) parts.push(part);
  return parts;
};

ttsConformance('Polly', voice);

describe('Polly', () => {
  it('is asked for sound and marks at the same time, at the speed that a feeling has', async () => {
    const before = server.asked.length;
    await say('Fish & chips.', voice(), { rate: 1.1 });
    const [one, other] = server.asked.slice(before);
    const question = { Engine: 'neural', VoiceId: 'Amy', TextType: 'ssml' };
    const ssml = '<speak><prosody rate="110%">Fish &amp; chips.</prosody></speak>';
    expect([one, other]).toEqual(
      expect.arrayContaining([
        { ...question, Text: ssml, OutputFormat: 'pcm', SampleRate: '16000' },
        { ...question, Text: ssml, OutputFormat: 'json', SpeechMarkTypes: ['word', 'viseme'] },
      ]),
    );
  });

  it('gives whole words as they come, with the mouth that the voice tells', async () => {
    const parts = await say('Pam beams above me, and so do I.');
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.map(({ text }) => text).join(' ')).toBe('Pam beams above me, and so do I.');
    const shapes = parts[0]!.mouth!.map(({ viseme }) => viseme).filter((each, i, all) => each !== all[i - 1]);
    expect(shapes.slice(0, 3)).toEqual(['PP', 'aa', 'PP']);
    for (const { pcm, mouth = [], characters = [] } of parts) {
      expect(characters.length).toBeGreaterThan(0);
      for (const { peakSample } of mouth) expect(peakSample).toBeLessThanOrEqual(pcm.length);
    }
  });

  it('tells no times where its engine has none', async () => {
    const before = server.asked.length;
    for (const { mouth, characters } of await say(SENTENCE, voice({ engine: 'generative' })))
      expect([mouth, characters]).toEqual([undefined, undefined]);
    expect(server.asked.length).toBe(before + 1);
  });

  it('hangs up on both questions where it is called off', async () => {
    server.fault = 'hang';
    const [before, asked] = [server.hungUp, server.asked.length];
    const stop = new AbortController();
    const said = voice().speak('Hello.', { voice: 'Amy', prosody: NEUTRAL_PROSODY, signal: stop.signal });
    const next = said.next();
    next.catch(() => {});
    await expect.poll(() => server.asked.length).toBe(asked + 2);
    stop.abort(new Error('called off'));
    await expect(next).rejects.toThrow('called off');
    await expect.poll(() => server.hungUp).toBe(before + 2);
  });

  it.each<[PollyFault | 'wrong key', string, boolean]>([
    ['wrong key', 'auth', false],
    [400, 'bad-input', false],
    [429, 'quota', true],
    ['throttled', 'quota', false],
    [500, 'network', true],
    ['hang', 'network', true],
    ['hang later', 'network', true],
    ['cut off', 'network', true],
    ['no marks', 'network', true],
    ['page', 'internal', false],
  ])('tells what went wrong: %s', async (fault, category, retryable) => {
    if (fault !== 'wrong key') server.fault = fault;
    const secret = fault === 'wrong key' ? 'another' : PollyServer.secret;
    const said = say(SENTENCE, voice({ firstSoundTimeoutMs: 400, secret }));
    await expect(said).rejects.toMatchObject({ name: 'ProviderError', category, retryable });
  });
});

describe('a signature', () => {
  it('is as in Amazon’s suite of examples (post-vanilla)', () => {
    const headers = { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z' };
    const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
    const how = { at: '20150830T123600Z', region: 'us-east-1', service: 'service', secret };
    expect(signatureOf({ path: '/', headers, body: '' }, how).signature).toBe(
      '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    );
  });
});
