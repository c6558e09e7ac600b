import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { ProviderError } from '../../base/errors.ts';
import { NEUTRAL_PROSODY, type Speech } from '../../speak/ports.ts';
import { resampled } from '../../speak/resample.ts';
import { ttsConformance } from '../../testing/tts-conformance.ts';
import { Flite } from '../flite/flite.ts';
import { OpenAiSpeech } from './speech.ts';

const SENTENCE = 'The quick brown fox jumps over the lazy dog.';
type Answer = (response: http.ServerResponse, body: Record<string, unknown>) => void;

/** A server on this machine that speaks the wire format of `/v1/audio/speech`. */
class Endpoint {
  answer: Answer = (_, body) => {
    throw new Error(`unexpected ${JSON.stringify(body)}`);
  };
  received: { url: string; authorization: string | undefined; body: Record<string, unknown> }[] = [];
  readonly #server = http.createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text) as Record<string, unknown>;
    this.received.push({ url: request.url!, authorization: request.headers.authorization, body });
    this.answer(response, body);
  });

  async open(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  voice(firstSoundTimeoutMs = 5000): OpenAiSpeech {
    return new OpenAiSpeech({
      apiKey: 'sk-secret',
      baseUrl: this.baseUrl,
      model: 'some-model',
      voice: 'mine',
      firstSoundTimeoutMs,
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

const begin = (response: http.ServerResponse) =>
  response.writeHead(200, { 'content-type': 'audio/pcm' }).flushHeaders();
const ramp = (samples: number) => Int16Array.from({ length: samples }, (_, i) => ((i * 7) % 60_000) - 30_000);
const bytesOf = (pcm: Int16Array) => Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);

describe('with a whole voice behind the endpoint', () => {
  const endpoint = new Endpoint();
  const flite = new Flite();
  beforeAll(async () => {
    endpoint.answer = async (response, { input, voice }) => {
      const signal = new AbortController().signal;
      const known = flite.capabilities.voices.known.includes(String(voice)) ? String(voice) : 'kal16';
      begin(response);
      try {
        for await (const { pcm, sampleRate } of flite.speak(String(input), {
          voice: known,
          prosody: NEUTRAL_PROSODY,
          signal,
        }))
          response.write(bytesOf(resampled(pcm, sampleRate, 24_000)));
        response.end();
      } catch {
        response.destroy();
      }
    };
    await endpoint.open();
  });
  afterAll(() => Promise.all([endpoint.close(), flite.close()]));
  ttsConformance('OpenAiSpeech', () => endpoint.voice(10_000));
});

describe('OpenAiSpeech against a server on this machine', () => {
  let endpoint: Endpoint;
  beforeEach(async () => {
    endpoint = await new Endpoint().open();
  });
  afterEach(() => endpoint.close());

  const speak = (voice = endpoint.voice(), { prosody = {}, signal = new AbortController().signal } = {}) =>
    voice.speak(SENTENCE, { voice: 'mine', prosody: { ...NEUTRAL_PROSODY, ...prosody }, signal });
  /** What was said, and what it ended with. */
  async function outcome(said = speak()): Promise<{ parts: Speech[]; error?: unknown }> {
    const parts: Speech[] = [];
    try {
      for await (const part of said) parts.push(part);
      return { parts };
    } catch (error) {
      return { parts, error };
    }
  }
  const samples = (parts: Speech[]) => parts.flatMap(({ pcm }) => [...pcm]);
  const refuse =
    (status: number, message: string): Answer =>
    response =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message } }));

  it('asks for plain samples in the voice and the way they are wanted', async () => {
    endpoint.answer = response => {
      begin(response);
      response.end(bytesOf(ramp(100)));
    };
    await outcome();
    await outcome(speak(undefined, { prosody: { rate: 1.2, pitch: 1.1, range: 0.7 } }));
    const [plain, felt] = endpoint.received;
    expect(plain!.url).toBe('/v1/audio/speech');
    expect(plain!.authorization).toBe('Bearer sk-secret');
    expect(plain!.body).toEqual({ model: 'some-model', voice: 'mine', input: SENTENCE, response_format: 'pcm' });
    expect(felt!.body).toMatchObject({ speed: 1.2, instructions: expect.stringMatching(/higher.*calm/) });
  });

  it('gives a sentence that comes quickly whole, cut at odd bytes or not', async () => {
    const pcm = ramp(5000);
    endpoint.answer = async response => {
      begin(response);
      const bytes = bytesOf(pcm);
      for (const [from, to] of [
        [0, 1],
        [1, 4],
        [4, 2001],
        [2001, 10_000],
      ]) {
        response.write(bytes.subarray(from, to));
        await sleep(5);
      }
      response.end();
    };
    // However long that really takes, it comes at once.
    const clock = vi.spyOn(systemClock, 'nowMs').mockReturnValue(0);
    const { parts } = await outcome();
    clock.mockRestore();
    expect(parts).toEqual([{ text: SENTENCE, pcm, sampleRate: 24_000 }]);
  });

  it('begins with what is there when the rest takes its time, and loses no word and no sample', async () => {
    const pcm = ramp(60_000);
    const heard = Promise.withResolvers<void>();
    endpoint.answer = async response => {
      begin(response);
      response.write(bytesOf(pcm.subarray(0, 30_000)).subarray(0, -1));
      await heard.promise;
      response.end(bytesOf(pcm).subarray(59_999));
    };
    const said = speak();
    const { value: first } = (await said.next()) as { value: Speech };
    heard.resolve();
    const { parts } = await outcome(said);
    expect([first, ...parts].every(({ cut }) => cut)).toBe(true);
    expect(first.pcm.length).toBeGreaterThan(24_000);
    expect(samples([first, ...parts])).toEqual([...pcm]);
    expect([first, ...parts].map(({ text }) => text).join(' ')).toBe(SENTENCE);
    // 1.25 s of 2.5 s of speech.
    expect(first.text).toMatch(/^The quick brown/);
    expect(first.text).not.toMatch(/lazy/);
  });

  it.each([
    [401, 'auth', false],
    [403, 'auth', false],
    [429, 'quota', true],
    [400, 'bad-input', false],
    [404, 'bad-input', false],
    [500, 'network', true],
    [503, 'network', true],
  ])('calls a %i %s, and asks once', async (status, category, retryable) => {
    endpoint.answer = refuse(status, 'because');
    const { parts, error } = await outcome();
    expect(parts).toEqual([]);
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ category, retryable, message: expect.stringContaining('because') });
    expect(endpoint.received).toHaveLength(1);
    expect(JSON.stringify(error)).not.toContain('sk-secret');
  });

  it('sends what is said nowhere else, whatever an endpoint asks for', async () => {
    const elsewhere = await new Endpoint().open();
    elsewhere.answer = begin;
    endpoint.answer = response => response.writeHead(307, { location: `${elsewhere.baseUrl}/audio/speech` }).end();
    const { parts, error } = await outcome();
    expect(parts).toEqual([]);
    expect(error).toMatchObject({ category: 'bad-input', message: expect.stringContaining('leads elsewhere') });
    expect(elsewhere.received).toEqual([]);
    await elsewhere.close();
  });

  it.each<[string, Answer]>([
    ['an answer that never begins', () => {}],
    ['a stream without a sound', begin],
    [
      'a stream that stops in the middle',
      response => {
        begin(response);
        response.write(bytesOf(ramp(100)));
      },
    ],
  ])('gives up on %s, and hangs up', async (_, behave) => {
    const hungUp = Promise.withResolvers<void>();
    endpoint.answer = (response, body) => {
      response.once('close', hungUp.resolve);
      behave(response, body);
    };
    const { error } = await outcome(speak(endpoint.voice(100)));
    expect(error).toMatchObject({ category: 'network', retryable: true, message: expect.stringContaining('in time') });
    await hungUp.promise;
  });

  it('calls a stream that breaks off a network failure', async () => {
    endpoint.answer = async response => {
      begin(response);
      response.write(bytesOf(ramp(1000)), () => response.destroy());
    };
    const { parts, error } = await outcome();
    expect(parts).toEqual([]);
    expect(error).toMatchObject({ category: 'network', retryable: true });
  });

  it.each<[string, Answer]>([
    ['no sound', response => response.writeHead(200, { 'content-type': 'audio/pcm' }).end()],
    ['half a sample', response => response.writeHead(200, { 'content-type': 'audio/pcm' }).end('x')],
    ['another format', response => response.writeHead(200, { 'content-type': 'audio/mpeg' }).end('ID3')],
  ])('refuses %s', async (_, answer) => {
    endpoint.answer = answer;
    const { parts, error } = await outcome();
    expect(parts).toEqual([]);
    expect(error).toBeInstanceOf(ProviderError);
  });

  it.each([
    'audio/wav',
    'audio/mpeg',
    'application/octet-stream',
    'audio/pcm',
  ])('takes WAV at its own rate under the name %s', async type => {
    const head = Buffer.alloc(44);
    head.write('RIFF', 0);
    head.write('WAVEfmt ', 8);
    head.writeUInt32LE(16, 16);
    head.writeUInt16LE(1, 20);
    head.writeUInt16LE(1, 22);
    head.writeUInt32LE(44_100, 24);
    head.writeUInt16LE(16, 34);
    head.write('data', 36);
    head.writeUInt32LE(0xffff_ffff, 40);
    endpoint.answer = response =>
      response.writeHead(200, { 'content-type': type }).end(Buffer.concat([head, bytesOf(ramp(1000))]));
    const { parts } = await outcome();
    expect(parts).toMatchObject([{ sampleRate: 44_100 }]);
    expect(samples(parts)).toEqual([...ramp(1000)]);
  });

  it.each([
    ['audio/mpeg', 'ID3 and more'],
    ['audio/pcm', 'ID3 and more'],
    ['audio/ogg', 'OggS'],
    ['application/json', '{"audio":"no"}'],
    ['text/html', '<html>'],
  ])('says which format it wants where it gets %s', async (type, body) => {
    endpoint.answer = response => response.writeHead(200, { 'content-type': type }).end(body);
    expect((await outcome()).error).toMatchObject({
      category: 'bad-input',
      message: expect.stringMatching(/pcm (?:nor|or) wav/),
    });
  });

  it('asks for any voice that it is told: an endpoint may have voices that nobody knows of', async () => {
    endpoint.answer = response => response.writeHead(200, { 'content-type': 'audio/pcm' }).end(bytesOf(ramp(10)));
    const { signal } = new AbortController();
    await outcome(endpoint.voice().speak(SENTENCE, { voice: 'af_bella', prosody: NEUTRAL_PROSODY, signal }));
    expect(endpoint.received[0]!.body.voice).toBe('af_bella');
  });

  it.each([false, true])('ends at once when it is called off (sound has come: %s), and hangs up', async begun => {
    const asked = Promise.withResolvers<void>();
    const hungUp = Promise.withResolvers<void>();
    endpoint.answer = response => {
      response.once('close', hungUp.resolve);
      if (begun) {
        begin(response);
        response.write(bytesOf(ramp(30_000)));
      }
      asked.resolve();
    };
    const controller = new AbortController();
    const said = speak(undefined, { signal: controller.signal });
    if (begun) await said.next();
    const next = said.next();
    await asked.promise;
    const reason = new Error('called off');
    controller.abort(reason);
    await expect(next).rejects.toBe(reason);
    await hungUp.promise;
  });

  it.each([
    ['at once', 1_000_000, 0],
    ['piece by piece', 100_000, 20],
  ])('ends sound without end that comes %s', async (_, bytes, pauseMs) => {
    const hungUp = Promise.withResolvers<void>();
    endpoint.answer = async response => {
      response.once('close', hungUp.resolve);
      begin(response);
      while (!response.destroyed) if (!response.write(Buffer.alloc(bytes)) || pauseMs > 0) await sleep(pauseMs);
    };
    const { parts, error } = await outcome();
    expect(samples(parts).length / 24_000).toBeLessThan(60);
    expect(error).toMatchObject({ category: 'internal', message: expect.stringContaining('more than') });
    await hungUp.promise;
  });

  it('hangs up when it is closed, and when nobody reads on', async () => {
    const hungUp = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    endpoint.answer = response => {
      response.once('close', hungUp[endpoint.received.length - 1]!.resolve);
      begin(response);
      response.write(bytesOf(ramp(30_000)));
    };
    const left = speak();
    await left.next();
    await left.return(undefined);
    await hungUp[0]!.promise;
    const voice = endpoint.voice();
    const said = speak(voice);
    await said.next();
    const next = said.next();
    await voice.close();
    await expect(next).rejects.toBeInstanceOf(ProviderError);
    await hungUp[1]!.promise;
  });
});
