import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Conversation, Erased, MemoryList } from '../../protocol/conversations.ts';
import { type TestApp, testApp } from '../testing/app.ts';
import { admission, entry, FakeHost } from '../testing/fakes.ts';
import { answer, everything, fresh, say, Talks, token } from '../testing/talks.ts';

let system: TestApp;
let talks: Talks;
beforeAll(async () => {
  system = await testApp({ conversations: { idleMinutes: 1 }, limits: { readsPerMinute: 10_000 } });
  await system.conversations!.database.ready();
  talks = new Talks(system);
});
afterAll(() => system.close());

describe('what is remembered of a person', () => {
  const FACTS = [{ key: 'name_sister', value: 'Anna', text: 'Their sister is called Anna.' }];
  const learn = async (person: string, remember = true) => {
    const { place, seat } = await talks.join('Ann', { person, remember });
    system.conversations!.scribe.learned(place, { identity: 'Ann-1', turnId: 't', facts: FACTS });
    place.leave(seat, 'left');
  };
  const memories = async (jwt: string) => MemoryList.parse((await talks.ask(jwt, '/api/memories')).json()).memories;

  it('is theirs to see, correct, take along and erase, and nobody else’s', async () => {
    const person = fresh('p-ann');
    await learn(person);
    const [ann, bob] = [await token({}, person), await token({}, 'p-bob')];
    const [memory] = await memories(ann);
    expect(memory).toMatchObject({ ...FACTS[0], edited: false });
    expect(await memories(bob)).toEqual([]);
    const url = `/api/memories/${memory!.id}`;
    expect((await talks.ask(bob, url, 'PATCH', { value: 'Eve' })).statusCode).toBe(404);
    expect((await talks.ask(ann, url, 'PATCH', { value: '' })).statusCode).toBe(400);
    expect((await talks.ask(ann, url, 'PATCH', { value: 'Hanna' })).json()).toMatchObject({
      value: 'Hanna',
      edited: true,
    });
    const file = await talks.ask(ann, '/api/memories/export');
    expect(file.headers['content-disposition']).toContain('memories.json');
    expect(file.body).toContain('Hanna');
    expect((await talks.ask(bob, url, 'DELETE')).statusCode).toBe(404);
    expect((await talks.ask(ann, url, 'DELETE')).statusCode).toBe(204);
    expect(await memories(ann)).toEqual([]);
  });

  it('is nothing where they did not ask to be remembered', async () => {
    const person = fresh('p-ann');
    await learn(person, false);
    expect(await memories(await token({}, person))).toEqual([]);
  });

  it('is told to the avatar in the next call, with the end of the last one where that is wished', async () => {
    const person = fresh('p-ann');
    await learn(person);
    await talks.talk('Do you know whales?', { person });
    await system.conversations!.settled();
    const host = new FakeHost('host-1');
    system.dispatcher.connected(host);
    system.dispatcher.status(host, host.status);
    const who = admission('Ann-2', { name: 'Ann', person, remember: true, resume: true, room: 'again' });
    const room = await system.rooms.enter(who);
    // However busy the machine is, this is looked up in time.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    room.join(who, () => {});
    const offer = () => host.of('job.offer').find(each => each.room === 'again');
    await expect.poll(offer).toBeDefined();
    vi.useRealTimers();
    expect(offer()).toMatchObject({
      people: [{ identity: 'Ann-2', remember: true, memories: FACTS }],
      earlier: [
        { text: 'Do you know whales?', speaker: 'Ann-2' },
        { text: 'I see.', speaker: 'avatar' },
      ],
      history: [],
    });
    const bob = admission('Bob-1', { name: 'Bob', person: 'p-bob', remember: true, room: 'again' });
    room.join(bob, () => {});
    room.typed(entry('x', { speaker: 'Bob-1' }));
    await expect.poll(() => host.of('job.text')).toHaveLength(1);
    const names = host.sent.map(({ name }) => name).filter(name => name === 'job.joined' || name === 'job.text');
    expect(names).toEqual(['job.joined', 'job.text']);
  });
});

