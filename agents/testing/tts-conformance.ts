import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProviderError } from '../base/errors.ts';
import { NEUTRAL_PROSODY, type Prosody, type Speech, type TextToSpeech } from '../speak/ports.ts';

const SENTENCE = 'The quick brown fox jumps over the lazy dog.';

const HOSTILE: [string, string][] = [
  ['ten thousand characters', 'the sea is wide and deep '.repeat(400)],
  ['one word without an end', 'o'.repeat(2000)],
  ['markup', '<speak><break time="9s"/>Hello &amp; <b>bye</b></speak>'],
  ['control characters', 'one\u0000two\u0007three\u001b[31m\r\n\tfour'],
  ['only punctuation', '?!... --- "" ()'],
  ['nothing', ''],
  ['white space', ' \n '],
  ['what looks like an option', '--help'],
  ['what looks like a file', '/etc/passwd'],
  ['what looks like a command', '"; rm -rf / #`$(reboot)`'],
  ['emoji', '🐙 🐙🏽 🇮🇹'],
  ['other scripts', '你好 Привет مرحبا'],
  ['half a surrogate', 'a \ud800 b'],
  ['numbers', '1e999 -0 3.14159 99999999999999999999999'],
];

/** Everything that the port promises, for any voice. */
export function ttsConformance(name: string, make: () => TextToSpeech): void {
  describe(`${name} as a TextToSpeech`, () => {
    let tts: TextToSpeech;
    beforeAll(() => {
      tts = make();
    });
    afterAll(() => tts.close());

    const speak = async (
      text: string,
      { voice = tts.capabilities.voices.known[0]!, prosody = {}, signal = new AbortController().signal } = {} as {
        voice?: string;
        prosody?: Partial<Prosody>;
        signal?: AbortSignal;
      },
    ): Promise<Speech[]> => {
      const parts: Speech[] = [];
      for await (const part of tts.speak(text, { voice, prosody: { ...NEUTRAL_PROSODY, ...prosody }, signal }))
        parts.push(part);
      return parts;
    };
    const seconds = (parts: Speech[]) => parts.reduce((sum, { pcm, sampleRate }) => sum + pcm.length / sampleRate, 0);

    it('speaks with every voice it names', async () => {
      expect(tts.capabilities.voices.known.length).toBeGreaterThan(0);
      for (const voice of tts.capabilities.voices.known) {
        const parts = await speak(SENTENCE, { voice });
        expect(seconds(parts), voice).toBeGreaterThan(1.2);
        expect(seconds(parts), voice).toBeLessThan(6);
        expect(loudness(Int16Array.from(parts.flatMap(({ pcm }) => [...pcm]))), voice).toBeGreaterThan(300);
        expect(
          parts
            .map(({ text }) => text)
            .join(' ')
            .split(/\s+/),
        ).toEqual(SENTENCE.split(' '));
      }
    });

    it('begins and ends without a long silence', async () => {
      const parts = await speak(SENTENCE);
      const { sampleRate } = parts[0]!;
      const pcm = Int16Array.from(parts.flatMap(part => [...part.pcm]));
      const loud = pcm.findIndex(sample => Math.abs(sample) > 500) / sampleRate;
      const quiet = (pcm.length - pcm.findLastIndex(sample => Math.abs(sample) > 500)) / sampleRate;
      expect(loud).toBeLessThan(0.15);
      expect(quiet).toBeLessThan(0.35);
    });

    it('gives phones in order, inside the speech, without gaps, if it promises any', async () => {
      let count = 0;
      for (const { pcm, phones } of await speak(SENTENCE)) {
        if (!tts.capabilities.phones) {
          expect(phones).toBeUndefined();
          continue;
        }
        count += phones!.filter(({ phone }) => phone !== 'pau').length;
        let before = 0;
        for (const { startSample, endSample } of phones!) {
          expect(startSample).toBe(before);
          expect(endSample).toBeGreaterThan(startSample);
          expect(endSample).toBeLessThanOrEqual(pcm.length);
          before = endSample;
        }
      }
      if (tts.capabilities.phones) expect(count).toBeGreaterThan(20);
    });

    it('has sound in its vowels and silence in its pauses', async () => {
      if (!tts.capabilities.phones) return;
      const parts = await speak('Aha, I see, you are all here.');
      const level = (wanted: (phone: string) => boolean) =>
        loudness(
          Int16Array.from(
            parts.flatMap(({ pcm, phones }) =>
              phones!.filter(p => wanted(p.phone)).flatMap(p => [...pcm.subarray(p.startSample, p.endSample)]),
            ),
          ),
        );
      expect(level(phone => /^[aeiou]/.test(phone))).toBeGreaterThan(5 * level(phone => phone === 'pau'));
    });

    it('speaks faster and slower as told', async () => {
      if (!tts.capabilities.prosody) return;
      const [normal, fast, slow] = await Promise.all(
        [1, 1.5, 0.7].map(async rate => seconds(await speak(SENTENCE, { prosody: { rate } }))),
      );
      expect(normal! / fast!).toBeGreaterThan(1.35);
      expect(normal! / fast!).toBeLessThan(1.65);
      expect(normal! / slow!).toBeGreaterThan(0.6);
      expect(normal! / slow!).toBeLessThan(0.8);
    });

    it('speaks higher and lower as told', async () => {
      if (!tts.capabilities.prosody) return;
      const pitches = await Promise.all(
        [0.85, 1, 1.25].map(async pitch => medianPitch(await speak(SENTENCE, { prosody: { pitch } }))),
      );
      expect(pitches[0]! / pitches[1]!).toBeGreaterThan(0.78);
      expect(pitches[0]! / pitches[1]!).toBeLessThan(0.93);
      expect(pitches[2]! / pitches[1]!).toBeGreaterThan(1.15);
      expect(pitches[2]! / pitches[1]!).toBeLessThan(1.35);
    });

    it('refuses a voice it does not have, where it has no others than those it names', async () => {
      if (!tts.capabilities.voices.closed) return;
      const refused = speak(SENTENCE, { voice: 'nobody' });
      await expect(refused).rejects.toBeInstanceOf(ProviderError);
      await expect(refused).rejects.toMatchObject({ category: 'bad-input', retryable: false });
    });

    it('ends at once when it is called off, and speaks the next sentence', async () => {
      const controller = new AbortController();
      const reason = new Error('called off');
      const long = speak(HOSTILE[0]![1], { signal: controller.signal });
      const waiting = speak(SENTENCE, { signal: controller.signal });
      setImmediate(() => controller.abort(reason));
      await expect(long).rejects.toBe(reason);
      await expect(waiting).rejects.toBe(reason);
      await expect(speak(SENTENCE, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect(seconds(await speak(SENTENCE))).toBeGreaterThan(1.2);
    });

    it('keeps sentences apart that are asked for at the same time', async () => {
      const texts = ['No.', SENTENCE, `${SENTENCE} ${SENTENCE}`];
      const lengths = (await Promise.all(texts.map(text => speak(text)))).map(seconds);
      expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
      expect(lengths[2]! / lengths[1]!).toBeGreaterThan(1.5);
    });

    it.each(HOSTILE)('survives %s', { timeout: 120_000 }, async (_, text) => {
      // With the voice that is quickest to make: ten thousand characters are ten minutes of speech.
      const voice = tts.capabilities.voices.known.at(-1)!;
      await speak(text, { voice }).catch(error => expect(error).toBeInstanceOf(ProviderError));
      expect(seconds(await speak(SENTENCE))).toBeGreaterThan(1.2);
    });

    it('closes, twice if need be, and says nothing any more', async () => {
      const other = make();
      const options = { voice: other.capabilities.voices.known[0]!, prosody: NEUTRAL_PROSODY };
      const said = other.speak(SENTENCE, { ...options, signal: new AbortController().signal });
      const pending = said[Symbol.asyncIterator]().next();
      const refused = expect(pending).rejects.toBeInstanceOf(ProviderError);
      await Promise.all([other.close(), other.close()]);
      await refused;
      const late = other.speak(SENTENCE, { ...options, signal: new AbortController().signal });
      await expect(late[Symbol.asyncIterator]().next()).rejects.toBeInstanceOf(ProviderError);
    });
  });
}

function loudness(pcm: Int16Array): number {
  return Math.sqrt(pcm.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, pcm.length));
}

/** Median fundamental frequency of the voiced parts, by autocorrelation, Hz. */
function medianPitch(parts: Speech[]): number {
  const pitches = parts.flatMap(({ pcm, sampleRate }) => {
    const window = Math.round(sampleRate * 0.04);
    const found: number[] = [];
    for (let at = 0; at + 2 * window < pcm.length; at += window) {
      if (loudness(pcm.subarray(at, at + window)) < 500) continue;
      let best = { lag: 0, match: 0 };
      for (let lag = Math.round(sampleRate / 400); lag < sampleRate / 60; lag++) {
        let product = 0;
        let here = 0;
        let there = 0;
        for (let i = at; i < at + window; i++) {
          product += pcm[i]! * pcm[i + lag]!;
          here += pcm[i]! ** 2;
          there += pcm[i + lag]! ** 2;
        }
        const match = product / Math.sqrt(here * there + 1);
        // A multiple of the period matches as well: only a clearly better one counts.
        if (match > best.match + 0.02) best = { lag, match };
      }
      if (best.match > 0.8) found.push(sampleRate / best.lag);
    }
    return found;
  });
  return pitches.toSorted((a, b) => a - b)[pitches.length >> 1] ?? 0;
}
