import { cleaned, isHalfWritten } from './markup-inline.ts';
import { lineAt } from './markup-lines.ts';

const FENCE = '```';
/** What may be markup is waited for no longer than this, characters [C2]. */
const LONGEST = 1000;

/**
 * Takes a text's markup away while it is being written: what is left is what people see of it. Frames, dividers, code
 * and emoji are left out, rows of tables become lines of their own, and numbers that are no list's stay.
 */
export class PlainText {
  /** What has come and is not decided on. */
  #rest = '';
  #atLineStart = true;
  #inCode = false;
  /** The two characters before `#rest`, as they came. */
  #before = '\n';
  /** The list that the last line belongs to: its number, 0 where it has none. */
  #item: number | undefined;
  /** The last line that said something ended with a colon. */
  #introduced = false;
  #line = '';

  /** The next piece; what is certain of it and of what was held back. */
  push(piece: string): string {
    this.#rest += piece;
    return this.#drain(false);
  }

  /** What is held back, as it is: nobody waits for it any longer, but the text may go on. */
  release(): string {
    const held = this.#rest.slice(0, 2 * LONGEST);
    if (this.#inCode || held.trim() === '' || !this.#atLineStart) return '';
    const look = lineAt(held, { item: this.#item, introduced: this.#introduced, whole: false, patient: false });
    if (look === 'wait') return '';
    return this.#drain(false, false);
  }

  /** The end of the text. */
  end(): string {
    const text = this.#drain(true);
    this.#rest = '';
    this.#atLineStart = true;
    return text;
  }

  #drain(last: boolean, patient = true): string {
    let plain = '';
    while (this.#rest !== '') {
      if (this.#inCode) {
        if (!this.#leaveCode(last)) break;
        plain += ' ';
        continue;
      }
      if (this.#atLineStart) {
        const isLong = this.#rest.length > LONGEST;
        const context = {
          item: this.#item,
          introduced: this.#introduced,
          whole: last || isLong,
          patient: patient && !isLong,
        };
        const look = lineAt(this.#rest, context);
        if (look === 'wait') break;
        this.#item = look.item;
        this.#take(look.cut);
        plain += look.text;
        this.#line = look.text;
        this.#atLineStart = look.ends;
        if (look.text.trim() !== '' && look.ends) this.#introduced = look.text.trimEnd().endsWith(':');
        continue;
      }
      const inline = this.#inline(last);
      if (inline === undefined) break;
      plain += inline;
    }
    return plain;
  }

  /** The rest of the line, as far as it is certain; undefined where nothing is. */
  #inline(last: boolean): string | undefined {
    if (this.#rest.startsWith(FENCE)) {
      this.#take(FENCE.length);
      this.#inCode = true;
      return ' ';
    }
    if (this.#rest[0] === '\n') {
      this.#take(1);
      this.#atLineStart = true;
      if (this.#line.trim() !== '') this.#introduced = this.#line.trimEnd().endsWith(':');
      this.#line = '';
      return '\n';
    }
    const ends = [this.#rest.indexOf('\n'), this.#rest.indexOf(FENCE)].filter(at => at >= 0);
    const isWhole = last || ends.length > 0;
    const line = ends.length > 0 ? this.#rest.slice(0, Math.min(...ends)) : this.#rest;
    const open = isWhole ? line.length : isHalfWritten(line, this.#before);
    const upTo = line.length - open > LONGEST ? line.length : open;
    if (upTo === 0) return undefined;
    const text = cleaned(line.slice(0, upTo), this.#before, this.#rest.slice(upTo, upTo + 2) || '\n');
    this.#take(upTo);
    this.#line = (this.#line + text).slice(-8);
    return text;
  }

  /** Nothing of code is kept but what may be its end. */
  #leaveCode(last: boolean): boolean {
    const end = this.#rest.indexOf(FENCE);
    if (end >= 0) {
      this.#take(end + FENCE.length);
      this.#inCode = false;
      return true;
    }
    const ticks = this.#rest.endsWith('``') ? 2 : this.#rest.endsWith('`') ? 1 : 0;
    this.#rest = last ? '' : this.#rest.slice(this.#rest.length - ticks);
    return false;
  }

  #take(characters: number): void {
    this.#before = (this.#before + this.#rest.slice(0, characters)).slice(-2);
    this.#rest = this.#rest.slice(characters);
  }
}
