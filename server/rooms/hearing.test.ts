import { beforeEach, describe, expect, it } from 'vitest';
import type { LogEntry, TurnTiming } from '../../protocol/conversation.ts';
import type { Feeling } from '../../protocol/feelings.ts';
import type { Notice, NoticeName } from '../../protocol/signaling.ts';
import type { Admission } from '../auth/tokens.ts';
import { type RoomText, RoomTexts } from '../limits/text.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { admission, entry, FakeEngine, gatesOf } from '../testing/fakes.ts';
import type { RoomListener } from './listeners.ts';
import { Room, type Seat } from './room.ts';

const FEELING: Feeling = { label: 'sad', valence: -0.5, arousal: 0.2, confidence: 0.9, sources: ['words'] };
const ALL = { feelings: true, sight: true, recording: false };
const timing = (turnId: string): TurnTiming => ({
  turnId,
  outcome: 'completed',
  source: 'text',
  sounded: true,
  voiceToVoiceMs: 300,
  stages: { endpointingMs: 0, asrMs: 0, dialogueMs: 100, ttsMs: 150, playoutMs: 50 },
});

let engine: FakeEngine;
let room: Room;
const open = async (over: { showEarlier?: boolean; text?: RoomText; listener?: Partial<RoomListener> } = {}) => {
  engine = new FakeEngine();
  room = await Room.open(engine, { name: 'red', graceMs: 1000, maxPeople: 10, listener: {}, ...over });
};
beforeEach(() => open());

/** Somebody in the room, and what their page is told. */
class Person {
  readonly notices: { name: NoticeName; payload: unknown }[] = [];
  seat: Seat;
  constructor(identity: string, over: Partial<Admission> = {}, consent = ALL) {
    const notify = (name: NoticeName, payload: unknown) => void this.notices.push({ name, payload });
    this.seat = room.join(admission(identity, over), notify, consent);
  }
  of<N extends NoticeName>(name: N): Notice<N>[] {
    return this.notices.filter(notice => notice.name === name).map(({ payload }) => payload as Notice<N>);
  }
  get live(): LogEntry[] {
    return this.of('log.entry').map(notice => notice.entry);
  }
  get log(): LogEntry[] {
    return room.snapshot(this.seat).log;
  }
}
const ids = (entries: LogEntry[]) => entries.map(({ id }) => id);
const avatar = (id: string, over: Partial<LogEntry> = {}) =>
  entry(`${id}:avatar`, { turnId: id, role: 'avatar', speaker: 'avatar', ...over });

describe('[S1] how somebody feels', () => {
  it('is told to nobody but them: not with their words, nor in what others find when they come back', () => {
    const [ann, bob] = [new Person('ann'), new Person('bob')];
    room.logged(entry('a', { speaker: 'ann', feeling: FEELING }));
    expect([ann.live[0]?.feeling, ann.log[0]?.feeling]).toEqual([FEELING, FEELING]);
    expect([bob.live[0], bob.log[0]]).toEqual(Array(2).fill(entry('a', { speaker: 'ann' })));
    room.logged(entry('b', { speaker: 'ann' }));
    expect(room.earlier(bob.seat, { before: 'b', limit: 10 }).entries).toEqual([entry('a', { speaker: 'ann' })]);
    room.lost(bob.seat);
    room.resume(bob.seat, () => {});
    expect(bob.log[0]).not.toHaveProperty('feeling');
  });

  it('is put down nowhere where they do not allow it, or not any more', () => {
    const ann = new Person('ann', {}, { ...ALL, feelings: false });
    room.logged(entry('a', { speaker: 'ann', feeling: FEELING }));
    room.consent(ann.seat, ALL);
    room.logged(entry('b', { speaker: 'ann', feeling: FEELING }));
    room.consent(ann.seat, { ...ALL, feelings: false });
    room.logged(entry('c', { speaker: 'ann', feeling: FEELING }));
    expect(room.history.map(({ feeling }) => feeling)).toEqual([undefined, FEELING, undefined]);
  });
});

