import { describe, expect, it } from 'vitest';
import { SPEECH_RATE } from '../../base/rates.ts';
import type { Effect, FloorEvent } from './events.ts';
import { DECIDE_MS, PATIENCE_MS, step, TELL_MS } from './machine.ts';
import { type Around, type Floor, type Input, type LiveTurn, openFloor } from './state.ts';

const said = (who: string, text: string, entryId = `${who}-1`): Input => ({
  exchange: { role: 'user', speaker: who, name: who, text, entryId },
  entryId,
  said: { speechEndMs: 0, endpointMs: 0 },
  source: 'voice',
});
const QUESTION = said('ann', 'How are you?', 'ann-0');

const turn = (over: Partial<LiveTurn> = {}): LiveTurn => ({
  source: 'voice',
  inputs: [QUESTION],
  talkers: new Set(),
  made: 5 * SPEECH_RATE,
  played: 0,
  complete: false,
  sounded: false,
  heard: false,
  ...over,
});
const sounding = (over: Partial<LiveTurn> = {}) =>
  turn({ played: SPEECH_RATE, sounded: true, heard: true, complete: true, ...over });
const around = (over: Partial<Around> = {}): Around => ({ ...openFloor(true), ...over });
const speakers = (...who: string[]) => ({ speakers: new Set(who) });

const FREE = openFloor(true);
const PEOPLE: Floor = { ...around(speakers('ann')), at: 'people' };
const PREPARING: Floor = { ...around(), at: 'preparing', turn: turn() };
const SPEAKING: Floor = { ...around(), at: 'speaking', turn: sounding() };
/** Ann speaks over an answer. */
const PAUSED: Floor = { ...around(speakers('ann')), at: 'paused', turn: sounding(), by: 'ann', answered: false };
const YIELDING: Floor = { ...PAUSED, pauses: false, at: 'yielding' };
/** 100 ms are left. */
const ENDING: Floor = { ...SPEAKING, turn: sounding({ played: 4.9 * SPEECH_RATE }) } as Floor;
const CLOSED: Floor = { ...around(), at: 'closed' };

const utterance = (input: Input, addressee: 'me' | 'them' | 'unsure' = 'me'): FloorEvent => ({
  type: 'utterance',
  input,
  addressee,
});
const partial = (who: string, text: string, addressee: 'me' | 'them' = 'me'): FloorEvent => ({
  type: 'partial',
  who,
  text,
  speechMs: 1000,
  addressee,
});
const candidate = (who: string, text: string, addressee: 'me' | 'them' = 'me'): FloorEvent => ({
  type: 'candidate',
  exchange: said(who, text).exchange,
  utteranceId: `${who}-1`,
  addressee,
});
const progress = (over: object = {}): FloorEvent => ({
  type: 'progress',
  samples: 2 * SPEECH_RATE,
  heard: true,
  started: false,
  done: false,
  ...over,
});
const typed: FloorEvent = { type: 'typed', input: { ...said('bob', 'Stop.'), source: 'text' }, addressee: 'me' };

/** An effect in short: what is done, and to what. */
const short = (effect: Effect): string => {
  switch (effect.do) {
    case 'face':
      return effect.state;
    case 'arm':
      return `arm ${effect.timer} ${effect.ms}`;
    case 'disarm':
      return `disarm ${effect.timer}`;
    case 'end':
      return `${effect.outcome}${effect.putBack ? ', put back' : ''}`;
    case 'begin':
      return `begin ${effect.prepared ? 'prepared ' : ''}${effect.inputs.map(({ entryId }) => entryId)}`;
    case 'speak-up':
      return `say ${effect.own.kind}`;
    case 'count':
      return `count ${effect.interruption}`;
    default:
      return effect.do;
  }
};

/** After these, who has the floor, and all that was done. */
function run(floor: Floor, ...events: FloorEvent[]): { floor: Floor; done: string[] } {
  const done: string[] = [];
  let now = floor;
  for (const event of events) {
    const [next, effects] = step(now, event);
    done.push(...effects.map(short));
    now = next;
  }
  return { floor: now, done };
}

