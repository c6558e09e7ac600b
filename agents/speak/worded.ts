import type { Letters } from './normal/letters.ts';
import type { Token } from './normal/ports.ts';
import { joined, lettersIn, spoken } from './normal/spoken.ts';
import type { SpeakOptions, Speech, SpeechCapabilities, TextToSpeech, TimedText } from './ports.ts';
import { lettersOf, ownLanguages, reads } from './scripts.ts';
import { wordTimes } from './words.ts';

/**
 * A voice that is given words to say, where a sentence has figures, signs and abbreviations. What it says is told in the
 * words that were written, each ending where the last that is said for it ends [T4]. Owns it not.
 */
export class WordedSpeech implements TextToSpeech {
  readonly capabilities: SpeechCapabilities;
  readonly #inner: TextToSpeech;
  readonly #letters: Letters;

  constructor(inner: TextToSpeech) {
    this.capabilities = inner.capabilities;
    this.#inner = inner;
    this.#letters = lettersOf(inner.capabilities);
  }

  async *speak(sentence: string, options: SpeakOptions): AsyncGenerator<Speech> {
    // As the last of several that failed it may be given what it cannot read.
    const readable = reads(this.capabilities, sentence) ? sentence : ownLanguages(this.capabilities);
    const tokens = spoken(readable, { letters: this.#letters });
    const { text, ends } = joined(tokens);
    const written = new WrittenWords(tokens, ends);
    for await (const speech of this.#inner.speak(text, options)) yield written.of(speech);
  }

  /** Closes nothing: whoever made the voice closes it. */
  async close(): Promise<void> {}
}

/** Follows what is said through what is written, by letters. */
class WrittenWords {
  /** Written words that are told together, with where in what is said the last of them ends. */
  readonly #waiting: { written: string[]; saidTo: number }[] = [];
  #said = 0;

  constructor(tokens: readonly Token[], ends: readonly number[]) {
    let silent: string[] = [];
    for (const [i, { written }] of tokens.entries()) {
      const last = this.#waiting.at(-1);
      const saidTo = ends[i]!;
      if (saidTo > (last?.saidTo ?? 0)) {
        this.#waiting.push({ written: [...silent, written], saidTo });
        silent = [];
      } else if (last === undefined) silent.push(written);
      // What is silent is over with the word before it.
      else last.written.push(written);
    }
  }

  /** The same speech, in written words. */
  of(speech: Speech): Speech {
    const times = wordTimes(speech.text, speech.phones, speech.pcm.length, speech.words);
    const words: TimedText[] = [];
    let startSample = 0;
    let endSample = 0;
    const tell = () => {
      while (this.#waiting[0] !== undefined && this.#waiting[0].saidTo <= this.#said)
        for (const text of this.#waiting.shift()!.written) {
          words.push({ text, startSample, endSample });
          startSample = endSample;
        }
    };
    for (const time of times) {
      this.#said += lettersIn(time.text);
      endSample = time.endSample;
      tell();
    }
    const { characters: _, ...rest } = speech;
    return { ...rest, text: words.map(({ text }) => text).join(' '), words };
  }
}