describe('[S1] consent', () => {
  it('is nothing until it is given, and may be given with the first word', () => {
    const ann = room.join(admission('ann'), () => {});
    expect(room.snapshot(ann).you.consent).toEqual({ feelings: false, sight: false, recording: false });
    expect(room.snapshot(new Person('bob').seat).you.consent).toEqual(ALL);
  });

  it('is as it was for who comes back without a word of it; a recording that has ended does not begin again', () => {
    const ann = new Person('ann', {}, { ...ALL, recording: true });
    room.resume(ann.seat, () => {});
    expect(ann.seat.consent).toEqual({ ...ALL, recording: true });
    room.stopRecording();
    room.resume(ann.seat, () => {}, { feelings: false, sight: false, recording: true });
    expect(ann.seat.consent).toEqual({ feelings: false, sight: false, recording: false });
  });
});

describe('[S1] who may not subscribe', () => {
  it('gets their own words, and nothing else that is said', () => {
    const [ann, mute] = [new Person('ann'), new Person('mute', { canSubscribe: false })];
    room.logged(entry('a', { speaker: 'ann' }));
    room.logged(avatar('a'));
    room.timed(timing('a'));
    room.unlogged('a');
    room.typed(entry('m', { speaker: 'mute' }));
    room.timed(timing('m'));
    room.timed(timing('never-heard'));
    engine.rooms[0]!.events.speakers(['ann']);
    expect(ids(mute.live)).toEqual(['m']);
    expect(mute.of('turn.timing').map(told => told.timing.turnId)).toEqual(['m']);
    expect([mute.of('log.removed'), mute.of('speakers')]).toEqual([[], []]);
    expect(ids(mute.log)).toEqual(['m']);
    expect(ids(ann.live)).toEqual(['a', 'a:avatar', 'm']);
    expect([ann.of('turn.timing').length, ann.of('log.removed').length, ann.of('speakers').length]).toEqual([3, 1, 1]);
  });

  it('finds nothing of it with another token that may, later', () => {
    const mute = new Person('mute', { canSubscribe: false });
    new Person('ann');
    room.logged(entry('a'));
    room.leave(mute.seat, 'left');
    expect(new Person('mute').log).toEqual([]);
  });

  it('is told of what is deleted only where they have seen it', () => {
    const [ann, mute] = [new Person('ann'), new Person('mute', { canSubscribe: false })];
    for (const speaker of ['ann', 'mute']) room.logged(entry(speaker, { speaker }));
    room.strike(new Set(['ann', 'mute']));
    expect(mute.of('log.removed')).toEqual([{ entryId: 'mute' }]);
    expect(ann.of('log.removed')).toHaveLength(2);
  });
});

describe('[S1] what was said before somebody came', () => {
  it('is not theirs to see: neither what was over nor what went on then', () => {
    new Person('ann');
    room.logged(entry('a', { speaker: 'ann' }));
    room.logged(avatar('a', { text: 'Once', final: false }));
    const late = new Person('late');
    room.logged(avatar('a', { text: 'Once upon a time' }));
    room.timed(timing('a'));
    room.unlogged('a');
    room.logged(entry('b', { speaker: 'ann' }));
    expect([ids(late.live), ids(late.log)]).toEqual([['b'], ['b']]);
    expect([late.of('turn.timing'), late.of('log.removed')]).toEqual([[], []]);
    expect(room.earlier(late.seat, { before: 'b', limit: 10 })).toEqual({ entries: [], earlier: false });
    expect(room.snapshot(late.seat).showsEarlier).toBeUndefined();
  });

  it('is seen by who was there, and comes again: with the same identity, or as the same person', () => {
    const [ann, bob] = [new Person('ann-1', { person: 'p-ann' }), new Person('bob')];
    new Person('cid');
    room.logged(entry('a', { speaker: 'bob' }));
    for (const { seat } of [ann, bob]) room.leave(seat, 'left');
    room.logged(entry('while they were away', { speaker: 'cid' }));
    expect(ids(new Person('ann-2', { person: 'p-ann' }).log)).toEqual(['a']);
    expect(ids(new Person('bob').log)).toEqual(['a']);
    expect(ids(new Person('bob-2', { name: 'BOB' }).log)).toEqual([]);
    // An identity is not a person, nor the other way round.
    expect(ids(new Person('p-ann').log)).toEqual([]);
  });

  it('is seen by who comes back into their seat: what was said meanwhile, too', () => {
    const ann = new Person('ann');
    new Person('bob');
    room.lost(ann.seat);
    room.logged(entry('meanwhile', { speaker: 'bob' }));
    room.resume(ann.seat, () => {});
    expect(ids(ann.log)).toEqual(['meanwhile']);
  });

  it('is shown to all where the room says so to all', async () => {
    await open({ showEarlier: true });
    const ann = new Person('ann');
    room.logged(entry('a', { speaker: 'ann', feeling: FEELING }));
    const late = new Person('late');
    expect(late.log).toEqual([entry('a', { speaker: 'ann' })]);
    expect([ann, late].map(({ seat }) => room.snapshot(seat).showsEarlier)).toEqual([true, true]);
    expect(new Person('mute', { canSubscribe: false }).log).toEqual([]);
  });
});