describe('erasing', () => {
  /** Files in which a word occurs, by themselves or in a compressed page of the database. */
  const filesWith = (word: string): string[] => {
    try {
      return execFileSync('grep', ['-rl', '--binary-files=text', word, system.dataDir], { encoding: 'utf8' })
        .trim()
        .split('\n');
    } catch {
      return [];
    }
  };

  it('a person’s things takes them out of every table and every file', async () => {
    const person = fresh('p-erase');
    const portrait = await system.portraits.store.create('Ann', async folder =>
      fs.writeFileSync(path.join(folder, 'preview.webm'), 'quetzalcoatl'),
    );
    system.conversations!.uploaded({ id: portrait.meta.id, person });
    for (let i = 0; i < 3; i++) await talks.talk(`quetzalcoatl ${i} ${'and so on '.repeat(i * 300)}`, { person });
    const { place, seat } = await talks.join('Ann', { person, remember: true });
    system.conversations!.scribe.learned(place, {
      identity: 'Ann-1',
      turnId: 't',
      facts: [{ key: 'pet', value: 'quetzalcoatl', text: 'They have a quetzalcoatl.' }],
    });
    place.leave(seat, 'left');
    await talks.talk('about something else', { room: 'blue-lagoon' });
    expect((await talks.list(await token({}, person), '?query=quetzalcoatl')).length).toBe(3);
    expect(filesWith('quetzalcoatl').length).toBeGreaterThan(1);

    const stranger = await token({}, 'p-bob');
    expect((await talks.ask(stranger, `/api/person?person=${person}`, 'DELETE')).statusCode).toBe(403);
    const response = await talks.ask(await token({}, person), '/api/person', 'DELETE');
    expect(Erased.parse(response.json())).toEqual({ conversations: 4, messages: 6, memories: 1, uploads: 1 });
    expect(filesWith('quetzalcoatl')).toEqual([]);
    expect(filesWith(person)).toEqual([]);
    expect((await talks.list(await everything(), '?room=blue-lagoon')).map(({ excerpt }) => excerpt)).toEqual([
      'about something else',
    ]);
  });

  it('one conversation in mid-call takes out what was said, and what is said after it is not kept', async () => {
    const person = fresh('p-ann');
    const { place } = await talks.join('Ann', { person });
    say(place, 'a', 'chrysanthemum one');
    const own = await token({}, person);
    const [found] = await talks.list(own);
    expect((await talks.ask(own, `/api/conversations/${found!.id}`, 'DELETE')).statusCode).toBe(204);
    say(place, 'b', 'chrysanthemum two');
    await system.conversations!.settled();
    expect(filesWith('chrysanthemum')).toEqual([]);
    expect(await talks.list(own)).toEqual([]);
  });

  it('what is said while one of several takes their part out is not written into what is left', async () => {
    const [person, other, room] = [fresh('p-ann'), fresh('p-bob'), fresh('room')];
    const { place } = await talks.join('Ann', { person, room });
    await talks.join('Bob', { person: other, room });
    say(place, 'a', 'wisteria one');
    say(place, 'b', 'from Bob', { speaker: 'Bob-1', speakerName: 'Bob' });
    const own = await token({}, person);
    const [found] = await talks.list(own);
    const conversations = system.conversations!;
    const settled = vi.spyOn(conversations, 'settled').mockImplementationOnce(async () => {
      await conversations.settled();
      say(place, 'c', 'wisteria two');
      say(place, 'd', 'Bob again', { speaker: 'Bob-1', speakerName: 'Bob' });
    });
    expect((await talks.ask(own, `/api/conversations/${found!.id}`, 'DELETE')).statusCode).toBe(204);
    settled.mockRestore();
    await conversations.settled();
    expect(await talks.list(await everything(), '?query=wisteria')).toEqual([]);
    expect((await talks.list(await token({}, other))).map(({ excerpt }) => excerpt)).toEqual(['Bob again', 'from Bob']);
  });

  it('[S1] a visitor takes their own words with them, and nothing of the guests: not before, nor while, nor after', async () => {
    for (const how of ['conversation', 'person'] as const) {
      const [person, room] = [fresh('p-visitor'), fresh('room')];
      const guest = { speaker: 'Gus-1', speakerName: 'Gus' };
      const { place, removed } = await talks.join('Gus', { room });
      say(place, 'before', 'before the visit', guest);
      answer(place, 'before', 'The answer to that');
      const visit = await talks.join('The', { person, room });
      say(place, 'visit', 'a visitor’s word', { speaker: 'The-1', speakerName: 'The' });
      answer(place, 'visit', 'to the visitor');
      say(place, 'while', 'while the visitor is there', guest);
      answer(place, 'while', 'Welcome to the lighthouse, said the keeper');
      place.leave(visit.seat, 'left');
      say(place, 'after', 'after the visit', guest);
      const own = await token({}, person);
      const [found] = await talks.list(own);
      const url = how === 'person' ? '/api/person' : `/api/conversations/${found!.id}`;
      expect((await talks.ask(own, url, 'DELETE')).statusCode).toBe(how === 'person' ? 200 : 204);
      say(place, 'later', 'and later', guest);
      await system.conversations!.settled();
      const read = await talks.ask(await everything(), `/api/conversations/${found!.id}`);
      expect(Conversation.parse(read.json()).messages.map(({ id }) => id)).toEqual([
        ...['before', 'before:avatar', 'while', 'while:avatar', 'after', 'later'],
      ]);
      expect(removed).toEqual(['visit', 'visit:avatar']);
      expect(place.history.map(({ id }) => id)).toEqual([
        ...['before', 'before:avatar', 'while', 'while:avatar', 'after', 'later'],
      ]);
      expect(await talks.list(own)).toEqual([]);
      place.close('shutting-down');
    }
  });

  it('[S1] leaves the others what waits for them after a fault, and takes only one’s own out of it', async () => {
    const [person, room] = [fresh('p-ann'), fresh('room')];
    const { place } = await talks.join('Gus', { room });
    await talks.join('Ann', { person, room });
    say(place, 'a', 'hers');
    say(place, 'g', 'his', { speaker: 'Gus-1', speakerName: 'Gus' });
    place.close('worker-died');
    const own = await token({}, person);
    const [found] = await talks.list(own);
    expect((await talks.ask(own, `/api/conversations/${found!.id}`, 'DELETE')).statusCode).toBe(204);
    const back = await talks.join('Gus', { room });
    expect(back.place.snapshot(back.seat).log.map(({ id }) => id)).toEqual(['g']);
    expect(system.conversations!.scribe.conversationIn(back.place)).toBe(found!.id);
  });

  it('takes the log of a room that waits for its people, too', async () => {
    const room = fresh('room');
    const { place } = await talks.join('Ann', { room });
    say(place, 'a', 'hollyhock');
    place.close('worker-died');
    const jwt = await token({ roomList: true, roomAdmin: true });
    const [found] = await talks.list(jwt, `?room=${room}`);
    expect((await talks.ask(jwt, `/api/conversations/${found!.id}`, 'DELETE')).statusCode).toBe(204);
    expect((await talks.join('Ann', { room })).place.history).toEqual([]);
  });

  it('is done when the rows are gone: files that cannot be swept now are swept later', async () => {
    const room = fresh('room');
    await talks.talk('snapdragon', { room });
    const jwt = await token({ roomList: true, roomAdmin: true });
    const [found] = await talks.list(jwt, `?room=${room}`);
    const compact = vi.spyOn(system.conversations!.database, 'compact').mockRejectedValueOnce(new Error('busy'));
    expect((await talks.ask(jwt, `/api/conversations/${found!.id}`, 'DELETE')).statusCode).toBe(204);
    compact.mockRestore();
    const journal = path.join(system.dataDir, 'journal');
    expect(
      fs
        .readdirSync(journal)
        .map(name => fs.readFileSync(path.join(journal, name), 'utf8'))
        .join(),
    ).not.toContain('snapdragon');
  });
});
