import { beforeEach, describe, expect, it } from 'vitest';
import type { NoticeName } from '../../protocol/signaling.ts';
import { admission, FakeEngine } from '../testing/fakes.ts';
import { raiseHand, react } from './gestures.ts';
import { Room } from './room.ts';

let room: Room;
let told: Record<string, { name: NoticeName; payload: unknown }[]>;
beforeEach(async () => {
  told = {};
  room = await Room.open(new FakeEngine(), { name: 'red', graceMs: 1000, maxPeople: 10, listener: {} });
});
const join = (identity: string, over: Partial<ReturnType<typeof admission>> = {}) =>
  room.join({ ...admission(identity), ...over }, (name, payload) => {
    told[identity] ??= [];
    told[identity].push({ name, payload });
  });
const handOf = (identity: string, seenBy: ReturnType<typeof join>) =>
  room.snapshot(seenBy).participants.find(each => each.identity === identity)?.hand;

describe('a raised hand', () => {
  it('is seen by everybody, by those who come later, too, until it goes down', () => {
    const [ann, bob] = [join('ann'), join('bob')];
    raiseHand(room, ann, true);
    const since = handOf('ann', bob);
    expect(since).toBeTypeOf('number');
    raiseHand(room, ann, true);
    expect(told.bob!.filter(({ name }) => name === 'participant.updated')).toHaveLength(1);
    expect(told.ann!.filter(({ name }) => name === 'participant.updated')).toHaveLength(1);
    expect(handOf('ann', join('cy'))).toBe(since);
    raiseHand(room, ann, false);
    expect(handOf('ann', bob)).toBeUndefined();
  });

  it('goes down with whoever leaves', () => {
    const ann = join('ann');
    const bob = join('bob');
    raiseHand(room, ann, true);
    room.leave(ann, 'left');
    join('ann');
    expect(handOf('ann', bob)).toBeUndefined();
  });
});

it('[S1] a reaction reaches those who may watch, and whoever it came from', () => {
  const ann = join('ann', { canSubscribe: false });
  join('bob');
  join('blind', { canSubscribe: false });
  react(room, ann, '🎉');
  const reactions = (identity: string) => (told[identity] ?? []).filter(({ name }) => name === 'reaction').length;
  expect([reactions('ann'), reactions('bob'), reactions('blind')]).toEqual([1, 1, 0]);
});
