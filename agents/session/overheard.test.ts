import { describe, expect, it } from 'vitest';
import { DEFAULT_CONSENT } from '../../protocol/feelings.ts';
import { PERSONA } from '../testing/scene.ts';
import type { Lesson } from '../think/memory.ts';
import type { Exchange } from '../think/ports.ts';
import { Recollection } from './recollection.ts';

const line = (text: string, entryId: string, role: 'user' | 'avatar' = 'user'): Exchange => ({
  role,
  speaker: role === 'user' ? 'ann' : 'avatar',
  name: role === 'user' ? 'Ann' : 'Ollie',
  text,
  entryId,
});
const settle = () => new Promise(resolve => setImmediate(resolve));

function recollection(summarise?: (exchanges: readonly Exchange[]) => Promise<string>) {
  const lessons: Lesson[] = [];
  const known = new Recollection(
    {
      persona: PERSONA,
      learner: {
        learn: async lesson => {
          lessons.push(lesson);
          return [];
        },
      },
      ...(summarise !== undefined && {
        summariser: {
          summarise: (_before: string | undefined, exchanges: readonly Exchange[]) => summarise(exchanges),
        },
      }),
      learned: () => {},
      report: () => {},
    },
    [],
  );
  const ann = { identity: 'ann', name: 'Ann', remember: true, memories: [], revision: 0, consent: DEFAULT_CONSENT };
  known.joined(ann);
  const texts = () => known.conversation([]).history.map(({ text }) => text);
  return { known, lessons, texts };
}

describe('what was overheard', () => {
  it('stands in the history in its order, marked', () => {
    const { known } = recollection();
    known.said('t1', [line('Hello.', 'a'), line('Hi.', 'b', 'avatar')]);
    known.overheard(line('Pass the salt.', 'c'));
    expect(known.conversation([]).history.map(({ text, overheard }) => [text, overheard])).toEqual([
      ['Hello.', undefined],
      ['Hi.', undefined],
      ['Pass the salt.', true],
    ]);
  });

  it('is forgotten when its entry is deleted', () => {
    const { known, texts } = recollection();
    known.overheard(line('Pass the salt.', 'c'));
    known.overheard(line('And the pepper.', 'd'));
    known.strike(new Set(['c']));
    expect(texts()).toEqual(['And the pepper.']);
  });

  it('is forgotten with a fact that it tells', () => {
    const { known, texts } = recollection();
    const fact = { key: 'place', value: 'Lyon', text: 'They live in Lyon.' };
    known.joined({
      identity: 'ann',
      name: 'Ann',
      remember: true,
      memories: [fact],
      revision: 0,
      consent: DEFAULT_CONSENT,
    });
    known.overheard(line('I live in Lyon.', 'c'));
    known.overheard(line('It rains.', 'd'));
    known.remembered('ann', { memories: [], revision: 1, turns: [] });
    expect(texts()).toEqual(['It rains.']);
  });

  it('[C2] is the latest only, and pushes out nothing that was said to the avatar', () => {
    const { known, texts } = recollection();
    known.said('t1', [line('Hello.', 'a'), line('Hi.', 'b', 'avatar')]);
    for (let i = 0; i < 100; i++) known.overheard(line(`Line ${i}.`, `${i}`));
    expect(texts()).toEqual(['Hello.', 'Hi.', ...Array.from({ length: 20 }, (_, i) => `Line ${80 + i}.`)]);
  });

  it('teaches nothing about who said it', async () => {
    const { known, lessons } = recollection();
    known.overheard(line('I am thirty.', 'c'));
    known.said('t1', [line('Hello.', 'a'), line('Hi.', 'b', 'avatar')]);
    await settle();
    expect(lessons.map(({ history }) => history.map(({ text }) => text))).toEqual([['Hello.', 'Hi.']]);
  });

  it('is not taken for a question that was never answered', () => {
    const { known, texts } = recollection();
    known.said('t1', [line('Are you there?', 'a')]);
    known.overheard(line('It seems to be gone.', 'c'));
    expect(known.takeUnanswered()?.text).toBe('Are you there?');
    expect(texts()).toEqual(['It seems to be gone.']);
    expect(known.takeUnanswered()).toBeUndefined();
  });

  it('is dropped without losing the place up to which a summary goes', async () => {
    const summed: string[][] = [];
    const { promise, resolve } = Promise.withResolvers<string>();
    const { known, texts } = recollection(exchanges => {
      summed.push(exchanges.map(({ text }) => text));
      return promise;
    });
    for (let i = 0; i < 20; i++) known.overheard(line(`Aside ${i}.`, `o${i}`));
    for (let i = 0; i < 12; i++) known.said(`t${i}`, [line(`Q${i}`, `q${i}`), line(`A${i}`, `a${i}`, 'avatar')]);
    // While it is being summed up.
    for (let i = 20; i < 30; i++) known.overheard(line(`Aside ${i}.`, `o${i}`));
    resolve('They talked.');
    await settle();
    const told = [...summed[0]!, ...texts()].filter(text => /^[QA]\d/.test(text));
    expect(told).toEqual(Array.from({ length: 12 }, (_, i) => [`Q${i}`, `A${i}`]).flat());
  });
});
