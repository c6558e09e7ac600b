/** What stands between two white spaces: what surrounds it, and what is read. */
export interface Word {
  /** `("` of `("€5,"`. */
  before: string;
  /** `€5`; nothing, where there are only marks. */
  core: string;
  /** `,"`. */
  after: string;
}

/** A word where it stands. */
export interface Place extends Word {
  words: readonly Word[];
  index: number;
  /** The word before it, where nothing but white space is between the two; and the one behind it. */
  previous: string;
  next: string;
}

/** What is said for a word, and what is left of the marks behind it where some belong to the word. */
export type Reading = string | { said: string; after: string };

/** Says a word, or leaves it to the next reader. */
export type Reader = (core: string, place: Place) => Reading | undefined;

/** How a language is read: one table for each. */
export interface Language {
  /** The first that knows a word reads it. */
  readers: readonly Reader[];
}

/** Words as written, and what a voice says for them; nothing, where they are silent. */
export interface Token {
  written: string;
  said: string;
}
