import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProviderError } from '../../base/errors.ts';
import { AlignedSpeech } from '../../speak/align/aligned-speech.ts';
import type { Aligner } from '../../speak/align/ports.ts';
import { NEUTRAL_PROSODY, type Speech, type TextToSpeech } from '../../speak/ports.ts';
import { ttsConformance } from '../../testing/tts-conformance.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { Flite } from '../flite/flite.ts';
import { SoundSwallowerAligner } from './aligner.ts';

const SENTENCE = 'My mum bought a big brown umbrella, but Bob prefers a map.';
const options = { voice: 'v', prosody: NEUTRAL_PROSODY, signal: new AbortController().signal };

/** A voice that says what it is given. */
const voice = (...parts: Speech[]): TextToSpeech => ({
  capabilities: { phones: false, voices: { known: ['v'], closed: true }, prosody: false },
  async *speak() {
    yield* parts;
  },
  close: async () => {},
});
const gather = async (tts: TextToSpeech, signal = options.signal): Promise<Speech[]> => {
  const parts: Speech[] = [];
  for await (const part of tts.speak(SENTENCE, { ...options, signal })) parts.push(part);
  return parts;
};
const names = ({ phones }: Speech) =>
  phones!
    .map(({ phone }) => phone)
    .join(' ')
    .replace(/^(pau )+|( pau)+$/g, '');

