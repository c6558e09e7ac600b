import { describe, expect, it } from 'vitest';
import { LANGUAGES, type Message } from './words.ts';

type Words = Record<string, Message>;
const files = import.meta.glob<Words>('./*.json', { eager: true, import: 'default' });
const wordsOf = (language: string): Words => files[`./${language}.json`]!;
const english = wordsOf('en');
const formsOf = (message: Message): string[] => (typeof message === 'string' ? [message] : Object.values(message));
const placeholdersOf = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].toSorted();

it('each language has a file, and each file a language', () => {
  expect(Object.keys(files).toSorted()).toEqual(
    Object.keys(LANGUAGES)
      .map(each => `./${each}.json`)
      .toSorted(),
  );
});

describe.each(Object.keys(LANGUAGES))('in %s', language => {
  const words = wordsOf(language);
  const plurals = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();

  it('everything is said, in the order of the English', () => {
    expect(Object.keys(words)).toEqual(Object.keys(english));
  });

  it('what counts has each plural form of the language, and nothing else has any', () => {
    const wrong = Object.entries(words).filter(([key, message]) => {
      const forms = typeof message === 'string' ? [] : Object.keys(message).toSorted();
      return String(forms) !== String(typeof english[key] === 'string' ? [] : plurals);
    });
    expect(wrong).toEqual([]);
  });

  it('the same things are put in', () => {
    const wrong = Object.entries(words).filter(([key, message]) => {
      const wanted = String(placeholdersOf(formsOf(english[key]!).at(-1)!));
      // A count of one or two may be a word of its own.
      const text = typeof message === 'string' ? message : (message.other ?? '');
      return String(placeholdersOf(text)) !== wanted;
    });
    expect(wrong).toEqual([]);
  });

  it('no text is empty or has space around it', () => {
    const wrong = Object.entries(words).filter(([, message]) =>
      formsOf(message).some(text => text === '' || text !== text.trim()),
    );
    expect(wrong).toEqual([]);
  });

  it.skipIf(language === 'en')('hardly anything is left in English', () => {
    const same = Object.keys(words).filter(key => JSON.stringify(words[key]) === JSON.stringify(english[key]));
    expect(same.length / Object.keys(english).length, same.join(', ')).toBeLessThan(0.05);
  });
});