const UNHEARD = ['cancel', 'count cancelled', 'interrupted, put back', 'rest'];
const CUT = ['cancel', 'count cancelled', 'disarm decide', 'interrupted', 'listening'];
const GO_ON = ['disarm decide', 'resume', 'count resumed', 'speaking'];

const ROWS: [string, Floor, FloorEvent, Floor['at'], string[]][] = [
  // Nobody has it.
  ['nobody speaks: somebody starts', FREE, { type: 'started', who: 'ann' }, 'people', ['look', 'listening']],
  ['nobody speaks: something is typed', FREE, typed, 'preparing', ['take', 'thinking', 'thinking', 'begin bob-1']],
  ['nobody speaks: progress of an old turn [T2]', FREE, progress(), 'free', []],
  [
    'nobody speaks: a greeting',
    FREE,
    { type: 'speak-up', own: { kind: 'gone' } },
    'preparing',
    ['thinking', 'say gone'],
  ],
  ['nobody speaks: an old timer', FREE, { type: 'timer', timer: 'decide' }, 'free', []],
  // People have it.
  ['people: words so far', PEOPLE, partial('ann', 'How are'), 'people', []],
  ['people: they may be done [T5]', PEOPLE, candidate('ann', 'Hello.'), 'people', ['nod', 'speculate']],
  ['people: said to others [T5]', PEOPLE, candidate('ann', 'Hello.', 'them'), 'people', []],
  ['people: done', PEOPLE, utterance(said('ann', 'Hi.')), 'preparing', ['take', 'thinking', 'thinking', 'begin ann-1']],
  ['people: done, to others', PEOPLE, utterance(said('ann', 'Hi.'), 'them'), 'free', ['overhear', 'rest']],
  [
    'people: done, perhaps to others',
    PEOPLE,
    utterance(said('ann', 'Hi.'), 'unsure'),
    'preparing',
    ['take', 'thinking', 'thinking', 'begin ann-1'],
  ],
  ['people: a cough', PEOPLE, { type: 'nothing', who: 'ann' }, 'free', ['rest']],
  ['people: unintelligible', PEOPLE, { type: 'failed', who: 'ann' }, 'preparing', ['rest', 'thinking', 'say unheard']],
  ['people: they leave', PEOPLE, { type: 'gone', who: 'ann' }, 'free', ['rest']],
  // The avatar has it, and is not heard yet.
  [
    'preparing: somebody starts [T3]',
    PREPARING,
    { type: 'started', who: 'ann' },
    'paused',
    ['look', 'listening', 'pause', `arm decide ${DECIDE_MS}`],
  ],
  ['preparing: the first sample', PREPARING, progress({ started: true }), 'speaking', ['speaking']],
  ['preparing: nothing can be said', PREPARING, { type: 'speechless' }, 'free', ['failed', 'rest']],
  ['preparing: another candidate [T1]', PREPARING, candidate('bob', 'Hello.'), 'preparing', []],
  ['preparing: a greeting [T1]', PREPARING, { type: 'speak-up', own: { kind: 'gone' } }, 'preparing', []],
  ['preparing: words of a new speaker', PREPARING, partial('ann', 'No, wait'), 'people', UNHEARD],
  // The avatar is heard.
  [
    'speaking: somebody starts [T3]',
    SPEAKING,
    { type: 'started', who: 'ann' },
    'paused',
    ['look', 'listening', 'pause', `arm decide ${DECIDE_MS}`],
  ],
  [
    'speaking without pauses: somebody starts',
    { ...SPEAKING, pauses: false } as Floor,
    { type: 'started', who: 'ann' },
    'yielding',
    ['look', 'listening', `arm decide ${DECIDE_MS}`],
  ],
  ['the last word: somebody starts', ENDING, { type: 'started', who: 'ann' }, 'speaking', ['look', 'listening']],
  ['the last word: words', ENDING, partial('ann', 'Well, I think'), 'speaking', []],
  ['speaking: a backchannel', SPEAKING, partial('ann', 'uh-huh'), 'speaking', []],
  ['speaking: a backchannel, whole', SPEAKING, utterance(said('ann', 'Uh-huh.')), 'speaking', ['note']],
  [
    'near the end: a yes is an answer',
    { ...SPEAKING, turn: sounding({ played: 4.5 * SPEECH_RATE }) } as Floor,
    utterance(said('ann', 'Yes.')),
    'preparing',
    ['cancel', 'count cancelled', 'interrupted', 'rest', 'take', 'thinking', 'thinking', 'begin ann-1'],
  ],
  ['speaking: said to others', SPEAKING, utterance(said('ann', 'Pass the salt.'), 'them'), 'speaking', ['overhear']],
  [
    'speaking: something is typed [T6]',
    SPEAKING,
    typed,
    'preparing',
    ['cancel', 'count cancelled', 'interrupted', 'rest', 'take', 'thinking', 'thinking', 'begin bob-1'],
  ],
  ['speaking: the last sample', SPEAKING, progress({ done: true }), 'free', ['completed', 'rest']],
  [
    'speaking: what is known changes',
    SPEAKING,
    { type: 'withdraw' },
    'free',
    ['cancel', 'count cancelled', 'interrupted', 'rest'],
  ],
  // Somebody disputes it.
  ['speaking: the button', SPEAKING, { type: 'hushed' }, 'free', ['cancel', 'count cancelled', 'interrupted', 'rest']],
  ['nobody speaks: the button', FREE, { type: 'hushed' }, 'free', []],
  ['paused: another starts, too', PAUSED, { type: 'started', who: 'bob' }, 'paused', ['look', 'listening']],
  ['paused: words [T3]', PAUSED, partial('ann', 'No, wait'), 'people', CUT],
  ['paused: words to others', PAUSED, partial('ann', 'No, wait', 'them'), 'paused', []],
  ['speaking: words to others', SPEAKING, partial('ann', 'No, wait', 'them'), 'speaking', []],
  ['paused: words of another', PAUSED, partial('bob', 'No, wait'), 'paused', []],
  ['paused: a cough [T3]', PAUSED, { type: 'nothing', who: 'ann' }, 'speaking', GO_ON],
  ['paused: a cough of another', PAUSED, { type: 'nothing', who: 'bob' }, 'paused', []],
  ['paused: a backchannel, whole [T3]', PAUSED, utterance(said('ann', 'Uh-huh.')), 'speaking', ['note', ...GO_ON]],
  ['paused: said to others', PAUSED, utterance(said('ann', 'Hi.'), 'them'), 'speaking', ['overhear', ...GO_ON]],
  ['paused: they leave', PAUSED, { type: 'gone', who: 'ann' }, 'speaking', GO_ON],
  ['paused: no word of the recognizer in time [T3]', PAUSED, { type: 'timer', timer: 'decide' }, 'people', CUT],
  [
    'paused: the last sample, all the same',
    PAUSED,
    progress({ done: true }),
    'people',
    ['disarm decide', 'completed', 'listening'],
  ],
  ['paused: the first sample, late', PAUSED, progress({ started: true }), 'paused', []],
  ['yielding: words', YIELDING, partial('ann', 'No, wait'), 'people', CUT],
  [
    'yielding: a cough',
    YIELDING,
    { type: 'nothing', who: 'ann' },
    'speaking',
    ['disarm decide', 'count resumed', 'speaking'],
  ],
  ['yielding: no word of the recognizer in time', YIELDING, { type: 'timer', timer: 'decide' }, 'people', CUT],
  // The end.
  ['nobody speaks: the end', FREE, { type: 'close' }, 'closed', []],
  ['speaking: the end', SPEAKING, { type: 'close' }, 'closed', ['cancel', 'interrupted', 'rest']],
  ['paused: the end [C1]', PAUSED, { type: 'close' }, 'closed', ['disarm decide', 'cancel', 'interrupted', 'rest']],
  ['after the end: anything', CLOSED, { type: 'started', who: 'ann' }, 'closed', []],
];

