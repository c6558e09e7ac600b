import { describe, expect, it, vi } from 'vitest';
import { DeepgramServer } from '../../../test/vendors/deepgram.ts';
import { sayingOf } from '../../../test/vendors/hearing.ts';
import { systemClock } from '../../base/clock.ts';
import { recognizerConformance } from '../../testing/recognizer-conformance.ts';
import { deepgramRecognizer } from './recognizer.ts';

const config = { apiKey: 'secret', model: 'nova-3', language: 'en', timeoutMs: 1000, clock: systemClock };
const signal = new AbortController().signal;

recognizerConformance(
  'Deepgram',
  async does => {
    const server = new DeepgramServer();
    await server.open();
    if (does === 'fails') server.refuse = 500;
    server.hangs = does === 'hangs';
    const recognizer = deepgramRecognizer({ ...config, baseUrl: server.baseUrl });
    return {
      recognizer,
      close: async () => {
        await vi.waitUntil(() => server.connections === 0);
        expect(server.problems).toEqual([]);
        await server.close();
      },
    };
  },
  async () => [sayingOf('apples'), sayingOf('bananas')],
);

describe('Deepgram', () => {
  const listening = async () => {
    const server = new DeepgramServer();
    await server.open();
    const partials: string[] = [];
    const stream = deepgramRecognizer({ ...config, baseUrl: server.baseUrl }).open('ann', {
      partial: text => partials.push(text),
    });
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
    expect(server.upgrades[0]!.headers.authorization).toBe('Token secret');
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
    stream.close();
    await server.close();
  });
});
