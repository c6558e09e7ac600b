import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Phone } from '../../../protocol/timeline.ts';
import { ProviderError } from '../../base/errors.ts';
import { spokenWords } from '../../speak/align/spoken-words.ts';
import { NEUTRAL_PROSODY, type Speech } from '../../speak/ports.ts';
import { Flite } from '../flite/flite.ts';
import { SoundSwallowerAligner } from './aligner.ts';

const SENTENCES = [
  'My mum bought a big brown umbrella, but Bob prefers a map.',
  'Glue the sheet to the dark blue background.',
  'Four hours of steady work faced us.',
];
const { signal } = new AbortController();

describe('SoundSwallowerAligner', () => {
  let flite: Flite;
  let aligner: SoundSwallowerAligner;
  beforeAll(() => {
    flite = new Flite();
    aligner = new SoundSwallowerAligner();
  });
  afterAll(() => Promise.all([flite.close(), aligner.close()]));

  const say = async (text: string, voice = 'slt'): Promise<Speech> => {
    for await (const speech of flite.speak(text, { voice, prosody: NEUTRAL_PROSODY, signal })) return speech;
    throw new Error('nothing was said');
  };
  const align = async (text: string, { pcm }: Speech) => aligner.align(pcm, spokenWords(text), { signal });

  it.each(['slt', 'rms'])('finds the sounds of %s where its synthesizer put them', async voice => {
    const errorsMs: number[] = [];
    for (const text of SENTENCES) {
      const speech = await say(text, voice);
      const found = await align(text, speech);
      for (const { phone, startSample } of found!.filter(({ phone }) => phone !== 'pau')) {
        const same = speech.phones!.filter(known => known.phone === phone);
        // The dictionary and the voice may differ about a vowel.
        if (same.length === 0) continue;
        errorsMs.push(Math.min(...same.map(known => Math.abs(known.startSample - startSample))) / 16);
      }
    }
    errorsMs.sort((a, b) => a - b);
    expect(errorsMs.length).toBeGreaterThan(60);
    expect(errorsMs[errorsMs.length >> 1]).toBeLessThan(25);
    expect(errorsMs[Math.floor(errorsMs.length * 0.9)]).toBeLessThan(60);
  });

  it('finds words that no dictionary has, and numbers', async () => {
    const text = 'The blorptastic zibbermop cost 42 dollars.';
    const found = await align(text, await say(text));
    expect(found!.map(({ phone }: Phone) => phone).join(' ')).toMatch(/b l ao r p .* f ao r t iy .* d aa l er z/);
  });

  it('does not find words that are not there', async () => {
    const speech = await say(SENTENCES[0]!);
    expect(await align('Something completely different was told to you yesterday.', speech)).toBeUndefined();
    expect(await align(SENTENCES[0]!, { ...speech, pcm: new Int16Array(48_000) })).toBeUndefined();
    expect(await align(SENTENCES[0]!, { ...speech, pcm: speech.pcm.slice(0, 3000) })).toBeUndefined();
  });

  it('knows how words sound', async () => {
    const words = ['hello', 'us', 'US', 'zibbermop', 'NO', 'A'];
    const [hello, us, letters, unknown, shouted, a] = await aligner.pronounce(words, { signal });
    expect([shouted!.join(' '), a!.join(' ')]).toEqual(['n ow', 'ey']);
    expect(hello!.join(' ')).toBe('hh ah l ow');
    expect(us!.join(' ')).toBe('ah s');
    expect(letters!.join(' ')).toBe('y uw eh s');
    expect(unknown!.join(' ')).toBe('z ih b er m aa p');
  });

  it('ends at once when it is called off, and goes on with the next', async () => {
    const speech = await say(SENTENCES[0]!);
    const reason = new Error('called off');
    const controller = new AbortController();
    const options = { signal: controller.signal };
    const running = aligner.align(speech.pcm, spokenWords(speech.text), options);
    const waiting = aligner.align(speech.pcm, spokenWords(speech.text), options);
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(await align(speech.text, speech)).toBeDefined();
  });

  it('lets its process end once it is closed, and does nothing more [C1]', async () => {
    const script = `
      const { SoundSwallowerAligner } = await import(${JSON.stringify(new URL('./aligner.ts', import.meta.url).href)});
      const aligner = new SoundSwallowerAligner();
      const options = { signal: new AbortController().signal };
      console.log((await aligner.pronounce(['bye'], options)).join());
      const late = aligner.pronounce(['late'], options).catch(error => console.log(error.name));
      await Promise.all([aligner.close(), aligner.close()]);
      await late;`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { timeout: 12_000 });
    expect(stdout.trim().split('\n')).toEqual(['b,ay', 'ProviderError']);
    const closed = new SoundSwallowerAligner();
    await closed.close();
    await expect(closed.pronounce(['a'], { signal })).rejects.toBeInstanceOf(ProviderError);
  });
});
