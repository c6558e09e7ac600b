import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProviderError } from '../../base/errors.ts';
import { integratedLufs } from '../../speak/lufs.ts';
import { NEUTRAL_PROSODY, type Speech } from '../../speak/ports.ts';
import kokoro from './index.ts';
import { Kokoro } from './kokoro.ts';
import { KOKORO_MODEL, KOKORO_VOICES } from './voices.ts';

const MODELS = fileURLToPath(new URL('../../../models', import.meta.url));
const missing = kokoro.makes.speech!.missing!({}, {}, MODELS);
const signal = new AbortController().signal;

describe('kokoro where its pack is not', () => {
  it('says how it is fetched', () => {
    expect(kokoro.makes.speech!.missing!({}, {}, '/nowhere')).toBe('fetch its voices: npm run models -- get kokoro');
  });
});

// The suite of voices takes an hour: a sentence takes this model longer than it takes to say it.
describe.skipIf(missing !== undefined)(
  `kokoro${missing === undefined ? '' : ` (skipped: ${KOKORO_MODEL} is not in models/)`}`,
  () => {
    let voice: Kokoro;
    beforeAll(() => {
      voice = new Kokoro({ voice: 'am_fenrir' }, MODELS);
    });
    afterAll(() => voice.close());

    const said = async (sentence: string, name: string): Promise<Speech[]> => {
      const all: Speech[] = [];
      for await (const speech of voice.speak(sentence, { voice: name, prosody: NEUTRAL_PROSODY, signal }))
        all.push(speech);
      return all;
    };

    it('knows its own voice first, and all others', () => {
      const { known } = voice.capabilities.voices;
      expect(known[0]).toBe('am_fenrir');
      expect([...known].sort()).toEqual([...KOKORO_VOICES].sort());
    });

    it('says a sentence, as loud as others, without a long silence', { timeout: 240_000 }, async () => {
      const all = await said('After a while, the old boat came back to the harbour.', 'af_heart');
      expect(
        all
          .map(({ text }) => text)
          .join(' ')
          .split(/\s+/),
      ).toHaveLength(11);
      const pcm = Int16Array.from(all.flatMap(speech => [...speech.pcm]));
      const seconds = pcm.length / 24_000;
      expect(seconds).toBeGreaterThan(2);
      expect(seconds).toBeLessThan(6);
      expect(Math.abs(integratedLufs(pcm, 24_000) + 16)).toBeLessThan(3);
      expect(pcm.findIndex(sample => Math.abs(sample) > 500) / 24_000).toBeLessThan(0.15);
    });

    it('refuses a voice that it does not have, and says nothing of nothing', { timeout: 240_000 }, async () => {
      await expect(said('Hello.', 'nobody')).rejects.toBeInstanceOf(ProviderError);
      expect((await said('…', 'af_heart')).every(({ pcm }) => pcm.length === 0)).toBe(true);
    });
  },
);
