import { beforeEach, describe, expect, it, vi } from 'vitest';
import { together } from '../rooms/listeners.ts';
import { Room } from '../rooms/room.ts';
import type { ConversationRecord } from '../store/records.ts';
import { admission, entry, FakeEngine } from '../testing/fakes.ts';
import { Scribe } from './scribe.ts';

const CANDLES = { key: 'product', value: 'candles', text: 'They sell candles.' };
const REMEMBERED = { person: 'p-ann', remember: true };

let records: ConversationRecord[];
let failures: unknown[];
let scribe: Scribe;
let room: Room;

beforeEach(async () => {
  [records, failures] = [[], []];
  scribe = new Scribe({
    append: record => records.push(record),
    failed: error => failures.push(error),
    idleMs: 3600_000,
  });
  const listener = together(scribe.listener);
  room = await Room.open(new FakeEngine(), { name: 'red', graceMs: 1000, maxPeople: 10, listener });
  return () => scribe.close();
});

const told = (identity: string) => scribe.learned(room, { identity, turnId: 't1', facts: [CANDLES] });
const facts = () => records.filter(({ type }) => type === 'facts');

const words = () => records.flatMap(record => (record.type === 'say' ? [[record.entry.text, record.entry.final]] : []));

describe('conversations that have not ended', () => {
  it('are those that go on, and those whose people may come back', () => {
    room.join(admission('ann'), () => {});
    scribe.awaitReturn({ id: 'another', room: 'blue', isFor: () => true });
    expect(scribe.unended).toEqual([scribe.conversationIn(room), 'another']);
    scribe.waitNoMore(() => true);
    room.close('empty');
    expect(scribe.unended).toEqual([]);
  });

  it('are to go on where they are not deleted after all: what is said next begins another', () => {
    room.join(admission('ann'), () => {});
    const first = scribe.conversationIn(room);
    const { conversations, goOn } = scribe.stop({ isGone: id => id === first });
    room.logged(entry('a'));
    expect([conversations, scribe.conversationIn(room), words()]).toEqual([[first], undefined, []]);
    goOn();
    room.logged(entry('b'));
    expect(scribe.conversationIn(room)).not.toBe(first);
    expect(words()).toEqual([['text of b', true]]);
  });
});

describe('what is still being said when everybody leaves', () => {
  it('is ended as it stands, before the conversation is', () => {
    const ann = room.join(admission('ann'), () => {});
    const avatar = { role: 'avatar' as const, speaker: 'avatar', final: false };
    room.logged(entry('a', { text: 'Tell me', final: false }));
    room.logged(entry('b', { ...avatar, text: 'Once' }));
    room.logged(entry('b', { ...avatar, text: 'Once upon a time' }));
    room.leave(ann, 'left');
    expect(words()).toEqual([
      ['Tell me', false],
      ['Once', false],
      ['Tell me', true],
      ['Once upon a time', true],
    ]);
    const [mine, its] = records.flatMap(record => (record.type === 'say' && record.entry.final ? [record.entry] : []));
    expect([mine!.interrupted, its!.interrupted]).toEqual([undefined, true]);
    expect(records.at(-1)).toMatchObject({ type: 'end', ending: 'left' });
  });
});

describe('[C2] a long utterance', () => {
  it('is put down whole less often as it grows', () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] });
    room.join(admission('ann'), () => {});
    for (let tick = 0; tick < 100; tick++) {
      room.logged(entry('a', { text: 'x'.repeat(5000 + tick), final: false }));
      vi.advanceTimersByTime(100);
    }
    expect(words().length).toBeLessThan(4);
    vi.useRealTimers();
  });
});

describe('a conversation whose media failed', () => {
  it('[S1] is gone on with by those who were in it, not by a stranger of their name', async () => {
    room.join(admission('ann', { name: 'Ann' }), () => {});
    const id = scribe.conversationIn(room);
    room.close('worker-died');
    const again = async () => {
      const listener = together(scribe.listener);
      return Room.open(new FakeEngine(), { name: 'red', graceMs: 0, maxPeople: 2, listener });
    };
    const back = await again();
    back.join(admission('ann', { name: 'Ann' }), () => {});
    expect(scribe.conversationIn(back)).toBe(id);
    back.close('worker-died');
    const strange = await again();
    strange.join(admission('eve', { name: 'Ann' }), () => {});
    expect(scribe.conversationIn(strange)).not.toBe(id);
  });
});

