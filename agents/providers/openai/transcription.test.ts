import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sayingOf, wordsIn } from '../../../test/vendors/hearing.ts';
import { systemClock } from '../../base/clock.ts';
import type { Usage } from '../../base/meter.ts';
import { batched } from '../../listen/batched.ts';
import { recognizerConformance } from '../../testing/recognizer-conformance.ts';
import { OpenAiTranscription, type OpenAiTranscriptionConfig } from './transcription.ts';

/** Between two pieces of a stream, ms. */
const EVERY_MS = 60;

/** `/v1/audio/transcriptions` on this machine. */
class Transcriptions {
  status = 200;
  hangs = false;
  streams = true;
  dies = false;
  readonly forms: FormData[] = [];
  readonly #server = http.createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const form = await new Response(Buffer.concat(parts), {
      headers: { 'content-type': request.headers['content-type'] ?? '' },
    }).formData();
    this.forms.push(form);
    if (this.hangs) return;
    const file = form.get('file') as File;
    const text = wordsIn(Buffer.from(await file.arrayBuffer()).subarray(44));
    if (form.get('stream') === 'true' && this.streams) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const send = async (event: object) => {
        const bytes = Buffer.from(`data: ${JSON.stringify(event)}\n\n`);
        response.write(bytes.subarray(0, 9));
        await new Promise(resolve => setTimeout(resolve, EVERY_MS));
        response.write(bytes.subarray(9));
      };
      for (const delta of text) await send({ type: 'transcript.text.delta', delta });
      if (this.dies) response.destroy();
      else {
        await send({ type: 'transcript.text.done', text });
        response.end();
      }
      return;
    }
    response.writeHead(this.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(this.status === 200 ? { text: ` ${text}` } : { error: { message: 'no' } }));
  });

  async open(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }
  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

const config = { apiKey: 'secret', model: 'gpt-transcribe', timeoutMs: 1000 };

recognizerConformance(
  'an endpoint for transcriptions',
  async does => {
    const server = new Transcriptions();
    await server.open();
    // What is refused for good is not tried again.
    if (does === 'fails') server.status = 401;
    server.hangs = does === 'hangs';
    const asr = new OpenAiTranscription({ ...config, baseUrl: server.baseUrl });
    return {
      recognizer: batched(asr, systemClock, { partials: 'paid', words: false }),
      close: () => server.close(),
    };
  },
  async () => [sayingOf('apples'), sayingOf('bananas')],
);

describe('an endpoint for transcriptions', () => {
  let server: Transcriptions;
  let used: Usage[];
  beforeEach(async () => {
    server = new Transcriptions();
    await server.open();
    used = [];
  });
  afterEach(() => server.close());
  const read = (more: Partial<OpenAiTranscriptionConfig> = {}) =>
    new OpenAiTranscription({
      ...config,
      ...more,
      baseUrl: server.baseUrl,
      used: usage => used.push(usage),
    }).transcribe(sayingOf('apples').pcm, { signal: new AbortController().signal });

  it('is sent the utterance as a WAV file, in its language, and with the words that it may not know', async () => {
    expect(await read({ language: 'en', prompt: 'Ollie' })).toEqual({ text: 'apples' });
    const [form] = server.forms;
    expect(['model', 'language', 'prompt'].map(name => form!.get(name))).toEqual(['gpt-transcribe', 'en', 'Ollie']);
    expect((form!.get('file') as File).name).toBe('speech.wav');
    expect(used).toEqual([{ audioSeconds: 0.6 }]);
  });

  it('is told what only speaches knows, where that is set', async () => {
    await read({ hotwords: ['Ollie', 'Visavis'], vadFilter: false });
    await read();
    const told = server.forms.map(form => [form.get('hotwords'), form.get('vad_filter')]);
    expect(told).toEqual([
      ['Ollie, Visavis', 'false'],
      [null, null],
    ]);
  });

  it.each([
    [401, 'auth', false],
    [429, 'quota', true],
    [500, 'network', true],
  ] as const)('tells what went wrong: %i', async (status, category, retryable) => {
    server.status = status;
    await expect(read()).rejects.toMatchObject({ name: 'ProviderError', category, retryable });
  });

  it('may stream its words, each of which is waited for as long as was said', async () => {
    expect(await read({ stream: true, timeoutMs: 250 })).toEqual({ text: 'apples' });
    server.streams = false;
    expect(await read({ stream: true })).toEqual({ text: 'apples' });
    [server.streams, server.dies] = [true, true];
    await expect(read({ stream: true })).rejects.toMatchObject({ category: 'network' });
  });

  it('is not waited for longer than was said', async () => {
    server.hangs = true;
    await expect(read({ timeoutMs: 200 })).rejects.toMatchObject({ category: 'network', retryable: true });
  });
});
