/** Labelled speech of espeak-ng (GPL-3; for training only, nothing of it is shipped or used by the product). */
import createModule from '@echogarden/espeak-ng-emscripten';
import { labelFrames } from '../../agents/speak/estimate/labels.ts';
import { ESTIMATE_RATE } from '../../agents/speak/estimate/log-mel.ts';
import { resampled } from '../../agents/speak/resample.ts';
import type { Phone } from '../../protocol/timeline.ts';
import type { Labelled } from './labels.ts';

/** IPA as espeak writes it, longest first, to CMU phones. Stress, length and tie marks are taken off before. */
const IPA: [string, string[]][] = [
  ['aɪə', ['ay', 'ax']],
  ['aɪɚ', ['ay', 'axr']],
  ['aɪ', ['ay']],
  ['aʊ', ['aw']],
  ['ʌʉ', ['aw']],
  ['eɪ', ['ey']],
  ['oʊ', ['ow']],
  ['əʊ', ['ow']],
  ['ɔɪ', ['oy']],
  ['tʃ', ['ch']],
  ['dʒ', ['jh']],
  ['ɪə', ['ih', 'ax']],
  ['iə', ['iy', 'ax']],
  ['eə', ['eh', 'ax']],
  ['ʊə', ['uh', 'ax']],
  ['əl', ['ax', 'l']],
  ['ɑɹ', ['aa', 'r']],
  ['ɔɹ', ['ao', 'r']],
  ['oɹ', ['ao', 'r']],
  ['ɛɹ', ['eh', 'r']],
  ['ɪɹ', ['ih', 'r']],
  ['ʊɹ', ['uh', 'r']],
  ['n̩', ['ax', 'n']],
  ['a', ['ae']],
  ['æ', ['ae']],
  ['ɐ', ['ax']],
  ['ə', ['ax']],
  ['ʌ', ['ah']],
  ['ɑ', ['aa']],
  ['ɒ', ['aa']],
  ['ɔ', ['ao']],
  ['ɛ', ['eh']],
  ['e', ['eh']],
  ['ɜ', ['er']],
  ['ɚ', ['axr']],
  ['ɪ', ['ih']],
  ['ᵻ', ['ih']],
  ['i', ['iy']],
  ['o', ['ow']],
  ['ʊ', ['uh']],
  ['u', ['uw']],
  ['ʉ', ['uw']],
  ['b', ['b']],
  ['d', ['d']],
  ['ð', ['dh']],
  ['f', ['f']],
  ['ɡ', ['g']],
  ['h', ['hh']],
  ['j', ['y']],
  ['k', ['k']],
  ['x', ['k']],
  ['l', ['l']],
  ['ɫ', ['l']],
  ['m', ['m']],
  ['n', ['n']],
  ['ŋ', ['ng']],
  ['p', ['p']],
  ['ɹ', ['r']],
  ['r', ['r']],
  ['ɾ', ['d']],
  ['s', ['s']],
  ['ʃ', ['sh']],
  ['t̪', ['th']],
  ['t', ['t']],
  ['ʔ', ['t']],
  ['θ', ['th']],
  ['v', ['v']],
  ['w', ['w']],
  ['ʍ', ['w']],
  ['z', ['z']],
  ['ʒ', ['zh']],
];

/** The CMU phones of one espeak phoneme; `undefined` where it is not known. */
function cmu(id: string): string[] | undefined {
  let rest = id.replace(/[\u02c8\u02cc\u02d0:\u02d1]|\u0361|\u200d/g, '');
  const phones: string[] = [];
  while (rest !== '') {
    const found = IPA.find(([ipa]) => rest.startsWith(ipa));
    if (found === undefined) return undefined;
    phones.push(...found[1]);
    rest = rest.slice(found[0].length);
  }
  return phones;
}

type EspeakWorker = InstanceType<Awaited<ReturnType<typeof createModule>>['eSpeakNGWorker']>;

/** espeak's voices; `speak` is synchronous. */
export class Espeak {
  readonly #worker: EspeakWorker;

  private constructor(worker: EspeakWorker) {
    this.#worker = worker;
  }

  static async load(): Promise<Espeak> {
    const module = await createModule();
    return new Espeak(new module.eSpeakNGWorker());
  }

  /** `rate` in words a minute, `pitch` 0..100. Undefined where a phoneme is not English. */
  speak(voice: string, text: string, rate: number, pitch: number): Labelled | undefined {
    if (this.#worker.set_voice(voice) !== 0) throw new Error(`espeak has no voice ${voice}`);
    this.#worker.set_rate(rate);
    this.#worker.set_pitch(pitch);
    const pieces: Int16Array[] = [];
    const marks: { id: string; ms: number }[] = [];
    let wordMs: number | undefined;
    this.#worker.synthesize(text, (pcm, events) => {
      if (pcm !== null) pieces.push(pcm);
      for (const { type, audio_position: ms, id } of events) {
        if (type === 'word') wordMs = ms;
        if (type !== 'phoneme') continue;
        // A word's first sound begins with the word: espeak counts the silence of a closure to the word only.
        marks.push({ id: String(id ?? ''), ms: wordMs ?? ms });
        wordMs = undefined;
      }
      return false;
    });
    const sampleRate = this.#worker.get_samplerate();
    const pcm = resampled(joined(pieces), sampleRate, ESTIMATE_RATE);
    const perMs = ESTIMATE_RATE / 1000;
    const phones: Phone[] = [];
    for (const [i, { id, ms }] of marks.entries()) {
      const start = ms * perMs;
      const end = Math.min(pcm.length, marks[i + 1] === undefined ? pcm.length : marks[i + 1]!.ms * perMs);
      if (end <= start) continue;
      const names = id === '' ? ['pau'] : cmu(id);
      if (names === undefined) return undefined;
      names.forEach((phone, n) => {
        const share = (end - start) / names.length;
        phones.push({ phone, startSample: start + n * share, endSample: start + (n + 1) * share });
      });
    }
    return { voice, pcm, labels: labelFrames(phones, pcm.length) };
  }
}

function joined(pieces: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
