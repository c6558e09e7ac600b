import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_CONSENT } from '../../protocol/feelings.ts';
import type { Fact } from '../../protocol/memory.ts';
import { PERSONA } from '../testing/scene.ts';
import { personaWith } from '../testing/tool-service.ts';
import type { Lesson } from '../think/memory.ts';
import type { Exchange, Persona } from '../think/ports.ts';
import { Recollection } from './recollection.ts';

/** Whose memories they are, told with the first of them. */
const ANNS = expect.objectContaining({ key: 'owner', value: 'Ann' });
const fact = (key: string, value: string): Fact => ({ key, value, text: `Their ${key} is ${value}.` });
const line = (text: string, role: 'user' | 'avatar' = 'user'): Exchange => ({
  role,
  speaker: role === 'user' ? 'ann' : 'avatar',
  name: role === 'user' ? 'Ann' : 'Ollie',
  text,
});
const ann = (over = {}) => ({
  identity: 'ann',
  name: 'Ann',
  remember: true,
  memories: [],
  revision: 0,
  consent: DEFAULT_CONSENT,
  ...over,
});
const settle = () => new Promise(resolve => setImmediate(resolve));

let lessons: Lesson[];
let learned: { identity: string; turnId: string; facts: Fact[] }[];
let revisions: number[];
let reports: string[];
let learn: (lesson: Lesson) => Promise<Fact[]>;
let persona: Persona;
let summarise: ((before: string | undefined, exchanges: readonly Exchange[]) => Promise<string>) | undefined;
const opened: Recollection[] = [];

beforeEach(() => {
  [lessons, learned, revisions, reports] = [[], [], [], []];
  learn = async () => [];
  summarise = undefined;
  persona = PERSONA;
});
afterEach(() => {
  for (const recollection of opened.splice(0)) void recollection.close();
});

function recollection(...log: ConstructorParameters<typeof Recollection>[1][]): Recollection {
  const made = new Recollection(
    {
      persona,
      learner: {
        learn: lesson => {
          lessons.push(lesson);
          return learn(lesson);
        },
      },
      ...(summarise !== undefined && { summariser: { summarise } }),
      learned: (identity, turnId, facts, revision) => {
        learned.push({ identity, turnId, facts });
        revisions.push(revision);
      },
      report: problem => reports.push(problem),
    },
    log[0] ?? [],
    log[1],
  );
  opened.push(made);
  return made;
}

