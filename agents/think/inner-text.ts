import { actionAt, type Closing, callAt, type Look, labelAt, stepAt, tagAt } from './inner-marks.ts';

/** Names that models give themselves, and those they speak to. */
const OWN = ['assistant', 'ai', 'bot', 'avatar', 'model'];
const OTHERS = ['user', 'human', 'system'];
/** Of what is left out, so much is kept at most while its end is looked for [C2]; and so much of that from then on. */
const LONGEST_HIDDEN = 8192;
const TAIL = 80;
/** Of what was said, this decides what may follow. */
const BEFORE = 8;

/** Leaves out, of one answer as it is being written, what is not said. What may still become such is held back. */
export class InnerText {
  readonly #own: readonly string[];
  readonly #others: readonly string[];
  readonly #thinksFirst: boolean;
  /** What has come and is not decided on. */
  #rest = '';
  /** What was passed on: its end. */
  #before = '';
  /** Finds the end of what is being left out. */
  #closing: Closing | undefined;
  /** What is skipped of what comes next. */
  #skip: RegExp | undefined;
  #over = false;
  /** What waits for a thought to end that may have come first. */
  #held = '';
  /** A thought ended that had not begun: all before it was thought. */
  endedThought = false;
  /** Something was done without a word. */
  acted = false;

  /**
   * @param names who speaks: what such a model puts before its own words
   * @param others who else does: where their words begin, the answer is over
   * @param thinksFirst this model's answers begin with a thought whose beginning is not told
   */
  constructor(names: readonly string[], others: readonly string[] = [], thinksFirst = false) {
    this.#own = [...names, ...OWN].map(name => name.toLowerCase());
    this.#others = [...others, ...OTHERS].map(name => name.toLowerCase());
    this.#thinksFirst = thinksFirst;
  }

  /** The next piece; what may be said of it and of what was held back. */
  push(piece: string): string {
    this.#rest += piece;
    const said = this.#drain(false);
    if (!this.#thinksFirst || this.endedThought) return said;
    this.#held += said;
    return '';
  }

  /** There is no more: what is still held back and may be said. */
  end(): string {
    const said = this.#drain(true);
    return this.endedThought ? said : this.#held + said;
  }

  #drain(last: boolean): string {
    let said = '';
    while (this.#advance(last)) {
      const look = this.#look(last);
      if (look === 'wait') break;
      if (look === 'text') {
        const text = this.#plain();
        this.#rest = this.#rest.slice(text.length);
        this.#before = (this.#before + text).slice(-BEFORE);
        said += text;
        continue;
      }
      this.#rest = this.#rest.slice(look.cut);
      if (look.what === 'forget') {
        // What of the thought was passed on before cannot be taken back.
        said = this.#held = this.#before = '';
        this.endedThought = true;
      }
      this.#over ||= look.what === 'over';
      this.acted ||= look.what === 'act';
      if (look.what === 'hide') this.#closing = look.closing;
      this.#leaveGap(look.what === 'label');
    }
    return said;
  }

  /** Skips what is to be skipped and left out; false where nothing is left to look at. */
  #advance(last: boolean): boolean {
    if (this.#over) this.#rest = '';
    if (this.#closing !== undefined) {
      const end = this.#closing(this.#rest);
      if (end === undefined) {
        if (last || this.#rest.length > LONGEST_HIDDEN) this.#rest = last ? '' : this.#rest.slice(-TAIL);
        return false;
      }
      this.#rest = this.#rest.slice(end);
      this.#closing = undefined;
      this.#leaveGap(false);
    }
    if (this.#skip !== undefined) this.#rest = this.#rest.replace(this.#skip, '');
    if (this.#rest === '') return false;
    this.#skip = undefined;
    return true;
  }

  /** Spaces on both sides of what was left out would be a gap; at the beginning, and after a name, there are none. */
  #leaveGap(isLabel: boolean): void {
    if (isLabel) this.#skip = /^[*_ \t]+/;
    else if (this.#before.trim() === '') this.#skip = /^\s+/;
    else this.#skip = /\s$/.test(this.#before) ? /^[^\S\n]+/ : undefined;
  }

  #look(last: boolean): Look {
    const isFirst = this.#before.trim() === '';
    if (isFirst || this.#before.endsWith('\n')) {
      // At its beginning an answer may speak to somebody by name.
      const look = labelAt(this.#rest, this.#own, isFirst ? [] : this.#others, last);
      if (look !== 'text') return look;
      const step = stepAt(this.#rest, isFirst, last);
      if (step !== 'text') return step;
    }
    const mark = this.#rest[0]!;
    if (mark === '{') return callAt(this.#rest, last);
    if (mark === '[') {
      const call = callAt(this.#rest, last);
      if (call !== 'text') return call;
    }
    const tag = '<◁['.includes(mark) ? tagAt(this.#rest, last) : 'text';
    return tag === 'text' && '*_(['.includes(mark) ? actionAt(this.#rest, this.#before, this.#own, last) : tag;
  }

  /** What is certain to be text: up to what may be a mark. */
  #plain(): string {
    if (this.#rest[0] === '\n') return '\n';
    const next = this.#rest.slice(1).search(/[<[(*_{◁\n]/);
    return next < 0 ? this.#rest : this.#rest.slice(0, next + 1);
  }
}