describe('what is learned of people', () => {
  it('is taken down for those who asked to be remembered, and for nobody else', () => {
    room.join(admission('ann', REMEMBERED), () => {});
    room.join(admission('bob', { person: 'p-bob', remember: false }), () => {});
    for (const identity of ['ann', 'bob', 'nobody']) told(identity);
    expect(facts()).toMatchObject([{ person: 'p-ann', turnId: 't1', facts: [CANDLES] }]);
  });

  it('is taken down a moment after they have left and the conversation is over, too', () => {
    vi.useFakeTimers();
    room.leave(
      room.join(admission('ann', REMEMBERED), () => {}),
      'left',
    );
    told('ann');
    expect(facts()).toHaveLength(1);
    vi.advanceTimersByTime(10_000);
    told('ann');
    expect(facts()).toHaveLength(1);
    vi.useRealTimers();
  });

  it('is not taken down once everything of theirs was erased', () => {
    room.leave(
      room.join(admission('ann', REMEMBERED), () => {}),
      'left',
    );
    scribe.stop({ isGone: () => true });
    told('ann');
    expect(facts()).toEqual([]);
    expect(failures).toEqual([]);
  });
});

describe('a recording', () => {
  const wish = (recording: boolean) => ({ feelings: false, sight: false, recording });

  it('that is wanted after a long silence begins the next conversation, which it is part of', () => {
    const ann = room.join(admission('ann'), () => {});
    const first = scribe.conversationIn(room);
    scribe.stop({ isGone: () => true }).goOn();
    expect(scribe.conversationIn(room)).toBeUndefined();
    room.consent(ann, wish(false));
    expect(scribe.conversationIn(room)).toBeUndefined();
    room.consent(ann, wish(true));
    expect([undefined, first]).not.toContain(scribe.conversationIn(room));
  });

  it('begins nothing in a call that is being deleted', () => {
    const ann = room.join(admission('ann'), () => {});
    scribe.stop({ isGone: () => true });
    room.consent(ann, wish(true));
    expect(scribe.conversationIn(room)).toBeUndefined();
  });
});