/** flite, as a voice that knows nothing about its timing. */
class Plain implements TextToSpeech {
  readonly #flite = new Flite();
  readonly #aligner = new SoundSwallowerAligner();
  readonly #aligned: AlignedSpeech;
  readonly capabilities: TextToSpeech['capabilities'];
  constructor() {
    const flite = this.#flite;
    this.#aligned = new AlignedSpeech(
      {
        capabilities: { ...flite.capabilities, phones: false },
        async *speak(sentence, { voice, ...given }) {
          for await (const { text, pcm, sampleRate } of flite.speak(sentence, { voice: String(voice), ...given }))
            yield { text, pcm, sampleRate };
        },
        close: async () => {},
      },
      this.#aligner,
      undefined,
      new VirtualClock(),
    );
    this.capabilities = this.#aligned.capabilities;
  }
  speak(...given: Parameters<TextToSpeech['speak']>) {
    return this.#aligned.speak(...given);
  }
  async close() {
    await Promise.all([this.#flite.close(), this.#aligner.close()]);
  }
}
ttsConformance('a voice without phones, aligned,', () => new Plain());

describe('AlignedSpeech', () => {
  let flite: Flite;
  let aligner: SoundSwallowerAligner;
  let known: Speech;
  let plain: Speech;
  beforeAll(async () => {
    flite = new Flite();
    aligner = new SoundSwallowerAligner();
    await aligner.pronounce(['ready'], options);
    for await (const speech of flite.speak(SENTENCE, { ...options, voice: 'slt' })) known = speech;
    plain = { text: known.text, pcm: known.pcm, sampleRate: known.sampleRate };
  });
  afterAll(() => Promise.all([flite.close(), aligner.close()]));

  const silent = new Int16Array(16_000);

  it('passes on phones as they are', async () => {
    expect(await gather(new AlignedSpeech(voice(known), aligner))).toEqual([known]);
  });

  it('spreads the sounds of words over the times of the words', async () => {
    const words = [
      { text: 'Hello,', startSample: 1600, endSample: 4800 },
      { text: '21', startSample: 6400, endSample: 12_800 },
    ];
    const [speech] = await gather(
      new AlignedSpeech(voice({ text: 'Hello, 21', pcm: silent, sampleRate: 16_000, words }), aligner),
    );
    expect(names(speech!)).toBe('hh ah l ow pau t w eh n t iy w ah n');
    expect(speech!.phones!.find(({ phone }) => phone === 't')!.startSample).toBe(6400);
    expect(speech!.phones!.at(-1)!.endSample).toBe(16_000);
  });

  it('makes words of characters with times', async () => {
    const characters = [...'Bob, map'].map((text, i) => ({ text, startSample: i * 1000, endSample: i * 1000 + 1000 }));
    const [speech] = await gather(
      new AlignedSpeech(voice({ text: 'Bob, map', pcm: silent, sampleRate: 16_000, characters }), aligner),
    );
    expect(names(speech!)).toBe('b aa b pau m ae p');
  });

  it('looks for the words in the sound where nothing else is known', async () => {
    const estimates: string[] = [];
    const aligned = new AlignedSpeech(voice(plain), aligner, reason => estimates.push(reason), new VirtualClock());
    const [speech] = await gather(aligned);
    expect(estimates).toEqual([]);
    const starts = (phones: Speech['phones']) =>
      phones!.filter(({ phone }) => ['p', 'b', 'm'].includes(phone)).map(({ startSample }) => startSample / 16);
    const truth = starts(known.phones);
    const found = starts(speech!.phones);
    expect(found.length).toBe(truth.length);
    const errors = found.map((ms, i) => Math.abs(ms - truth[i]!)).toSorted((a, b) => a - b);
    expect(errors[errors.length >> 1]).toBeLessThan(25);
  });

  const failing = (align: Aligner['align']): Aligner => ({
    pronounce: async () => [],
    align,
    close: async () => {},
  });
  const never: Aligner['align'] = (_pcm, _words, { signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
  it.each<[string, string, Aligner['align']]>([
    ['the words are not in it', 'not-found', async () => undefined],
    ['the aligner fails', 'failed', () => Promise.reject(new ProviderError('internal', 'x', { retryable: true }))],
    ['the aligner takes too long', 'too-slow', never],
  ])('lets the mouth follow the sound where %s', async (_, reason, align) => {
    const estimates: string[] = [];
    const [speech] = await gather(new AlignedSpeech(voice(plain), failing(align), given => estimates.push(given)));
    expect(estimates).toEqual([reason]);
    expect(speech!.phones).toBeUndefined();
    expect(new Set(speech!.mouth!.map(({ viseme }) => viseme)).size).toBeGreaterThan(6);
  });

  it('lets the mouth follow the sound where the text has no words', async () => {
    const [speech] = await gather(new AlignedSpeech(voice({ ...plain, text: '你好' }), aligner));
    expect(speech!.mouth!.length).toBeGreaterThan(50);
  });

  it('gives a sentence that comes in pieces one mouth, and loses none of its sound', async () => {
    const cut: Speech[] = [];
    for (let at = 0; at < plain.pcm.length; at += 1777)
      cut.push({ ...plain, text: at === 0 ? SENTENCE : '', pcm: plain.pcm.subarray(at, at + 1777), cut: true });
    const parts = await gather(new AlignedSpeech(voice(...cut), aligner));
    const [whole] = await gather(new AlignedSpeech(voice({ ...plain, cut: true }), aligner));
    const pcm = (speeches: Speech[]) => speeches.flatMap(speech => [...speech.pcm]);
    expect(pcm(parts).length).toBe(plain.pcm.length * 3);
    expect(whole!.sampleRate).toBe(48_000);
    expect(pcm(parts).slice(0, whole!.pcm.length)).toEqual([...whole!.pcm]);
    let from = 0;
    const peaks = parts.flatMap(({ mouth, pcm: { length } }) => {
      const moved = mouth!.map(({ viseme, peakSample }) => [viseme, peakSample + from]);
      // Each piece brings the mouth of its own sound.
      expect(mouth!.at(-1)!.peakSample).toBeLessThanOrEqual(length);
      from += length;
      return moved;
    });
    expect(peaks.map(([, sample]) => sample)).toEqual(peaks.map((_, i) => i * 960));
    expect(parts.map(({ text }) => text).join('')).toBe(SENTENCE);
  });

  it('keeps the order where a whole stretch follows pieces', async () => {
    const piece: Speech = { ...plain, text: 'one', pcm: plain.pcm.slice(0, 8000), cut: true };
    const parts = await gather(new AlignedSpeech(voice(piece, { ...known, text: 'two' }), aligner));
    expect(parts.map(({ text }) => text).filter(Boolean)).toEqual(['one', 'two']);
    expect(parts.at(-1)!.phones).toBe(known.phones);
    expect(parts.slice(0, -1).reduce((sum, { pcm }) => sum + pcm.length, 0)).toBe(24_000);
  });

  it('ends at once when it is called off while it looks for words', async () => {
    const controller = new AbortController();
    const reason = new Error('called off');
    const said = gather(new AlignedSpeech(voice(plain), failing(never)), controller.signal);
    setImmediate(() => controller.abort(reason));
    await expect(said).rejects.toBe(reason);
  });
});
