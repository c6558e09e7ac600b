import { describe, expect, it } from 'vitest';
import { Consents } from './consents.ts';
import SENTENCES from './sentences.json' with { type: 'json' };

const PAGE = ['en', 'de', 'fr', 'es', 'pt', 'it', 'nl', 'ar', 'ja', 'zh'];

describe('a sentence with which somebody agrees', () => {
  it.each(PAGE)('is there in each language of the page: %s', language => {
    const { text, language: told } = new Consents().ask('p', language, undefined);
    expect(told).toBe(language);
    expect(text).not.toContain('{');
    const words = new Set(SENTENCES[language as 'en'].words);
    expect(words.size).toBe(16);
  });

  it('is in a language that is heard here, whatever the page’s', () => {
    const consents = new Consents();
    expect(consents.ask('p', 'de', ['en']).language).toBe('en');
    expect(consents.ask('p', 'de', ['en', 'de']).language).toBe('de');
    expect(consents.ask('p', 'de', ['fr', 'it']).language).toBe('fr');
    expect(consents.ask('p', 'xx', undefined).language).toBe('en');
  });

  it('is hardly ever the same', () => {
    const consents = new Consents();
    const texts = new Set(Array.from({ length: 50 }, () => consents.ask('p', 'en', undefined).text));
    expect(texts.size).toBeGreaterThan(40);
  });

  it('is good once, for a quarter of an hour, for the portrait that it was asked for', () => {
    let nowMs = 0;
    const consents = new Consents(() => nowMs);
    const { id, text } = consents.ask('p', 'en', undefined);
    expect(consents.take('q', id)).toBeUndefined();
    const consent = consents.take('p', id);
    expect(consent?.sentence).toBe(text);
    expect(text).toContain(consent!.words);
    expect(consents.take('p', id)).toBeUndefined();
    const late = consents.ask('p', 'en', undefined);
    nowMs = late.expiresAtMs;
    expect(consents.take('p', late.id)).toBeUndefined();
  });

  it('is the last one that was asked for; the oldest of very many are forgotten [C2]', () => {
    const consents = new Consents();
    const first = consents.ask('p', 'en', undefined);
    const second = consents.ask('p', 'en', undefined);
    expect(consents.take('p', first.id)).toBeUndefined();
    expect(consents.take('p', second.id)).toBeDefined();
    const old = consents.ask('old', 'en', undefined);
    for (let n = 0; n < 1000; n++) consents.ask(`p${n}`, 'en', undefined);
    expect(consents.take('old', old.id)).toBeUndefined();
  });
});
