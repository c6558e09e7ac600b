import { LISTEN_RATE } from '../base/rates.ts';
import { words } from './witness/completeness.ts';

/** Who goes on so soon after having been taken for done, samples from then on, was not. */
const CONTINUES = 2 * LISTEN_RATE;
/** What read as nothing, or was too short to be read, belongs to what follows so soon. */
const JOINS = 3 * LISTEN_RATE;
/** Noise that never ends is not kept for ever [C2]. */
const LONGEST_NOTHING = 8 * LISTEN_RATE;

/** What ended, while it is not certain that it was all [L1]. Positions are samples of the listener's sound. */
export class LeftOver {
  /** Of the utterance that it was; undefined, where it read as nothing. */
  readonly saidId: string | undefined;
  readonly text: string;
  readonly fromSample: number;
  /** The end of its last sound of speech. */
  readonly endSample: number;
  /** It was given to the recognizer, which still has it. */
  readonly isWithRecognizer: boolean;
  readonly #overSample: number;

  private constructor(
    { saidId, text, fromSample, endSample }: { saidId?: string; text: string; fromSample: number; endSample: number },
    overSample: number,
    isWithRecognizer = true,
  ) {
    this.saidId = saidId;
    this.text = text;
    this.fromSample = fromSample;
    this.endSample = endSample;
    this.isWithRecognizer = isWithRecognizer;
    this.#overSample = overSample;
  }

  static ofUtterance(said: {
    id: string;
    text: string;
    fromSample: number;
    endSample: number;
    nowSample: number;
  }): LeftOver {
    return new LeftOver({ saidId: said.id, ...said }, said.nowSample + CONTINUES);
  }

  /** Speech in which nothing was read. Undefined, where there is too much of it. */
  static ofNothing(heard: { fromSample: number; endSample: number; nowSample: number }): LeftOver | undefined {
    if (heard.nowSample - heard.fromSample > LONGEST_NOTHING) return undefined;
    return new LeftOver({ text: '', ...heard }, heard.nowSample + JOINS);
  }

  /** A sound of speech too short to be a start. */
  static ofSound(fromSample: number): LeftOver {
    return new LeftOver({ text: '', fromSample, endSample: fromSample }, fromSample + JOINS, false);
  }

  /** Nothing more of it is expected. */
  isOver(nowSample: number): boolean {
    return nowSample > this.#overSample;
  }

  /** The same, once something that was nothing has come after it. */
  after(nowSample: number): LeftOver | undefined {
    return this.isOver(nowSample) ? undefined : this;
  }
}

/** Figures are said in more letters than they are written with. */
const DIGIT_LETTERS = 4;
const length = (text: string) =>
  words(text).reduce((sum, word) => sum + (/^\d+$/.test(word) ? word.length * DIGIT_LETTERS : word.length), 0);

/** Whether a reading has more words than an earlier one of its beginning. */
export function isMore(text: string, before: string): boolean {
  return words(text).join(' ') !== words(before).join(' ') && length(text) > length(before) + 1;
}
