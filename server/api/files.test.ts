import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SentFile } from '../../protocol/files.ts';
import type { Room, Seat } from '../rooms/room.ts';
import { type TestApp, testApp } from '../testing/app.ts';
import { everything, fresh, Talks } from '../testing/talks.ts';

const PNG = Buffer.from('\x89PNG\r\n\x1a\n and so on', 'latin1');
const KB = 1024;

let system: TestApp;
beforeAll(async () => {
  system = await testApp({
    files: { megabytes: 0.1, perPersonMegabytes: 0.15, perRoomMegabytes: 0.2, totalMegabytes: 10 },
    limits: { filesPerMinute: 10_000 },
  });
});
afterAll(() => system.close());

interface Person {
  jwt: string;
  room: Room;
  seat: Seat;
}
async function enter(name: string, room: string, grants: { canPublishData?: boolean } = {}): Promise<Person> {
  const { token: jwt } = await system.tokens.issue({ name, room });
  const admission = { ...(await system.tokens.check(jwt)), ...grants };
  const place = await system.rooms.enter(admission);
  return { jwt, room: place, seat: place.join(admission, () => {}) };
}
const send = (room: string, jwt: string | undefined, body: Buffer, name = 'a.png') =>
  system.app.inject({
    method: 'POST',
    url: `/api/rooms/${room}/files?name=${encodeURIComponent(name)}`,
    headers: { 'content-type': 'image/png', ...(jwt !== undefined && { authorization: `Bearer ${jwt}` }) },
    payload: body,
  });
const read = (room: string, jwt: string, id: string) =>
  system.app.inject({ url: `/api/rooms/${room}/files/${id}`, headers: { authorization: `Bearer ${jwt}` } });
const sent = async (room: string, jwt: string, body = PNG) => (await send(room, jwt, body)).json<SentFile>();

describe('a file', () => {
  it('is shown to the people in the room, and read by them as something to save, not to run', async () => {
    const name = fresh('files');
    const [ann, bob] = [await enter('Ann', name), await enter('Bob', name)];
    const file = await sent(name, ann.jwt);
    expect(file).toMatchObject({ name: 'a.png', type: 'image/png', bytes: PNG.length });
    expect(ann.room.history).toMatchObject([{ text: 'a.png', audience: 'people', file }]);
    const answer = await read(name, bob.jwt, file.id);
    expect(answer.rawPayload).toEqual(PNG);
    expect(answer.headers).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': "attachment; filename*=UTF-8''a.png",
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    });
  });

  it('[S1] is for nobody who is not in the room, or came later', async () => {
    const name = fresh('files');
    const ann = await enter('Ann', name);
    const file = await sent(name, ann.jwt);
    const [late, stranger] = [await enter('Late', name), await enter('Eve', fresh('files'))];
    expect((await read(name, late.jwt, file.id)).statusCode).toBe(404);
    expect((await read(name, stranger.jwt, file.id)).statusCode).toBe(403);
    expect((await read(name, 'none', file.id)).statusCode).toBe(401);
    expect((await send(name, stranger.jwt, PNG)).statusCode).toBe(403);
    expect((await send(name, undefined, PNG)).statusCode).toBe(401);
    const gone = await system.tokens.issue({ name: 'Not there', room: name });
    expect((await send(name, gone.token, PNG)).statusCode).toBe(403);
    const mute = await enter('Mute', name, { canPublishData: false });
    expect((await send(name, mute.jwt, PNG)).statusCode).toBe(403);
  });

  it('is what its bytes say, and not too large', async () => {
    const name = fresh('files');
    const { jwt } = await enter('Ann', name);
    expect((await send(name, jwt, Buffer.from('MZ\x90\0', 'latin1'))).statusCode).toBe(400);
    expect((await send(name, jwt, Buffer.from('<b>Hello'), 'page.html')).json()).toMatchObject({
      name: 'page.html.txt',
      type: 'text/plain',
    });
    expect((await send(name, jwt, Buffer.concat([PNG, Buffer.alloc(110 * KB)]))).statusCode).toBe(413);
  });

  it('[C2] finds no place where a person, or the room, has sent enough', async () => {
    const name = fresh('files');
    const [ann, bob] = [await enter('Ann', name), await enter('Bob', name)];
    const large = Buffer.concat([PNG, Buffer.alloc(90 * KB)]);
    const codes = [];
    for (const { jwt } of [ann, ann, bob, bob]) codes.push((await send(name, jwt, large)).statusCode);
    expect(codes).toEqual([201, 429, 201, 429]);
  });

  it('goes with its entry, and with the room', async () => {
    const name = fresh('files');
    const ann = await enter('Ann', name);
    const [one, two] = [await sent(name, ann.jwt), await sent(name, ann.jwt)];
    const entryOf = (file: SentFile) => ann.room.history.find(({ file: of }) => of?.id === file.id)!.id;
    ann.room.strike(new Set([entryOf(one)]));
    await expect.poll(async () => (await read(name, ann.jwt, one.id)).statusCode).toBe(404);
    expect((await read(name, ann.jwt, two.id)).statusCode).toBe(200);
    ann.room.leave(ann.seat, 'left');
    const again = await enter('Ann', name);
    expect((await read(name, again.jwt, two.id)).statusCode).toBe(404);
    // Its name is kept with what was said, and nothing else of it.
    const kept = await new Talks(system).list(await everything(), `?room=${name}`);
    expect(kept.map(({ excerpt }) => excerpt)).toContain('a.png');
  });
});
