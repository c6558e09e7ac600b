import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Conversation } from '../../protocol/conversations.ts';
import { type TestApp, testApp } from '../testing/app.ts';
import { everything, fresh, say, Talks, token } from '../testing/talks.ts';

let system: TestApp;
let talks: Talks;
beforeAll(async () => {
  system = await testApp({ limits: { ratingsPerMinute: 8, readsPerMinute: 10_000 } });
  await system.conversations!.database.ready();
  talks = new Talks(system);
});
afterAll(() => system.close());

/** Somebody has an open room's token, and has been in that room. */
async function left(person?: string) {
  const { token: jwt } = await system.tokens.issue({ name: 'Ann', room: fresh('rated') });
  const admission = await system.tokens.check(jwt);
  const room = await system.rooms.enter({ ...admission, ...(person !== undefined && { person }) });
  const seat = room.join({ ...admission, ...(person !== undefined && { person }) }, () => {});
  say(room, fresh('a'), 'Hello', { speaker: admission.identity });
  room.leave(seat, 'left');
  return { jwt, room: room.name };
}
const rate = (room: string, jwt: string | undefined, payload: object) =>
  system.app.inject({
    method: 'POST',
    url: `/api/rooms/${room}/rating`,
    payload,
    ...(jwt !== undefined && { headers: { authorization: `Bearer ${jwt}` } }),
  });

describe('what somebody thinks of a call', () => {
  it('is taken once, counted, and kept for themselves and for who reads everything', async () => {
    const person = fresh('person');
    const { jwt, room } = await left(person);
    expect((await rate(room, jwt, { stars: 2, line: ' It spoke\u202e too long. ' })).statusCode).toBe(204);
    expect((await rate(room.toUpperCase(), jwt, { stars: 5 })).statusCode).toBe(404);
    const figures = (await system.app.inject('/metrics')).body;
    expect(figures).toContain('visavis_ratings_total{persona="none",stars="2"} 1');
    for (const reader of [await token({}, person), await everything()]) {
      const [{ id } = { id: '' }] = await talks.list(reader, `?room=${room}`);
      const read = Conversation.parse((await talks.ask(reader, `/api/conversations/${id}`)).json());
      expect(read.ratings).toMatchObject([{ stars: 2, line: 'It spoke too long.' }]);
    }
  });

  it('[S1] is nobody else’s to say, and is what it should be', async () => {
    const { jwt, room } = await left();
    const other = await left();
    expect((await rate(room, undefined, { stars: 1 })).statusCode).toBe(401);
    expect((await rate(room, other.jwt, { stars: 1 })).statusCode).toBe(403);
    for (const wrong of [{}, { stars: 6 }, { stars: 1.5 }, { stars: 1, line: 'x'.repeat(301) }])
      expect((await rate(room, jwt, wrong)).statusCode).toBe(400);
    // That were eight of this minute.
    expect((await rate(room, jwt, { stars: 1 })).statusCode).toBe(429);
  });
});