describe('what is known of people', () => {
  it('goes along with every question, from earlier calls and from this one', async () => {
    learn = async () => [fact('product', 'candles')];
    const known = recollection();
    known.joined(ann({ memories: [fact('place', 'Lyon')] }));
    known.said('t1', [line('I sell candles.'), line('Nice.', 'avatar')]);
    await settle();
    expect(known.conversation([line('And now?')]).people).toEqual([
      { identity: 'ann', name: 'Ann', facts: [fact('place', 'Lyon'), fact('product', 'candles')] },
    ]);
    expect(learned).toEqual([{ identity: 'ann', turnId: 't1', facts: [fact('product', 'candles'), ANNS] }]);
  });

  it('is not even looked for in the words of those who did not ask to be remembered', async () => {
    const known = recollection();
    known.joined(ann({ remember: false }));
    known.said('t1', [line('I sell candles.')]);
    await settle();
    expect([lessons, learned]).toEqual([[], []]);
  });

  it('is looked for once in what waits: a slow endpoint does not fall behind [C2]', async () => {
    const slow = Promise.withResolvers<Fact[]>();
    learn = () => slow.promise;
    const known = recollection();
    known.joined(ann());
    known.said('t0', [line('Zero.')]);
    await settle();
    for (let i = 1; i < 10; i++) known.said(`t${i}`, [line(`Line ${i}.`)]);
    slow.resolve([]);
    await settle();
    expect(lessons.map(({ history }) => history.at(-1)!.text)).toEqual(['Zero.', 'Line 9.']);
  });

  it('is learned turn after turn: each lesson knows what the one before found', async () => {
    let found = 0;
    learn = async () => [fact(`thing_${++found}`, 'x')];
    const known = recollection();
    known.joined(ann());
    known.said('t1', [line('One.')]);
    await settle();
    known.said('t2', [line('Two.')]);
    await settle();
    expect(lessons.map(({ person }) => person.facts.length)).toEqual([0, 1]);
    expect(lessons.map(({ history }) => history.length)).toEqual([1, 2]);
  });

  it('is still learned when they have left and the call is over, but not waited for long', async () => {
    const slow = Promise.withResolvers<Fact[]>();
    learn = () => slow.promise;
    const known = recollection();
    known.joined(ann());
    // A turn that is still going on when they hang up ends after they have left.
    known.left('ann');
    known.said('t1', [line('I sell candles.')]);
    const closed = known.close();
    slow.resolve([fact('product', 'candles')]);
    await closed;
    expect(learned).toEqual([{ identity: 'ann', turnId: 't1', facts: [fact('product', 'candles'), ANNS] }]);
    const stuck = recollection();
    learn = () => new Promise(() => {});
    stuck.joined(ann());
    stuck.said('t1', [line('One.')]);
    vi.useFakeTimers();
    const closing = stuck.close();
    await vi.advanceTimersByTimeAsync(4000);
    await closing;
    vi.useRealTimers();
  });

  it('survives a learner that fails', async () => {
    learn = async () => {
      throw new Error('no');
    };
    const known = recollection();
    known.joined(ann());
    known.said('t1', [line('One.')]);
    await settle();
    expect(reports).toEqual(['nothing could be learned']);
    learn = async () => [fact('a', 'b')];
    known.said('t2', [line('Two.')]);
    await settle();
    expect(learned).toHaveLength(1);
  });

  it('includes how they feel, until that is not sensed any more', () => {
    const feeling = { label: 'sad' as const, valence: -0.5, arousal: 0.2, confidence: 0.8, sources: ['face' as const] };
    const known = recollection();
    known.joined(ann());
    known.felt('ann', feeling);
    known.felt('nobody', feeling);
    expect(known.conversation([line('Hm.')]).people).toMatchObject([{ feeling }]);
    known.felt('ann', null);
    expect(known.conversation([line('Hm.')]).people![0]).not.toHaveProperty('feeling');
  });

  it('is for their own answers only: nobody else is answered with it', () => {
    const feeling = { label: 'sad' as const, valence: -0.5, arousal: 0.2, confidence: 0.8, sources: ['face' as const] };
    const known = recollection();
    known.joined(ann({ memories: [fact('place', 'Lyon')] }));
    known.joined(ann({ identity: 'bob', name: 'Bob' }));
    known.felt('ann', feeling);
    const bobAsks = known.conversation([{ ...line('Where does Ann live?'), speaker: 'bob', name: 'Bob' }]);
    expect(bobAsks.people).toEqual([
      { identity: 'ann', name: 'Ann', facts: [] },
      { identity: 'bob', name: 'Bob', facts: [] },
    ]);
    expect(known.conversation([line('Where do I live?')]).people![0]).toMatchObject({ facts: [{ value: 'Lyon' }] });
  });

  it('makes somebody welcome back only if something is known, and they are alone', () => {
    const known = recollection();
    known.joined(ann());
    expect(known.returning()).toBeUndefined();
    known.joined(ann({ memories: [fact('place', 'Rome')] }));
    expect(known.returning()).toBe('ann');
    known.joined(ann({ identity: 'bob', name: 'Bob' }));
    expect(known.returning()).toBeUndefined();
  });
});

describe('a long conversation', () => {
  it('is given word by word only as far as the window goes, and does not grow without end [C2]', () => {
    const known = recollection();
    for (let i = 0; i < 500; i++) known.said(`t${i}`, [line(`Line ${i}.`)]);
    const { history } = known.conversation([]);
    expect(history).toHaveLength(60);
    expect(history.at(-1)!.text).toBe('Line 499.');
    expect(known.history.length).toBeLessThanOrEqual(120);
  });

  it('is summed up: every line is either in the summary or in the window, none in both', async () => {
    const summed: string[] = [];
    summarise = async (before, exchanges) => {
      summed.push(...exchanges.map(({ text }) => text));
      return `${before ?? ''}+${exchanges.length}`;
    };
    const known = recollection();
    const all: string[] = [];
    for (let i = 0; i < 150; i++) {
      all.push(`Line ${i}.`);
      known.said(`t${i}`, [line(`Line ${i}.`)]);
      await settle();
      const { history, summary } = known.conversation([]);
      expect([...summed, ...history.map(({ text }) => text)]).toEqual(all);
      expect(summary === undefined).toBe(summed.length === 0);
      expect(history.length).toBeLessThanOrEqual(41);
    }
    expect(known.conversation([]).summary).toMatch(/^(\+\d+){5,}$/);
  });

  it('keeps its lines where they cannot be summed up, and tries again', async () => {
    let fails = true;
    summarise = async () => {
      if (fails) throw new Error('no');
      return 'They talked.';
    };
    const known = recollection();
    for (let i = 0; i < 45; i++) known.said(`t${i}`, [line(`Line ${i}.`)]);
    await settle();
    expect(known.conversation([])).toMatchObject({ history: { length: 45 } });
    expect(reports).toContain('the conversation could not be summed up');
    fails = false;
    known.said('t', [line('Once more.')]);
    await settle();
    expect(known.conversation([]).summary).toBe('They talked.');
    expect(known.conversation([]).history).toHaveLength(20);
  });
});