describe('a conversation that is deleted', () => {
  it('is not gone on with when its people come back after a restart', async () => {
    const again = await Room.open(new FakeEngine(), {
      name: 'blue',
      graceMs: 0,
      maxPeople: 2,
      listener: together(scribe.listener),
    });
    scribe.awaitReturn({ id: 'old', room: 'blue', isFor: () => true });
    expect(scribe.stop({ isGone: id => id === 'old' }).rooms).toEqual(['blue']);
    records.length = 0;
    again.join(admission('ann'), () => {});
    again.logged(entry('a'));
    expect(records.map(({ type }) => type)).toEqual(['begin', 'join', 'say']);
    expect(JSON.stringify(records)).not.toContain('old');
  });

  it('is followed by another for those who remain, without the one who took their part out', () => {
    room.join(admission('ann', { person: 'p-ann', name: 'Ann', remember: true }), () => {});
    const bob = room.join(admission('bob', { person: 'p-bob', name: 'Bob' }), () => {});
    room.logged(entry('a', { speaker: 'ann', text: 'secret' }));
    const avatar = { role: 'avatar' as const, speaker: 'avatar' };
    scribe.stop({ isGone: () => true, person: 'p-ann' });
    records.length = 0;
    room.logged(entry('a:avatar', { ...avatar, turnId: 'a', text: 'it is safe' }));
    room.logged(entry('b', { speaker: 'bob', text: 'from Bob' }));
    room.logged(entry('c', { speaker: 'ann', text: 'more' }));
    room.logged(entry('c:avatar', { ...avatar, turnId: 'c', text: 'an answer' }));
    room.logged(entry('d', { ...avatar, text: 'Well, all?' }));
    room.logged(entry('b:avatar', { ...avatar, turnId: 'b', text: 'to Bob' }));
    told('ann');
    expect(words().map(([text]) => text)).toEqual(['from Bob', 'Well, all?', 'to Bob']);
    expect(records.flatMap(record => (record.type === 'join' ? [record.identity] : []))).toEqual(['bob']);
    room.leave(bob, 'left');
    room.logged(entry('e', { speaker: 'ann' }));
    expect(JSON.stringify(records)).not.toMatch(/"(identity|speaker)":"ann"|p-ann|secret/);
    expect(failures).toEqual([]);
  });

  it('[S1] keeps no answer to who took their part out, whatever its turn is called, but what answers others, too', () => {
    room.join(admission('ann', { person: 'p-ann' }), () => {});
    room.join(admission('bob', { person: 'p-bob' }), () => {});
    room.logged(entry('a', { speaker: 'ann' }));
    room.logged(entry('b', { speaker: 'bob' }));
    scribe.stop({ isGone: () => true, person: 'p-ann' });
    records.length = 0;
    const answer = (turnId: string, ...answers: string[]) => {
      const words = { role: 'avatar' as const, speaker: 'avatar', text: `to ${answers.join(' and ')}` };
      room.logged(entry(`${turnId}:avatar`, { ...words, turnId, answers }));
      const stages = { endpointingMs: 0, asrMs: 0, dialogueMs: 0, ttsMs: 0, playoutMs: 0 };
      room.timed({ turnId, outcome: 'completed', source: 'voice', sounded: true, voiceToVoiceMs: 0, stages });
    };
    answer('fresh', 'a');
    room.logged(entry('c', { speaker: 'bob', text: 'Bob adds' }));
    room.logged(entry('d', { speaker: 'ann', text: 'Ann goes on' }));
    answer('d', 'c', 'd');
    answer('fresh-2', 'a', 'd');
    answer('fresh-3', 'b');
    answer('fresh-4');
    expect(words().map(([text]) => text)).toEqual(['Bob adds', 'to c and d', 'to b', 'to ']);
    const turns = records.flatMap(record => (record.type === 'turn' ? [record.timing.turnId] : []));
    expect(turns).toEqual(['d', 'fresh-3', 'fresh-4']);
    expect(failures).toEqual([]);
  });

  it('[S1] goes on as it was for the others when somebody takes their part out who has left', () => {
    const ann = room.join(admission('ann', { person: 'p-ann' }), () => {});
    room.join(admission('gus'), () => {});
    room.logged(entry('a', { speaker: 'ann' }));
    room.leave(ann, 'left');
    const id = scribe.conversationIn(room);
    scribe.stop({ isGone: () => true, person: 'p-ann' });
    records.length = 0;
    room.logged(entry('b', { speaker: 'gus', text: 'from Gus' }));
    room.logged(entry('a:avatar', { turnId: 'a', role: 'avatar', speaker: 'avatar', text: 'to Ann, late' }));
    room.join(admission('ann-2', { person: 'p-ann' }), () => {});
    room.logged(entry('c', { speaker: 'ann-2' }));
    expect(scribe.conversationIn(room)).toBe(id);
    expect(records).toMatchObject([{ type: 'say', conversation: id, entry: { text: 'from Gus' } }]);
  });

  it('of which one takes their part out is still waited for by the others', async () => {
    scribe.awaitReturn({ id: 'old', room: 'red', isFor: () => true });
    expect(scribe.stop({ isGone: () => true, person: 'p-ann' }).rooms).toEqual([]);
    room.join(admission('bob'), () => {});
    expect(records).toMatchObject([{ type: 'resume', conversation: 'old' }, { type: 'join' }]);
  });

  it('goes on as another when it could not be deleted', () => {
    room.join(admission('ann', { person: 'p-ann' }), () => {});
    for (const person of ['p-ann', undefined]) {
      const { goOn } = scribe.stop({ isGone: () => true, person });
      expect(records.at(-1)).toMatchObject({ type: 'end', ending: 'withdrawn' });
      records.length = 0;
      room.logged(entry('a'));
      expect(records).toEqual([]);
      goOn();
      room.logged(entry('b'));
      expect(records.map(({ type }) => type)).toEqual(['begin', 'join', 'say']);
    }
  });
});

describe('a system clock that is set in mid-call', () => {
  const HOUR_MS = 3600_000;
  const ends = () => records.filter(({ type }) => type === 'end');
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] });
    return () => void vi.useRealTimers();
  });

  it.each([
    2, -2,
  ])('by %i hours: a conversation is over after an hour without a word, no sooner and no later', hours => {
    room.join(admission('ann'), () => {});
    room.logged(entry('a'));
    const saidMs = Date.now();
    vi.setSystemTime(saidMs + hours * HOUR_MS);
    scribe.endIdle();
    vi.advanceTimersByTime(HOUR_MS - 1);
    scribe.endIdle();
    expect(ends()).toEqual([]);
    expect(scribe.unended).toEqual([scribe.conversationIn(room)]);
    vi.advanceTimersByTime(1);
    scribe.endIdle();
    expect(ends()).toMatchObject([{ ending: 'idle', atMs: saidMs }]);
    expect(scribe.unended).toEqual([]);
  });

  it('what is being said is put down as often as before', () => {
    room.join(admission('ann'), () => {});
    room.logged(entry('a', { text: 'Tell', final: false }));
    vi.setSystemTime(Date.now() - HOUR_MS);
    room.logged(entry('a', { text: 'Tell me', final: false }));
    vi.advanceTimersByTime(500);
    expect(words()).toEqual([
      ['Tell', false],
      ['Tell me', false],
    ]);
  });
});