describe('[C2] a long log', () => {
  it('is sent in pages: the latest few first, those before them when they are asked for', () => {
    const ann = new Person('ann');
    for (let i = 0; i < 130; i++) room.logged(entry(`e${i}`));
    const snapshot = room.snapshot(ann.seat);
    expect([snapshot.log.length, snapshot.log[0]!.id, snapshot.earlier]).toEqual([50, 'e80', true]);
    const second = room.earlier(ann.seat, { before: 'e80', limit: 50 });
    expect([second.entries[0]!.id, second.entries.at(-1)!.id, second.earlier]).toEqual(['e30', 'e79', true]);
    const third = room.earlier(ann.seat, { before: 'e30', limit: 50 });
    expect([third.entries.length, third.earlier]).toEqual([30, false]);
    expect(room.earlier(ann.seat, { before: 'nowhere', limit: 50 })).toEqual({ entries: [], earlier: false });
  });

  it('is sent in few bytes, whatever was said', () => {
    const ann = new Person('ann');
    for (let i = 0; i < 100; i++) room.logged(entry(`e${i}`, { text: 'ü'.repeat(2000) }));
    const snapshot = room.snapshot(ann.seat);
    expect(Buffer.byteLength(JSON.stringify(snapshot))).toBeLessThan(34_000);
    expect([snapshot.log.length, snapshot.earlier]).toEqual([7, true]);
  });
});

describe('[C2] what is said in one room', () => {
  const kept: string[] = [];
  const listener: Partial<RoomListener> = { logged: (_, { id }) => void kept.push(id) };
  beforeEach(() => void kept.splice(0));

  it('is so much a day: then typing has to wait, and is told for how long', async () => {
    await open({ text: new RoomTexts(40_000, gatesOf(createMetrics())).of('red'), listener });
    const ann = new Person('ann');
    const type = (id: string) => room.typed(entry(id, { text: 'x'.repeat(2000) }));
    for (let i = 0; i < 4; i++) type(`t${i}`);
    expect(() => type('t4')).toThrow(
      expect.objectContaining({ code: 'rate-limited', retryAfterMs: expect.any(Number) }),
    );
    expect([ids(ann.live).at(-1), kept.length]).toEqual(['t3', 4]);
    // Who speaks is not kept from speaking by who types.
    room.logged(entry('spoken'));
    expect(kept.at(-1)).toBe('spoken');
  });

  it('is shown but not kept where agents tell more than that', async () => {
    await open({ text: new RoomTexts(40_000, gatesOf(createMetrics())).of('red'), listener });
    const ann = new Person('ann');
    for (let i = 0; i < 10; i++) room.logged(entry(`e${i}`, { text: 'x'.repeat(3000) }));
    expect([ann.live.length, kept]).toEqual([10, ['e0', 'e1', 'e2']]);
  });
});

describe('[S1] an entry that newer ones have pushed out of the log', () => {
  it('is told to nobody again, however it changes', () => {
    room.join(admission('ann'), () => {});
    room.logged(entry('first', { text: 'a secret of Ann' }));
    const bob = new Person('bob');
    for (let i = 0; i < 500; i++) room.logged(entry(`e${i}`));
    room.logged(entry('first', { text: 'a secret of Ann', language: 'en' }));
    expect(JSON.stringify(bob.notices)).not.toContain('a secret of Ann');
  });
});

describe('[S1] what the avatar does not know any more', () => {
  it('is named to those who may see it', () => {
    room.join(admission('ann'), () => {});
    room.logged(entry('first'));
    const [bob, deaf] = [new Person('bob'), new Person('deaf', { canSubscribe: false })];
    room.logged(entry('second'));
    room.agentStartsOver(['first', 'second']);
    expect(bob.of('agent.restarted')).toEqual([{ identity: 'avatar', entryIds: ['second'] }]);
    expect(deaf.of('agent.restarted')).toEqual([]);
  });
});