describe('who has the floor, and what is done', () => {
  it.each(ROWS)('%s', (_name, floor, event, at, effects) => {
    const { floor: after, done } = run(floor, event);
    expect(after.at).toBe(at);
    expect(done).toEqual(effects);
  });

  it('is worked out without changing what was', () => {
    const before = structuredClone(PAUSED);
    for (const [, , event] of ROWS) step(PAUSED, event);
    expect(PAUSED).toEqual(before);
  });

  it('[T1] never begins a turn while one is live', () => {
    for (const [, floor, event] of ROWS) {
      const begun = run(floor, event).done.filter(each => /^(begin|say)/.test(each));
      const ended = run(floor, event).done.filter(each => /^(completed|failed|interrupted)/.test(each));
      expect(begun.length).toBeLessThanOrEqual(ended.length + ('turn' in floor ? 0 : 1));
    }
  });

  it('[T6] is silent before anything else follows', () => {
    for (const [, floor, event] of ROWS) {
      const { done } = run(floor, event);
      const end = done.findIndex(each => each.startsWith('interrupted'));
      if (end >= 0) expect(done.slice(0, end)).toContain('cancel');
    }
  });
});

describe('an interruption', () => {
  it('[T3] is none if the recognizer has heard no more than a backchannel in time', () => {
    const { floor, done } = run(PAUSED, partial('ann', 'mhm'), { type: 'timer', timer: 'decide' });
    expect(floor.at).toBe('speaking');
    expect(done).toEqual(GO_ON);
  });

  it('before the first sample goes back to thinking', () => {
    const { floor, done } = run(PREPARING, { type: 'started', who: 'ann' }, { type: 'nothing', who: 'ann' });
    expect(floor.at).toBe('preparing');
    expect(done.at(-1)).toBe('thinking');
  });

  it('is none by those who were speaking already when the turn began', () => {
    const floor: Floor = { ...SPEAKING, ...speakers('bob'), turn: sounding({ talkers: new Set(['bob']) }) } as Floor;
    const words: FloorEvent = partial('bob', 'and so we went');
    expect(run(floor, words).floor.at).toBe('speaking');
    const done = run(floor, words, utterance(said('bob', 'And so we went on.')));
    expect(done.floor).toMatchObject({ at: 'speaking', waiting: [{ entryId: 'bob-1' }] });
    expect(run(done.floor, progress({ done: true })).done).toEqual(['completed', 'rest', 'thinking', 'begin bob-1']);
  });
});

