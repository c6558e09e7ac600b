/** Who says what in rooms, and who reads it afterwards, for tests of the API. */
import { AccessToken, type VideoGrant } from 'livekit-server-sdk';
import { ConversationList } from '../../protocol/conversations.ts';
import { DEFAULT_CONSENT } from '../../protocol/feelings.ts';
import type { Room } from '../rooms/room.ts';
import { KEYS, type TestApp } from './app.ts';
import { admission, entry } from './fakes.ts';

let count = 0;
/** Each test has its people and rooms for itself. */
export const fresh = (name: string) => `${name}-${++count}`;

/** Of somebody who reads, and whose own things are this person's. */
export const token = async (grant: VideoGrant, person?: string) => {
  const jwt = new AccessToken(KEYS.apiKey, KEYS.apiSecret, {
    identity: 'reader',
    ttl: '1h',
    ...(person !== undefined && { attributes: { person } }),
  });
  jwt.addGrant(grant);
  return jwt.toJwt();
};
/** Of somebody who may read everything. */
export const everything = () => token({ roomList: true });

/** Something is said in a room. */
export const say = (room: Room, id: string, text: string, over = {}) =>
  room.logged(entry(id, { text, speaker: 'Ann-1', speakerName: 'Ann', atMs: Date.now(), ...over }));
/** Ollie answers what was said in this turn. */
export const answer = (room: Room, turnId: string, text: string, over = {}) =>
  say(room, `${turnId}:avatar`, text, {
    turnId,
    role: 'avatar',
    speaker: 'avatar',
    speakerName: 'Ollie',
    source: 'voice',
    ...over,
  });

/** Calls that are held in a server, and what it tells of them. */
export class Talks {
  readonly #system: TestApp;

  constructor(system: TestApp) {
    this.#system = system;
  }

  ask = (jwt: string | undefined, url: string, method: 'GET' | 'DELETE' | 'PATCH' = 'GET', body?: object) =>
    this.#system.app.inject({
      method,
      url,
      ...(jwt !== undefined && { headers: { authorization: `Bearer ${jwt}` } }),
      ...(body !== undefined && { payload: body }),
    });

  list = async (jwt: string, query = '') =>
    ConversationList.parse((await this.ask(jwt, `/api/conversations${query}`)).json()).conversations;

  /** Somebody is in a room with Ollie. */
  join = async (
    name: string,
    {
      room = fresh('room'),
      person = undefined as string | undefined,
      remember = false,
      canSubscribe = true,
      consent = DEFAULT_CONSENT,
    } = {},
  ) => {
    const known = person !== undefined && { person };
    const who = admission(`${name}-1`, { name, room, remember, canSubscribe, ...known });
    const place = await this.#system.rooms.enter(who);
    /** Ids of entries that their page has lost. */
    const removed: string[] = [];
    const seat = place.join(
      who,
      (notice, payload) => {
        if (notice === 'log.removed') removed.push((payload as { entryId: string }).entryId);
      },
      consent,
    );
    return { place, seat, removed };
  };

  /** Ann says one thing, is answered, and leaves. */
  talk = async (words: string, who: Parameters<Talks['join']>[1] = {}) => {
    const { place, seat } = await this.join('Ann', who);
    say(place, 'a', words);
    answer(place, 'a', 'I see.');
    place.leave(seat, 'left');
  };
}