describe('a conversation that is taken up again', () => {
  const entry = (id: string, text: string) => ({
    id,
    turnId: id,
    speaker: 'ann',
    speakerName: 'Ann',
    role: 'user' as const,
    source: 'voice' as const,
    text,
    final: true,
    atMs: 1,
  });

  it('begins with the end of the earlier one, and greets whoever is back', () => {
    const known = recollection([], [entry('a', 'I sell candles.'), entry('b', '')]);
    known.joined(ann());
    const given = () => known.conversation([]).history.map(({ text }) => text);
    expect(given()).toEqual(['I sell candles.']);
    expect(known.returning()).toBe('ann');
    // Not for the ears of others.
    known.joined(ann({ identity: 'bob', name: 'Bob' }));
    expect(given()).toEqual([]);
    expect(known.returning()).toBeUndefined();
    known.left('bob');
    expect(given()).toEqual(['I sell candles.']);
  });
});

describe('what tools did', () => {
  it('is known in every turn of the conversation, and in no other', () => {
    const { tools } = personaWith([{ name: 'ring', description: 'Rings.', url: 'http://a/' }]).persona;
    persona = { ...PERSONA, tools };
    const made = recollection();
    const { deeds } = made.conversation([line('Ring.')]);
    expect(deeds).toBeDefined();
    expect(made.conversation([line('Ring again.')]).deeds).toBe(deeds);
    expect(recollection().conversation([]).deeds).not.toBe(deeds);
  });

  it('is nothing where the persona has none', () => {
    expect(recollection().conversation([])).not.toHaveProperty('deeds');
  });
});

