import { normalised, sentencesOf } from '../script/hearing.ts';

/** Of a conversation's answers so many in a hundred may end in a question, after the first few. */
const QUESTION_SHARE = 0.36;
const FREE_QUESTIONS = 2;
/** A shorter sentence may be said again. */
const NOTABLE_WORDS = 5;

const sentencesWithEnds = (text: string) => text.split(/(?<=[.?!…]["”]?)\s/).filter(Boolean);
const notable = (text: string) => sentencesOf(text, '').filter(each => each.split(' ').length >= NOTABLE_WORDS);

/** What the avatar has said in a conversation: nothing is asked twice, and nothing said twice. */
export class Said {
  readonly lines: readonly string[];
  readonly #plain: Set<string>;
  readonly #sentences: Set<string>;
  readonly #questions: Set<string>;
  readonly #asked: number;

  constructor(lines: readonly string[]) {
    this.lines = lines;
    this.#plain = new Set(lines.map(line => normalised(line)));
    this.#sentences = new Set(lines.flatMap(notable));
    this.#questions = new Set(
      lines
        .flatMap(sentencesWithEnds)
        .filter(each => each.endsWith('?'))
        .map(each => normalised(each)),
    );
    this.#asked = lines.filter(line => line.trimEnd().endsWith('?')).length;
  }

  get last(): string {
    return this.lines.at(-1) ?? '';
  }

  /** What was asked last, in lower case; empty where the last words were no question. */
  get lastQuestion(): string {
    const last = sentencesWithEnds(this.last.trimEnd()).at(-1) ?? '';
    return last.endsWith('?') ? last.toLowerCase() : '';
  }

  has(text: string): boolean {
    return this.#plain.has(normalised(text)) || notable(text).some(each => this.#sentences.has(each));
  }

  asked(question: string): boolean {
    return this.#questions.has(normalised(question));
  }

  /** Whether one more question would be one too many. */
  get mayAsk(): boolean {
    if (this.#asked < FREE_QUESTIONS) return true;
    return !this.last.trimEnd().endsWith('?') && this.#asked + 1 <= QUESTION_SHARE * (this.lines.length + 1);
  }

  /** The first of these that was not said yet, beginning somewhere else in every turn; one that was, where all were. */
  fresh<T>(variants: readonly T[], textOf: (variant: T) => string = String): T {
    const start = (this.lines.length * 7) % variants.length;
    const turned = [...variants.slice(start), ...variants.slice(0, start)];
    return turned.find(each => !this.has(textOf(each))) ?? turned[0]!;
  }

  /** The first of these questions that may be asked. */
  question(questions: readonly string[]): string | undefined {
    if (questions.length === 0) return undefined;
    const start = (this.lines.length * 5) % questions.length;
    return [...questions.slice(start), ...questions.slice(0, start)].find(each => !this.asked(each));
  }

  /** Without the questions at its end that were asked before or are too many; as it is, where nothing else would be left. */
  withoutSurplus(text: string, may = this.mayAsk): string {
    const sentences = sentencesWithEnds(text.trim());
    const kept = sentences.filter(each => !each.endsWith('?') || !this.asked(each));
    while (!may && kept.length > 1 && kept.at(-1)!.endsWith('?')) kept.pop();
    if (kept.length === 0 || (kept.length === 1 && !may && kept[0]!.endsWith('?'))) return '';
    return kept.join(' ');
  }
}
