import { describe, expect, it } from 'vitest';
import { passagesOf, plain } from './passages.ts';

describe('passages of a document', () => {
  it('stand under their headings, whatever marks them', () => {
    const text =
      'Shop\n====\nWe sell candles.\n\n## Opening hours ##\nNine to five.\n\n### Sundays\nClosed.\n\n## Returns\nThirty days.';
    expect(passagesOf(text)).toEqual([
      { heading: 'Shop', text: 'We sell candles.' },
      { heading: 'Shop > Opening hours', text: 'Nine to five.' },
      { heading: 'Shop > Opening hours > Sundays', text: 'Closed.' },
      { heading: 'Shop > Returns', text: 'Thirty days.' },
    ]);
  });

  it('hold paragraphs together as far as they fit, and cut what is too long at its sentences', () => {
    const short = passagesOf('One.\n\nTwo.');
    expect(short).toEqual([{ heading: '', text: 'One.\n\nTwo.' }]);
    const long = passagesOf('The candle burns for forty hours. '.repeat(100));
    expect(long.length).toBeGreaterThan(3);
    for (const { text } of long) {
      expect(text.length).toBeLessThanOrEqual(1200);
      expect(text).toMatch(/^The candle.*hours\.$/);
    }
  });

  it('lose nothing of a sentence without an end', () => {
    const text = 'x'.repeat(5000);
    expect(
      passagesOf(text)
        .map(passage => passage.text.replaceAll(' ', ''))
        .join(''),
    ).toBe(text);
  });

  it('are none where there is nothing', () => expect(passagesOf('\n\n# Only a heading\n\n')).toEqual([]));

  it('are quoted without marks', () =>
    expect(plain('- **Bold** words, `code` and a [link](https://x.example/a).')).toBe('Bold words, code and a link.'));
});
