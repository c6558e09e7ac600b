/**
 * A small language for what people say, matched word by word, so that no text makes it slow:
 *
 * | written | matches |
 * |---|---|
 * | `word`, `stem*` | that word; a word that begins so |
 * | `<name>` | any of a named list of phrases |
 * | `(one two\|three)` | either |
 * | `x?` | x or nothing |
 * | `..` `...` | up to three, six words, none of them a negation or the end of a sentence |
 * | `!x` | nothing, where x does not follow |
 * | `_` | any one word |
 * | `^` `$` | nothing, at the beginning or the end of a sentence |
 *
 * Words that say nothing ("um", "really") may stand anywhere between.
 */
import { STOP } from './words.ts';

/** Where a match may end that begins at a word: places between words, each once. */
type Matcher = (words: readonly string[], at: number) => ReadonlySet<number>;

const NOWHERE: ReadonlySet<number> = new Set();

/** What a pattern may name, and what it skips. */
export interface Vocabulary {
  /** Phrases in the pattern language, by name. */
  classes: Readonly<Record<string, readonly string[]>>;
  /** Words that say nothing. */
  fillers: ReadonlySet<string>;
  negations: ReadonlySet<string>;
}

/** A pattern, read. */
export interface Pattern {
  source: string;
  /** Of each of these, a text that it matches has at least one word. */
  needs: readonly ReadonlySet<string>[];
  /** Where matches end that begin at this word, as places behind their last words. */
  endsOf: Matcher;
}

const MOST_FILLERS = 3;

/** Reads patterns. Throws an Error that names the pattern and what is wrong with it. */
export class PatternReader {
  readonly #vocabulary: Vocabulary;
  readonly #classes = new Map<string, Matcher>();
  /** See {@link Pattern.needs}; of what may match without any certain word, nothing. */
  readonly #needs = new WeakMap<Matcher, readonly ReadonlySet<string>[]>();

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  read(source: string): Pattern {
    const endsOf = this.#read(source);
    return { source, needs: this.#needs.get(endsOf) ?? [], endsOf };
  }

  #read(source: string): Matcher {
    const tokens = source.match(/<[\w-]+>|\.{2,3}|[()|?!^$_]|[\p{L}\p{N}]+\*?|\S/gu) ?? [];
    const words = new Map<Matcher, string>();
    let next = 0;
    const wrong = (what: string) => new Error(`the pattern "${source}" is wrong: ${what}`);
    const alternatives = (): Matcher => {
      const either = [sequence()];
      while (tokens[next] === '|') {
        next++;
        either.push(sequence());
      }
      if (either.length === 1) return either[0]!;
      // Most alternatives are words: they are looked up at once.
      const literal = new Set(either.flatMap(each => words.get(each) ?? []));
      const others = either.filter(each => !words.has(each));
      return this.#anyOf([...(literal.size > 0 ? [this.#oneOf(literal)] : []), ...others]);
    };
    const sequence = (): Matcher => {
      const items: Matcher[] = [];
      while (next < tokens.length && tokens[next] !== ')' && tokens[next] !== '|') items.push(item());
      if (items.length === 0) throw wrong('something is missing beside | or between brackets');
      return items.length === 1 ? items[0]! : this.#inOrder(items);
    };
    const item = (): Matcher => {
      const one = single();
      if (tokens[next] !== '?') return one;
      next++;
      return (words, at) => new Set(one(words, at)).add(at);
    };
    const single = (): Matcher => {
      const token = tokens[next++]!;
      if (token === '(') {
        const inner = alternatives();
        if (tokens[next++] !== ')') throw wrong('a bracket is not closed');
        return inner;
      }
      if (token === '!') {
        const inner = item();
        return (words, at) => (inner(words, at).size === 0 ? new Set([at]) : NOWHERE);
      }
      if (token === '^') return (words, at) => new Set(at === 0 || words[at - 1] === STOP ? [at] : []);
      if (token === '$') return this.#skipping((words, at) => new Set(words[at] === STOP ? [at] : []));
      if (token === '_') return this.#skipping((words, at) => new Set((words[at] ?? STOP) === STOP ? [] : [at + 1]));
      if (token === '..' || token === '...') return this.#gap(token.length === 2 ? 3 : 6);
      if (token.startsWith('<')) return this.#class(token.slice(1, -1), wrong);
      if (!/^[\p{L}\p{N}]+\*?$/u.test(token)) throw wrong(`${token} means nothing`);
      const stem = token.endsWith('*') ? token.slice(0, -1) : undefined;
      if (stem !== undefined)
        return this.#skipping((words, at) => (words[at]?.startsWith(stem) === true ? new Set([at + 1]) : NOWHERE));
      const literal = this.#oneOf(new Set([token]));
      words.set(literal, token);
      return literal;
    };
    const matcher = alternatives();
    if (next < tokens.length) throw wrong('a bracket is closed that was not opened');
    return matcher;
  }

