import { describe, expect, it } from 'vitest';
import type { Speech, TextToSpeech } from '../speak/ports.ts';
import { plainText } from '../speak/sentences.ts';
import { PERSONA } from '../testing/scene.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import type { ReplyPart } from '../think/ports.ts';
import { TextResponder } from './text.ts';

const WORD_SAMPLES = 16_000;
const SAID =
  'then we swam along the old wall and looked at every stone while the light was going and nobody said a word'.split(
    ' ',
  );

interface Heard {
  atMs: number;
  text: string;
}

/** What is heard, and when, of an answer that is written so: each text so long after the one before. */
async function answer(texts: readonly string[], everyMs: number, languages?: readonly string[]) {
  const clock = new VirtualClock();
  const heard: Heard[] = [];
  const feelings: string[] = [];
  const tts: TextToSpeech = {
    capabilities: {
      phones: false,
      prosody: false,
      voices: { known: ['test'], closed: true },
      ...(languages !== undefined && { languages }),
    },
    async *speak(text): AsyncGenerator<Speech> {
      yield { text, pcm: new Int16Array(text.split(' ').length * WORD_SAMPLES).fill(9000), sampleRate: 48_000 };
    },
    close: async () => {},
  };
  async function* reply(): AsyncGenerator<ReplyPart> {
    for (const [i, text] of texts.entries()) {
      if (i > 0) await clock.wait(everyMs);
      yield { type: 'text', text };
    }
  }
  const responder = new TextResponder({ clock, tts, persona: PERSONA, dialogue: { name: 'test', reply } });
  const read = async () => {
    const options = {
      turnId: 't',
      signal: new AbortController().signal,
      committed: Promise.resolve(),
      room: async () => {},
    };
    for await (const spoken of responder.respond({ persona: PERSONA, history: [], turn: [] }, options)) {
      if (spoken.type === 'speech' && spoken.words.length > 0)
        heard.push({ atMs: clock.nowMs(), text: spoken.words.map(({ text }) => text).join(' ') });
      if (spoken.type === 'feeling') feelings.push(spoken.emotion);
    }
  };
  const startMs = clock.nowMs();
  const done = read();
  await clock.advance(texts.length * everyMs + 5000);
  await done;
  return { heard: heard.map(({ atMs, text }) => ({ atMs: atMs - startMs, text })), feelings };
}

describe('an answer without full stops', () => {
  const words = Array.from({ length: 120 }, (_, i) => `${SAID[i % SAID.length]} `);

  it('begins within 1.2 s at eight words a second, and loses no word', async () => {
    const { heard } = await answer(words, 125);
    expect(heard[0]!.atMs).toBeLessThan(1200);
    expect(heard[0]!.text.split(' ').length).toBeGreaterThanOrEqual(4);
    expect(heard.map(({ text }) => text).join(' ')).toBe(words.join('').trim());
  });

  it('is said in clauses that are whole, one after the other while they are heard', async () => {
    const { heard } = await answer(words, 125);
    expect(heard.length).toBeGreaterThan(4);
    // The last is as long as there are words.
    for (const { text } of heard.slice(0, -1)) expect(text).not.toMatch(/ (?:the|a|and|at|of|every)$/);
    const gaps = heard.slice(1).map(({ atMs }, i) => atMs - heard[i]!.atMs);
    expect(Math.max(...gaps)).toBeLessThan(3000);
  });

  it('is begun, too, where the writer falls silent in the middle', async () => {
    const { heard } = await answer(['we went down to the sea ', 'because it was warm.'], 4000);
    expect(heard[0]).toMatchObject({ text: 'we went down to the sea' });
    expect(heard[0]!.atMs).toBeLessThan(1200);
  });

  it('begins as soon in Chinese', async () => {
    const { heard } = await answer([...'我们今天早上一起去了海边看日出然后在沙滩上慢慢散步'], 125);
    expect(heard[0]!.atMs).toBeLessThan(1500);
  });

  it('is not cut where it comes quickly', async () => {
    const { heard } = await answer(['We went down ', 'to the sea because it was warm ', 'and we liked it.'], 100);
    expect(heard.map(({ text }) => text)).toEqual(['We went down to the sea because it was warm and we liked it.']);
  });
});

describe('an answer without words', () => {
  it.each([
    ['😂', 'Haha!', 'happy'],
    ['❤️', 'Aww.', 'happy'],
    ['😢', 'Oh.', 'sad'],
    ['👍', 'All right!', 'happy'],
    ['🐙', 'Mhm!', 'happy'],
    [':)', 'Mhm!', 'happy'],
    ['...', 'Hmm.', undefined],
    ['***', 'Hmm.', undefined],
    ['====', 'Hmm.', undefined],
    ['```js\nlet a = 1;\n```', 'That is code, and I cannot say it aloud.', undefined],
  ])('is a kind one: %j', async (text, word, feeling) => {
    const { heard, feelings } = await answer([...text], 1);
    expect(heard.map(each => each.text)).toEqual([word]);
    expect(feelings).toEqual(feeling === undefined ? [] : [feeling]);
  });

  it('is none where words follow', async () => {
    const { heard } = await answer(['🐙 ... ', 'Hello. ', '😂'], 1);
    expect(heard.map(({ text }) => text)).toEqual(['Hello.']);
  });
});

describe('an answer in letters that the voice cannot read', () => {
  it('is not said; once it is told which language the voice speaks', async () => {
    const { heard } = await answer(['你好。今天天气很好。', '再见。'], 1, ['en']);
    expect(heard.map(({ text }) => text)).toEqual(['I am sorry, this voice only speaks English.']);
  });

  it('is said as far as it can be', async () => {
    const { heard } = await answer(['Hello. 你好。 Goodbye.'], 1, ['en']);
    expect(heard.map(({ text }) => text)).toEqual([
      'Hello.',
      'I am sorry, this voice only speaks English.',
      'Goodbye.',
    ]);
  });

  it('is said by a voice that does not tell its languages', async () => {
    const { heard } = await answer(['你好。'], 1);
    expect(heard.map(({ text }) => text)).toEqual(['你好。']);
  });
});

it('what people see is what was written, without its markup', () => {
  expect(plainText('**3 * 4 = 12**, _that_ is €19.99 for José in `C#`.')).toBe(
    '3 * 4 = 12, that is €19.99 for José in C#.',
  );
});
