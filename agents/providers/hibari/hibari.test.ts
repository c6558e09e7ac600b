import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NEUTRAL_PROSODY, type Prosody, type Speech } from '../../speak/ports.ts';
import { ttsConformance } from '../../testing/tts-conformance.ts';
import { Hibari } from './hibari.ts';

const MODELS = fileURLToPath(new URL('../../../models/hibari', import.meta.url));
const there = fs.existsSync(`${MODELS}/decoder-0.2.1.onnx`);

describe.skipIf(!there)(`hibari${there ? '' : ' (skipped: its model is not in models/)'}`, () => {
  ttsConformance('hibari', () => new Hibari(MODELS));

  let hibari: Hibari;
  beforeAll(() => {
    hibari = new Hibari(MODELS);
  });
  afterAll(() => hibari.close());
  const say = async (text: string, prosody: Partial<Prosody> = {}, design = {}): Promise<Speech[]> => {
    const { signal } = new AbortController();
    const options = { voice: 'heart', prosody: { ...NEUTRAL_PROSODY, ...prosody }, design, signal };
    const parts: Speech[] = [];
    for await (const part of hibari.speak(text, options)) parts.push(part);
    return parts;
  };
  const level = (parts: Speech[]) => {
    const pcm = parts.flatMap(part => [...part.pcm]);
    return Math.sqrt(pcm.reduce((sum, sample) => sum + sample * sample, 0) / pcm.length);
  };
  const seconds = (parts: Speech[]) => parts.reduce((sum, { pcm, sampleRate }) => sum + pcm.length / sampleRate, 0);

  it('says a single sound, and tells when each word ends [T4]', async () => {
    expect(level(await say('a'))).toBeGreaterThan(300);
    const parts = await say('One day, two cats — three, even — sat here.');
    expect(parts.flatMap(({ words }) => words!.map(({ text }) => text)).join(' ')).toBe(
      'One day, two cats — three, even — sat here.',
    );
    for (const { words, pcm } of parts)
      for (const [i, { endSample }] of words!.entries()) {
        expect(endSample).toBeGreaterThanOrEqual(words![i - 1]?.endSample ?? 0);
        expect(endSample).toBeLessThanOrEqual(pcm.length);
      }
  });

  it('is louder with energy, and rests for longer where that is asked', async () => {
    const text = 'When it was dark, we went home, all of us.';
    const usual = await say(text);
    expect(level(await say(text, { energy: 1.3 })) / level(usual)).toBeGreaterThan(1.15);
    expect(level(await say(text, { energy: 0.7 })) / level(usual)).toBeLessThan(0.85);
    expect(seconds(await say(text, { pauses: 2 }))).toBeGreaterThan(seconds(usual) + 0.15);
  });

  it('has other bodies by design, and the same sound for the same design', async () => {
    const text = 'Good morning to you.';
    const [plain, again, small] = [await say(text), await say(text), await say(text, {}, { timbre: 1.2 })];
    expect(again).toEqual(plain);
    expect(seconds(small)).toBeCloseTo(seconds(plain), 1);
    expect(small[0]!.pcm).not.toEqual(plain[0]!.pcm);
  });
});