  /** Tried at a word, and behind words that say nothing. */
  #skipping(matcher: Matcher): Matcher {
    const { fillers } = this.#vocabulary;
    return (words, at) => {
      for (let skipped = 0; skipped <= MOST_FILLERS; skipped++) {
        const ends = matcher(words, at + skipped);
        if (ends.size > 0) return ends;
        if (!fillers.has(words[at + skipped]!)) break;
      }
      return NOWHERE;
    };
  }

  #oneOf(literal: ReadonlySet<string>): Matcher {
    const matcher = this.#skipping((words, at) => (literal.has(words[at]!) ? new Set([at + 1]) : NOWHERE));
    this.#needs.set(matcher, [literal]);
    return matcher;
  }

  #inOrder(items: readonly Matcher[]): Matcher {
    const matcher = inOrder(items);
    this.#needs.set(
      matcher,
      items.flatMap(item => this.#needs.get(item) ?? []),
    );
    return matcher;
  }

  #anyOf(either: readonly Matcher[]): Matcher {
    const matcher = anyOf(either);
    const needs = either.map(each => this.#needs.get(each)?.toSorted((a, b) => a.size - b.size)[0]);
    if (needs.every(need => need !== undefined)) this.#needs.set(matcher, [new Set(needs.flatMap(need => [...need]))]);
    return matcher;
  }

  #kept(matcher: Matcher): Matcher {
    const memory = kept(matcher);
    this.#needs.set(memory, this.#needs.get(matcher) ?? []);
    return memory;
  }

  #gap(most: number): Matcher {
    const { negations, fillers } = this.#vocabulary;
    return (words, at) => {
      const ends = new Set([at]);
      for (let place = at, passed = 0; passed < most && place < words.length; place++) {
        const word = words[place]!;
        if (word === STOP || negations.has(word)) break;
        if (!fillers.has(word)) passed++;
        ends.add(place + 1);
      }
      return ends;
    };
  }

  #class(name: string, wrong: (what: string) => Error): Matcher {
    const known = this.#classes.get(name);
    if (known !== undefined) return known;
    const phrases = this.#vocabulary.classes[name];
    if (phrases === undefined) throw wrong(`there is no list <${name}>`);
    const single = new Set(phrases.filter(phrase => /^[\p{L}\p{N}]+$/u.test(phrase)));
    const others = phrases.filter(phrase => !single.has(phrase)).map(phrase => this.#read(phrase));
    const matcher = this.#kept(this.#anyOf([...(single.size > 0 ? [this.#oneOf(single)] : []), ...others]));
    this.#classes.set(name, matcher);
    return matcher;
  }
}

const anyOf =
  (either: readonly Matcher[]): Matcher =>
  (words, at) => {
    let found = NOWHERE;
    for (const matcher of either) {
      const ends = matcher(words, at);
      if (ends.size > 0) found = found.size === 0 ? ends : new Set([...found, ...ends]);
    }
    return found;
  };

/** Many patterns ask for the same list at the same word. */
function kept(matcher: Matcher): Matcher {
  let last: { words: readonly string[]; ends: (ReadonlySet<number> | undefined)[] } | undefined;
  return (words, at) => {
    if (last?.words !== words) last = { words, ends: [] };
    last.ends[at] ??= matcher(words, at);
    return last.ends[at];
  };
}

const inOrder =
  (items: readonly Matcher[]): Matcher =>
  (words, at) => {
    let places = items[0]!(words, at);
    for (const item of items.slice(1)) {
      if (places.size === 0) return NOWHERE;
      if (places.size === 1) {
        places = item(words, [...places][0]!);
        continue;
      }
      const ends = new Set<number>();
      for (const place of places) for (const end of item(words, place)) ends.add(end);
      places = ends;
    }
    return places;
  };
