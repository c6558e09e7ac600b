import { describe, expect, it } from 'vitest';
import { readWords, toneOf } from './words.ts';

const named = (text: string) => {
  const { emotions = {} } = readWords(text) ?? {};
  return Object.entries(emotions).sort((a, b) => b[1] - a[1])[0]?.[0];
};

describe('how somebody feels by what they say', () => {
  it.each([
    ['I am so happy today!', 'happy'],
    ['I feel really sad.', 'sad'],
    ['My dog died yesterday.', 'sad'],
    ["I'm worried about the exam.", 'fearful'],
    ['This makes me furious.', 'angry'],
    ['I was so surprised.', 'surprised'],
    ['I am disgusted.', 'disgusted'],
    ['I was sad, but now I am so happy.', 'happy'],
  ])('names what they name: %s', (text, emotion) => {
    expect(named(text)).toBe(emotion);
  });

  it.each([
    'I am not happy.',
    "I'm not sad, just tired.",
    "I don't hate it.",
    'I was never afraid of it.',
    "Don't feel bad.",
    'He is angry with everybody.',
    'Are you sad?',
    'The meeting is at three.',
    'You are so annoying!',
  ])('names nothing where nobody says so of themself: %s', text => {
    expect(named(text)).toBeUndefined();
  });

  it('turns the tone with a negation, and stops at the end of a clause', () => {
    expect(readWords('I am not happy.')!.valence).toBeLessThan(0);
    expect(readWords("Don't feel bad about it.")!.valence).toBeGreaterThan(0);
    expect(readWords('That is not good.')!.valence).toBeLessThan(0);
    expect(readWords('No, I love it.')!.valence).toBeGreaterThan(0.3);
    expect(readWords('It did not work, but I am glad.')!.valence).toBeGreaterThan(0);
  });

  it('is surer of "very" than of "a bit"', () => {
    const sure = (text: string) => readWords(text)!.emotions.sad!;
    expect(sure('I am very sad.')).toBeGreaterThan(sure('I am sad.'));
    expect(sure('I am a bit sad.')).toBeLessThan(sure('I am sad.'));
  });

  it('says nothing of plain words, of no words, and of other languages', () => {
    for (const text of ['', '...', 'The train leaves at nine.', '12 34', '<script>', 'constructor toString'])
      expect(readWords(text), text).toBeUndefined();
    expect(readWords('Ich bin so happy!', 'de')).toBeUndefined();
  });

  it('stays within its scales whatever is said', () => {
    for (const text of ['terrible '.repeat(500), 'so very happy '.repeat(300), 'not '.repeat(1000)]) {
      const { valence = 0, confidence = 0 } = readWords(text) ?? {};
      expect(Math.abs(valence)).toBeLessThanOrEqual(1);
      expect(confidence).toBeLessThanOrEqual(1);
      expect(confidence).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('the tone of an answer', () => {
  it('fits its words', () => {
    expect(toneOf('I am so sorry to hear that.')?.emotion).toBe('sad');
    expect(toneOf('Congratulations, well done!')?.emotion).toBe('happy');
    expect(toneOf('The meeting is at three.')).toBeUndefined();
  });
});
