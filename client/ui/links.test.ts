import { describe, expect, it } from 'vitest';
import { linked } from './links.ts';

const links = (text: string) => linked(text).flatMap(({ text: shown, href }) => (href === undefined ? [] : [shown]));

describe('links in what people write', () => {
  it.each([
    ['https://example.org', ['https://example.org']],
    ['Look: http://example.org/a?b=c#d, please.', ['http://example.org/a?b=c#d']],
    ['(see https://example.org/a_(b)).', ['https://example.org/a_(b)']],
    ['“https://example.org/x”!', ['https://example.org/x']],
    ['HTTPS://Example.org one\nhttps://b.example two', ['HTTPS://Example.org', 'https://b.example']],
  ])('%s', (text, shown) => {
    expect(links(text)).toEqual(shown);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,hello',
    'https://',
    'ftp://example.org',
    'example.org',
    'https://bank.example@evil.example/',
    'https://user:secret@example.org',
    'xhttps://example.org',
  ])('%s is none', text => {
    expect(links(text)).toEqual([]);
  });

  it('changes nothing of the text, whatever it is', () => {
    for (const text of ['', ' a  b\n', 'a https://example.org b', '(https://example.org)', '…)))', 'https://[::1'])
      expect(
        linked(text)
          .map(piece => piece.text)
          .join(''),
      ).toBe(text);
  });
});
