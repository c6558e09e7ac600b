import { afterEach, describe, expect, it } from 'vitest';
import { language, locale, onLanguage, speak, t, wantedLanguage } from './words.ts';

afterEach(() => speak('en'));

describe('the language', () => {
  it.each([
    ['what the address asks for', 'ja', 'de', ['fr'], 'ja'],
    ['what was chosen before', null, 'de', ['fr'], 'de'],
    ['the first of the browser’s that there is', null, undefined, ['sv-SE', 'pt-BR', 'en'], 'pt'],
    ['English, where there is none of them', null, undefined, ['sv'], 'en'],
    ['what was chosen, where there is no such language as asked for', 'tlh', 'it', [], 'it'],
  ])('is %s', (_, asked, chosen, accepted, language) => {
    expect(wantedLanguage(asked, chosen, accepted)).toBe(language);
  });

  it('tells who listens that another one is spoken, and keeps the region of who reads it', async () => {
    const heard: string[] = [];
    const stop = onLanguage(() => heard.push(language()));
    await speak('pt', ['en', 'pt-BR']);
    expect([heard, locale()]).toEqual([['pt'], 'pt-BR']);
    stop();
    await speak('fr');
    expect([heard, language()]).toEqual([['pt'], 'fr']);
  });
});

it('chosen last is spoken, whichever is loaded first', async () => {
  await Promise.all([speak('it'), speak('en'), speak('nl'), speak('en')]);
  expect(language()).toBe('en');
});

describe('a message', () => {
  it('has names put in', () => {
    expect(t('lobby.meet', { name: 'Ollie' })).toBe('Meet Ollie');
  });

  it.each([
    ['en', ['1 message', '2 messages', '1,500 messages']],
    ['de', ['1 Nachricht', '2 Nachrichten', '1.500 Nachrichten']],
    ['ar', ['رسالة واحدة', 'رسالتان', '1,500 رسالة']],
    ['ja', ['メッセージ1件', 'メッセージ2件', 'メッセージ1,500件']],
  ] as const)('counts as %s does', async (language, counted) => {
    await speak(language);
    expect([1, 2, 1500].map(count => t('kept.messages', { count }))).toEqual(counted);
  });

  it('does not let a name that reads the other way turn what stands beside it', () => {
    expect(t('lobby.meet', { name: 'سارة' })).toBe('Meet \u2068سارة\u2069');
  });
});
