/** Vendors that are sent sound as it comes: what the port promises, and what they have in common. */
import { describe, expect, it, vi } from 'vitest';
import { AssemblyAiServer } from '../../test/vendors/assemblyai.ts';
import { AzureListeningServer } from '../../test/vendors/azure-listening.ts';
import { DeepgramServer } from '../../test/vendors/deepgram.ts';
import { FluxServer } from '../../test/vendors/flux.ts';
import { FunAsrServer } from '../../test/vendors/funasr.ts';
import { GoogleListeningServer } from '../../test/vendors/google-listening.ts';
import { sayingOf } from '../../test/vendors/hearing.ts';
import { RealtimeHearingServer } from '../../test/vendors/realtime-hearing.ts';
import { ScribeServer } from '../../test/vendors/scribe.ts';
import { systemClock } from '../base/clock.ts';
import { recognizerConformance } from '../testing/recognizer-conformance.ts';
import { assemblyAiRecognizer } from './assemblyai/recognizer.ts';
import { azureRecognizer } from './azure/recognizer.ts';
import { fluxRecognizer } from './deepgram/flux.ts';
import { deepgramRecognizer } from './deepgram/recognizer.ts';
import { scribeRecognizer } from './elevenlabs/scribe.ts';
import { funAsrRecognizer } from './funasr/recognizer.ts';
import { cloudRecognizer } from './google/cloud/recognizer.ts';
import { liveTranscription } from './openai/live-transcription.ts';

const common = { apiKey: 'secret', timeoutMs: 1500, clock: systemClock };
const signal = new AbortController().signal;

const CLOUD = { project: 'mine', location: 'us' };

const VENDORS = [
  {
    name: 'Deepgram',
    serve: () => new DeepgramServer(),
    make: (baseUrl: string) => deepgramRecognizer({ ...common, baseUrl, model: 'nova-3', language: 'en' }),
    key: ['authorization', 'Token secret'],
  },
  {
    name: 'Flux',
    serve: () => new FluxServer(),
    make: (baseUrl: string) => fluxRecognizer({ ...common, baseUrl, model: 'flux-general-en' }),
    key: ['authorization', 'Token secret'],
  },
  {
    name: 'AssemblyAI',
    serve: () => new AssemblyAiServer(),
    make: (baseUrl: string) => assemblyAiRecognizer({ ...common, baseUrl, model: 'universal-streaming-english' }),
    key: ['authorization', 'secret'],
  },
  {
    name: 'Scribe',
    serve: () => new ScribeServer(),
    make: (baseUrl: string) => scribeRecognizer({ ...common, baseUrl, model: 'scribe_v2_realtime', language: 'en' }),
    key: ['xi-api-key', 'secret'],
  },
  {
    name: 'OpenAI, live',
    serve: () => new RealtimeHearingServer(),
    make: (baseUrl: string) =>
      liveTranscription({ ...common, baseUrl: `${baseUrl}/v1`, model: 'gpt-live-transcribe', language: 'en' }),
    key: ['authorization', 'Bearer secret'],
  },
  {
    name: 'FunASR',
    serve: () => new FunAsrServer(),
    make: (baseUrl: string) => funAsrRecognizer({ ...common, baseUrl, hotwords: { Visavis: 20 }, itn: true }),
  },
  {
    name: 'Google Cloud',
    serve: () => new GoogleListeningServer(),
    make: (baseUrl: string) =>
      cloudRecognizer({ ...common, ...CLOUD, baseUrl, model: 'chirp_3', languages: ['en-US'] }),
    key: ['x-goog-api-key', 'secret'],
  },
  {
    name: 'Azure',
    serve: () => new AzureListeningServer(),
    make: (baseUrl: string) => azureRecognizer({ ...common, baseUrl, language: 'en-US' }),
    key: ['ocp-apim-subscription-key', 'secret'],
  },
];

for (const { name, serve, make } of VENDORS)
  recognizerConformance(
    name,
    async does => {
      const server = serve();
      await server.open();
      if (does === 'fails') server.refuse = 500;
      server.hangs = does === 'hangs';
      return {
        recognizer: make(server.baseUrl),
        close: async () => {
          await vi.waitUntil(() => server.connections === 0);
          expect(server.problems).toEqual([]);
          await server.close();
        },
      };
    },
    async () => [sayingOf('apples'), sayingOf('bananas')],
  );

