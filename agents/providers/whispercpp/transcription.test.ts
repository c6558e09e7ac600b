import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sayingOf } from '../../../test/vendors/hearing.ts';
import { WhisperCppServer } from '../../../test/vendors/whisper-cpp.ts';
import { systemClock } from '../../base/clock.ts';
import type { Usage } from '../../base/meter.ts';
import { batched } from '../../listen/batched.ts';
import { recognizerConformance } from '../../testing/recognizer-conformance.ts';
import { WhisperCpp } from './transcription.ts';

const config = { path: '/inference', language: 'auto', timeoutMs: 1000, clock: systemClock };

recognizerConformance(
  'whisper.cpp',
  async does => {
    const server = new WhisperCppServer();
    await server.open();
    if (does === 'fails') server.status = 400;
    if (does === 'hangs') server.does = 'hangs';
    const asr = new WhisperCpp({ ...config, baseUrl: server.baseUrl });
    return {
      recognizer: batched(asr, systemClock, { partials: 'paid', words: false }),
      close: async () => {
        expect(server.problems).toEqual([]);
        await server.close();
      },
    };
  },
  async () => [sayingOf('apples'), sayingOf('bananas')],
);

describe('whisper.cpp', () => {
  let server: WhisperCppServer;
  let used: Usage[];
  beforeEach(async () => {
    server = new WhisperCppServer();
    await server.open();
    used = [];
  });
  afterEach(() => server.close());
  const read = (pcm = sayingOf('apples').pcm, more: { prompt?: string; timeoutMs?: number } = {}) =>
    new WhisperCpp({
      ...config,
      ...more,
      baseUrl: server.baseUrl,
      used: usage => used.push(usage),
    }).transcribe(pcm, { signal: new AbortController().signal });

  it('is sent the utterance as a WAV file, with the words that it may not know', async () => {
    expect(await read(undefined, { prompt: 'Ollie' })).toEqual({ text: 'apples' });
    const [form] = server.forms;
    expect(['response_format', 'language', 'prompt'].map(name => form!.get(name))).toEqual(['json', 'auto', 'Ollie']);
    expect(used).toEqual([{ audioSeconds: 0.6 }]);
    expect(server.problems).toEqual([]);
  });

  it('hears no words in silence, whatever it writes for it', async () => {
    expect(await read(new Int16Array(8000))).toEqual({ text: '' });
    expect(await read(new Int16Array(0))).toEqual({ text: '' });
    expect(server.forms).toHaveLength(1);
  });

  it.each([
    [400, 'bad-input', false],
    [404, 'model', false],
    [500, 'network', true],
  ] as const)('tells what went wrong: %i', async (status, category, retryable) => {
    server.status = status;
    await expect(read()).rejects.toMatchObject({ name: 'ProviderError', category, retryable });
  });

  it.each([
    ['refuses', 'internal'],
    ['hangs', 'network'],
  ] as const)('that %s is an error', async (does, category) => {
    server.does = does;
    await expect(read(undefined, { timeoutMs: 200 })).rejects.toMatchObject({ name: 'ProviderError', category });
  });
});