describe('what was said before anything of its answer was heard', () => {
  const cut = run(PREPARING, { type: 'started', who: 'ann' }, partial('ann', 'And also'));

  it('[T4] waits again, and is answered with what comes next', () => {
    expect(cut.floor).toMatchObject({ at: 'people', waiting: [{ entryId: 'ann-0', again: true }] });
    expect(run(cut.floor, utterance(said('ann', 'And also this.'))).done.at(-1)).toBe('begin ann-0,ann-1');
  });

  it('[T2] is answered in a turn of another name', () => {
    const [, effects] = step(cut.floor, { type: 'nothing', who: 'ann' });
    expect(effects.find(effect => effect.do === 'begin')).toMatchObject({ id: undefined });
  });

  it('is not answered once it is struck', () => {
    const { done } = run(PREPARING, { type: 'withdraw' }, { type: 'changed', struck: new Set(['ann-0']) });
    expect(done).not.toContain('begin ann-0');
    expect(run(PREPARING, { type: 'withdraw' }, { type: 'changed', struck: new Set() }).done).toContain('begin ann-0');
  });

  it('is dropped where the avatar spoke up by itself', () => {
    const greeting: Floor = { ...PREPARING, turn: turn({ source: 'greeting', inputs: [] }) } as Floor;
    expect(run(greeting, partial('ann', 'Hello there')).done).toContain('interrupted');
  });
});