describe.each(VENDORS)('$name', ({ serve, make, key }) => {
  const listening = async () => {
    const server = serve();
    await server.open();
    const partials: string[] = [];
    const stream = make(server.baseUrl).open('ann', { partial: text => partials.push(text) });
    return { server, partials, stream };
  };

  it('is sent each second of sound once, and tells words as they come', async () => {
    const { server, partials, stream } = await listening();
    stream.push(sayingOf('apples').pcm);
    stream.push(sayingOf('bananas').pcm);
    await expect.poll(() => partials.at(-1)).toContain('bananas');
    expect((await stream.settle({ signal })).text).toBe('apples bananas');
    expect((await stream.settle({ signal })).text).toBe('apples bananas');
    expect(server.heardBytes).toBe(2 * 2 * sayingOf('apples').pcm.length);
    if (key !== undefined) expect(server.upgrades[0]!.headers[key[0]!]).toBe(key[1]);
    stream.close();
    await server.close();
  });

  it('puts together what is told in several pieces', async () => {
    const { server, stream } = await listening();
    for (const word of ['apples', 'bananas', 'cherries', 'apples']) stream.push(sayingOf(word).pcm);
    expect((await stream.settle({ signal })).text).toBe('apples bananas cherries apples');
    // What is said while the vendor still ends what was before belongs to the same stretch.
    const settling = stream.settle({ signal });
    stream.push(sayingOf('bananas').pcm);
    await settling;
    expect((await stream.settle({ signal })).text).toBe('apples bananas cherries apples bananas');
    expect(server.problems).toEqual([]);
    stream.close();
    await server.close();
  });

  it('fails with the stretch that its line died in, and hears the next over another', async () => {
    const { server, stream } = await listening();
    stream.push(sayingOf('apples').pcm);
    await expect.poll(() => server.heardBytes).toBeGreaterThan(0);
    server.kill();
    await expect(stream.settle({ signal })).rejects.toMatchObject({ category: 'network', retryable: true });
    stream.discard();
    stream.push(sayingOf('bananas').pcm);
    expect((await stream.settle({ signal })).text).toBe('bananas');
    stream.close();
    await server.close();
  });

  it.each([
    [401, 'auth'],
    [402, 'quota'],
    [429, 'quota'],
  ] as const)('tells why it is refused: %i', async (status, category) => {
    const { server, stream } = await listening();
    server.refuse = status;
    stream.push(sayingOf('apples').pcm);
    await expect(stream.settle({ signal })).rejects.toMatchObject({ name: 'ProviderError', category });
    // Nor is it tried again with each piece of that stretch.
    for (let i = 0; i < 5; i++) stream.push(sayingOf('apples').pcm);
    expect(server.upgrades).toHaveLength(1);
    stream.close();
    await server.close();
  });
});

describe('a vendor that says what is wrong over its line', () => {
  it.each([
    ['Scribe', 'auth_error', 'auth', false],
    ['Scribe', 'quota_exceeded', 'quota', false],
    ['Scribe', 'rate_limited', 'quota', true],
    ['Scribe', 'transcriber_error', 'network', true],
    ['Scribe', 'input_error', 'bad-input', false],
    ['AssemblyAI', '4001', 'auth', false],
    ['AssemblyAI', '4002', 'quota', false],
    ['AssemblyAI', '3009', 'quota', true],
    ['AssemblyAI', '3005', 'network', true],
    ['AssemblyAI', '3006', 'bad-input', false],
    ['Flux', 'INTERNAL_SERVER_ERROR', 'network', true],
  ])('is believed: %s %s', async (name, complaint, category, retryable) => {
    const { serve, make } = VENDORS.find(vendor => vendor.name === name)!;
    const server = serve();
    if ('complaint' in server) server.complaint = complaint;
    await server.open();
    const stream = make(server.baseUrl).open('ann', { partial: () => {} });
    stream.push(sayingOf('apples').pcm);
    const settled = stream.settle({ signal });
    await expect(settled).rejects.toMatchObject({ name: 'ProviderError', category, retryable });
    // The line is closed, and the next stretch gets another.
    await vi.waitUntil(() => server.connections === 0);
    if ('complaint' in server) server.complaint = undefined;
    stream.discard();
    stream.push(sayingOf('bananas').pcm);
    expect((await stream.settle({ signal })).text).toBe('bananas');
    stream.close();
    await server.close();
  });
});