describe('what is erased or corrected in mid-call', () => {
  const CANDLES = fact('product', 'candles');
  const LYON = fact('place', 'Lyon');
  const now = (memories: Fact[], over = {}) => ({ memories, revision: 1, turns: [], ...over });

  it('is not told to the dialogue any more, nor are the words that told it', () => {
    const known = recollection();
    known.joined(ann({ memories: [CANDLES, LYON] }));
    known.said('t1', [line('My candles go well.'), line('To Lyon?', 'avatar')]);
    known.said('t2', [line('How far is the sea?'), line('Not far.', 'avatar')]);
    known.remembered('ann', now([LYON]));
    const { history, people } = known.conversation([line('And now?')]);
    expect(history.map(({ text }) => text)).toEqual(['To Lyon?', 'How far is the sea?', 'Not far.']);
    expect(people).toEqual([{ identity: 'ann', name: 'Ann', facts: [LYON] }]);
  });

  it('goes with the turn in which it was told, in whatever words, but with nobody else’s', () => {
    const known = recollection();
    known.joined(ann({ memories: [fact('story', 'your first concert')] }));
    const bob = { ...line('I was at my first concert, too.'), speaker: 'bob', name: 'Bob' };
    known.said('t1', [line('I was at my first concert.'), bob, line('How lovely!', 'avatar')]);
    known.remembered('ann', now([], { turns: ['t1'] }));
    expect(known.history.map(({ text }) => text)).toEqual([bob.text]);
  });

  it('[S1] takes no answer to others with it: what is erased may be any word', () => {
    const known = recollection();
    known.joined(ann({ memories: [fact('nickname', 'the')] }));
    known.said('t1', [line('They call me the.'), line('Hello, the!', 'avatar')]);
    known.said('t2', [
      { ...line('Where is the sea?'), speaker: 'bob', name: 'Bob' },
      line('Behind the dunes.', 'avatar'),
    ]);
    known.remembered('ann', now([]));
    expect(known.history.map(({ text }) => text)).toEqual(['Where is the sea?', 'Behind the dunes.']);
  });

  it('is as it was corrected in the next answer', () => {
    const known = recollection();
    known.joined(ann({ memories: [CANDLES] }));
    known.said('t1', [line('How far is the sea?')]);
    const [before] = known.history;
    known.remembered('ann', now([fact('product', 'lamps')]));
    // The embedded dialogue keeps what it made of a line and of all before it.
    expect(known.history).toEqual([before]);
    expect(known.history[0]).not.toBe(before);
    expect(known.conversation([line('And?')]).people![0]!.facts).toEqual([fact('product', 'lamps')]);
  });

  it('is not learned once more from what was said before', async () => {
    const slow = Promise.withResolvers<Fact[]>();
    learn = () => slow.promise;
    const known = recollection();
    known.joined(ann({ memories: [LYON] }));
    known.said('t1', [line('I sell candles.')]);
    await settle();
    known.remembered('ann', now([]));
    slow.resolve([CANDLES]);
    await settle();
    expect([learned, reports]).toEqual([[], []]);
    learn = async () => [CANDLES];
    known.said('t2', [line('I do sell candles.')]);
    await settle();
    expect(learned).toMatchObject([{ turnId: 't2', facts: [CANDLES, ANNS] }]);
    expect(revisions).toEqual([1]);
  });

  it('is in no summary, not even in one that is being made', async () => {
    const slow = Promise.withResolvers<string>();
    summarise = () => slow.promise;
    const known = recollection();
    known.joined(ann({ memories: [CANDLES] }));
    for (let i = 0; i < 40; i++) known.said(`t${i}`, [line(`Line ${i}.`)]);
    known.remembered('ann', now([]));
    slow.resolve('Ann sells candles.');
    await settle();
    expect(known.conversation([line('And?')]).summary).toBeUndefined();
    expect(known.conversation([line('And?')]).history).toHaveLength(40);
  });

  it('a deleted conversation: the answers to its words are gone, too, where another agent gave them', () => {
    const said = { speaker: 'ann', speakerName: 'Ann', role: 'user' as const, source: 'voice' as const };
    const entry = (id: string, over = {}) => ({ ...said, id, turnId: id, text: id, final: true, atMs: 1, ...over });
    const answer = (turnId: string, ...answers: string[]) =>
      entry(`to ${answers.join(' and ')}`, { role: 'avatar', speaker: 'avatar', turnId, answers });
    const log = ['a', 'b', 'c'].map(id => entry(id));
    const known = recollection([...log, answer('fresh', 'a'), answer('b', 'a', 'b'), answer('fresh-2', 'c')]);
    known.strike(new Set(['a']));
    expect(known.history.map(({ text }) => text)).toEqual(['b', 'c', 'to c']);
  });

  it('a deleted conversation: its words and the answers to them are gone, the rest and who they are is not', () => {
    const earlier = { id: 'old', turnId: 'old', source: 'voice' as const, final: true, atMs: 1 };
    const known = recollection([], [{ ...earlier, role: 'user', speaker: 'ann', speakerName: 'Ann', text: 'Once.' }]);
    known.joined(ann({ memories: [LYON] }));
    known.said('a', [{ ...line('Whales?'), entryId: 'a' }, line('They sing.', 'avatar')]);
    known.said('b', [{ ...line('And cats?'), entryId: 'b' }]);
    known.strike(new Set(['a', 'old']));
    const { history, people } = known.conversation([line('And?')]);
    expect(history.map(({ text }) => text)).toEqual(['And cats?']);
    expect(people![0]!.facts).toEqual([LYON]);
  });

  it('takes what was made of the lines after it along, and what was made of those before it only where it may be in there', () => {
    const known = recollection();
    known.joined(ann());
    for (const id of ['a', 'b', 'c']) known.said(id, [{ ...line(`Line ${id}.`), entryId: id }]);
    const [a, , c] = known.history;
    known.strike(new Set(['b']));
    expect(known.history).toEqual([a, c]);
    expect(known.history[0]).toBe(a);
    expect(known.history[1]).not.toBe(c);
    // Said so long ago that it is not there any more, but it may have been known when later lines were gone through.
    known.strike(new Set(['long ago']));
    expect(known.history).toEqual([a, c]);
    expect(known.history[0]).not.toBe(a);
  });
});
