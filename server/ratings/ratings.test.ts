import { beforeEach, describe, expect, it } from 'vitest';
import { Room } from '../rooms/room.ts';
import { admission, FakeEngine } from '../testing/fakes.ts';
import { type Rated, Ratings } from './ratings.ts';

const MINUTE_MS = 60_000;
let room: Room;
let rated: Rated[];
let ratings: Ratings;
let nowMs: number;
let conversation: string | undefined;

beforeEach(async () => {
  rated = [];
  nowMs = 0;
  conversation = 'first';
  ratings = new Ratings({
    conversationIn: () => conversation,
    rated: each => void rated.push(each),
    nowMs: () => nowMs,
  });
  room = await Room.open(new FakeEngine(), { name: 'red', graceMs: 0, maxPeople: 5, listener: ratings.listener });
});
const rate = (identity: string, stars = 4) => ratings.rate({ room: 'red', identity }, { stars });
const refusal = { code: 'not-found' };

describe('a call is rated', () => {
  it('by who was in it, once, for the persona and the conversation of then', () => {
    const ann = room.join(admission('ann'), () => {});
    ratings.listener.avatarCame?.(room, { name: 'Ollie', persona: 'ollie' });
    room.join(admission('bob'), () => {});
    room.leave(ann, 'left');
    conversation = 'another';
    rate('ann', 5);
    expect(rated).toEqual([{ stars: 5, identity: 'ann', persona: 'ollie', conversation: 'first' }]);
    expect(() => rate('ann')).toThrow(expect.objectContaining(refusal));
  });

  it('[S1] by nobody else', () => {
    room.join(admission('ann'), () => {});
    expect(() => rate('eve')).toThrow(expect.objectContaining(refusal));
    expect(() => ratings.rate({ room: 'blue', identity: 'ann' }, { stars: 1 })).toThrow(
      expect.objectContaining(refusal),
    );
    expect(rated).toEqual([]);
  });

  it('also where the room has ended under its people, for half an hour', () => {
    room.join(admission('ann'), () => {});
    room.join(admission('bob'), () => {});
    room.close('worker-died');
    conversation = undefined;
    nowMs += 29 * MINUTE_MS;
    rate('ann');
    expect(rated).toMatchObject([{ conversation: 'first' }]);
    nowMs += 2 * MINUTE_MS;
    expect(() => rate('bob')).toThrow(expect.objectContaining(refusal));
  });

  it('again by who was in it again', () => {
    room.join(admission('bob'), () => {});
    for (const stars of [1, 2]) {
      room.leave(
        room.join(admission('ann'), () => {}),
        'left',
      );
      rate('ann', stars);
    }
    expect(rated.map(({ stars }) => stars)).toEqual([1, 2]);
  });
});
