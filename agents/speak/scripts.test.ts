import { describe, expect, it } from 'vitest';
import type { SpeechCapabilities } from './ports.ts';
import { ownLanguages, reads } from './scripts.ts';

const speaking = (...languages: string[]): SpeechCapabilities => ({
  phones: false,
  prosody: false,
  voices: { known: [], closed: true },
  languages,
});

describe('a voice', () => {
  it.each([
    ['en', 'Hello.', true],
    ['en', 'Müller wohnt in São Paulo.', true],
    ['en', '你好，今天天气很好。', false],
    ['en', 'こんにちは', false],
    ['en', '안녕하세요', false],
    ['en', 'Привет, как дела?', false],
    ['en', 'مرحبا', false],
    ['en', 'שלום', false],
    ['en', 'नमस्ते', false],
    ['en', 'Καλημέρα', false],
    ['en', 'สวัสดี', false],
    ['en', 'The word 你好 means hello.', true],
    ['en', 'π', true],
    ['en', '42', true],
    ['en', '…', true],
    ['zh', '你好', true],
    ['zh', 'Hello.', false],
    ['ja', 'こんにちは、世界。', true],
    ['ko', '안녕하세요', true],
    ['ru', 'Привет', true],
    ['am', 'Hello. ሰላም', true],
  ])('of %s and %j: %s', (language, text, isRead) => expect(reads(speaking(language), text)).toBe(isRead));

  it('of several languages reads the letters of all of them', () => {
    expect(reads(speaking('en', 'ja'), '今日は。')).toBe(true);
    expect(reads(speaking('en', 'ja'), 'Привет')).toBe(false);
  });

  it('that tells none is believed to read them all', () => {
    const { languages: _, ...silent } = speaking();
    expect(reads(silent, '你好')).toBe(true);
  });

  it('says which it speaks', () => {
    expect(ownLanguages(speaking('en'))).toBe('I am sorry, this voice only speaks English.');
    expect(ownLanguages(speaking('en', 'de'))).toBe('I am sorry, this voice only speaks English and German.');
  });
});