describe('[T5] what is prepared in secret', () => {
  const secret = run(PEOPLE, candidate('ann', 'Hello.')).floor;

  it('serves if that is what was said', () => {
    expect(run(secret, utterance(said('ann', 'Hello.'))).done.at(-1)).toBe('begin prepared ann-1');
    expect(run(secret, candidate('ann', 'Hello.')).done).toEqual([]);
  });

  it('is dropped if something else was said, more came, or they left', () => {
    expect(run(secret, utterance(said('ann', 'Hello there.'))).done).toEqual([
      'take',
      'thinking',
      'drop',
      'thinking',
      'begin ann-1',
    ]);
    expect(run(secret, { type: 'resumed' }).done).toEqual(['drop']);
    expect(run(secret, { type: 'gone', who: 'ann' }).done).toEqual(['drop', 'rest']);
    expect(run(secret, { type: 'withdraw' }).done).toEqual(['drop']);
  });

  it('is dropped if its words were meant for others; what was prepared for somebody else is not', () => {
    expect(run(secret, utterance(said('ann', 'Hello.'), 'them')).done).toEqual(['drop', 'overhear', 'rest']);
    expect(run(secret, candidate('bob', 'Hello.', 'them')).done).toEqual([]);
  });
});

describe('several people', () => {
  const both: Floor = { ...around(speakers('ann', 'bob')), at: 'people' };

  it('are answered together when the last has finished', () => {
    const first = run(both, utterance(said('ann', 'I like apples.')));
    expect(first.done).toEqual(['take', 'thinking', `arm patience ${PATIENCE_MS}`]);
    expect(run(first.floor, utterance(said('bob', 'I like pears.'))).done).toEqual([
      'take',
      'thinking',
      'disarm patience',
      'thinking',
      'begin ann-1,bob-1',
    ]);
  });

  it('are not waited for for ever', () => {
    const first = run(both, utterance(said('ann', 'I like apples.')));
    const { floor, done } = run(first.floor, { type: 'timer', timer: 'patience' });
    expect(done).toContain('begin ann-1');
    expect(floor).toMatchObject({ at: 'preparing', turn: { talkers: new Set(['bob']) } });
  });

  it('[C1] are waited for no more after the end', () => {
    const first = run(both, utterance(said('ann', 'I like apples.')));
    expect(run(first.floor, { type: 'close' }).done).toContain('disarm patience');
  });
});

describe('what was found', () => {
  const found: FloorEvent = { type: 'found', any: true };
  const tell: FloorEvent = { type: 'timer', timer: 'tell' };

  it('is told a moment after nobody has the floor', () => {
    const { floor, done } = run(FREE, found, tell);
    expect(done).toEqual([`arm tell ${TELL_MS}`, 'thinking', 'say found']);
    expect([floor.at, floor.untold]).toEqual(['preparing', false]);
  });

  it('waits for who speaks, and for the answer to them', () => {
    expect(run(PEOPLE, found).done).toEqual([]);
    expect(run(SPEAKING, found, tell).done).toEqual([]);
    expect(run(SPEAKING, found, progress({ done: true })).done).toEqual(['completed', 'rest', `arm tell ${TELL_MS}`]);
  });

  it('is not told yet where somebody begins to speak in that moment', () => {
    const { floor, done } = run(FREE, found, { type: 'started', who: 'ann' }, tell);
    expect(done).toEqual([`arm tell ${TELL_MS}`, 'look', 'listening', 'disarm tell']);
    expect(floor.untold).toBe(true);
    expect(run(floor, { type: 'nothing', who: 'ann' }).done).toEqual(['rest', `arm tell ${TELL_MS}`]);
  });

  it('is not told where there is nothing left to tell', () => {
    expect(run(FREE, found, { type: 'found', any: false }, tell).done).toEqual([`arm tell ${TELL_MS}`, 'disarm tell']);
  });

  it('[C1] is waited for no more after the end', () => {
    expect(run(FREE, found, { type: 'close' }).done).toEqual([`arm tell ${TELL_MS}`, 'disarm tell']);
  });
});
