import { describe, expect, it } from 'vitest';
import { NEUTRAL_PROSODY, type Speech, type SpeechCapabilities, type TextToSpeech } from './ports.ts';
import { WordedSpeech } from './worded.ts';

const CAPABILITIES: SpeechCapabilities = {
  phones: false,
  prosody: false,
  voices: { known: ['v'], closed: true },
  languages: ['en'],
};
/** Samples of a letter, and of nothing else. */
const LETTER = 10;
const letters = (text: string) => text.match(/\p{L}/gu)?.length ?? 0;

/** A voice that says what it is given in pieces of so many characters, and tells when each of its words ends. */
function voice(size: number, capabilities = CAPABILITIES): TextToSpeech & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    capabilities,
    async *speak(sentence): AsyncGenerator<Speech> {
      asked.push(sentence);
      for (let at = 0; at < sentence.length; at += size) {
        const text = sentence.slice(at, at + size);
        let said = 0;
        const words = text
          .split(/\s+/)
          .filter(Boolean)
          .map(word => {
            const startSample = said;
            said += letters(word) * LETTER;
            return { text: word, startSample, endSample: said };
          });
        yield { text, pcm: new Int16Array(said), sampleRate: 16_000, words };
      }
    },
    close: async () => {},
  };
}

/** The written words with where they end, in letters that were said up to there. */
async function heard(sentence: string, size = 1000): Promise<[string, number][]> {
  const inner = voice(size);
  const all: [string, number][] = [];
  let before = 0;
  const options = { voice: 'v', prosody: NEUTRAL_PROSODY, signal: new AbortController().signal };
  for await (const { text, words, pcm } of new WordedSpeech(inner).speak(sentence, options)) {
    expect(text).toBe(words!.map(word => word.text).join(' '));
    for (const word of words!) all.push([word.text, (before + word.endSample) / LETTER]);
    before += pcm.length;
  }
  return all;
}

describe('a voice that is given words', () => {
  it('says them, and tells those that were written, each when the last word for it was heard [T4]', async () => {
    const three = letters('three');
    const times = three + letters('times');
    const four = times + letters('four');
    const is = four + letters('is');
    expect(await heard('3 * 4 = 12.')).toEqual([
      ['3', three],
      ['*', times],
      ['4', four],
      ['=', is],
      ['12.', is + letters('twelve.')],
    ]);
  });

  it.each([1, 2, 3, 7, 20])('however the voice cuts it: in pieces of %i characters', async size => {
    const sentence = 'It costs €19.99, or — as José says — $5 million 🐙!';
    expect(await heard(sentence, size)).toEqual(await heard(sentence));
    expect((await heard(sentence, size)).map(([word]) => word).join(' ')).toBe(sentence);
  });

  it('counts a figure as heard when all of it was', async () => {
    const [first] = await heard('€19.99 is much.');
    expect(first).toEqual(['€19.99', letters('nineteen euros ninety-nine')]);
  });

  it('tells what is silent with what is said before it, and with what follows where nothing is', async () => {
    const words = await heard('• Hello 你好 Ann');
    expect(words).toEqual([
      ['•', 5],
      ['Hello', 5],
      ['你好', 5],
      ['Ann', 8],
    ]);
  });

  it('says which language it speaks where it can read nothing', async () => {
    expect((await heard('你好。')).map(([word]) => word).join(' ')).toBe('I am sorry, this voice only speaks English.');
  });

  it('is given other letters as they are, where it does not say that it speaks English alone', async () => {
    const inner = voice(1000, { ...CAPABILITIES, languages: ['en', 'zh'] });
    const options = { voice: 'v', prosody: NEUTRAL_PROSODY, signal: new AbortController().signal };
    for await (const _ of new WordedSpeech(inner).speak('José: 你好 5', options));
    expect(inner.asked).toEqual(['José: 你好 five']);
  });
});
