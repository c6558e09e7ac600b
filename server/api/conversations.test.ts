import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { AccessToken, type VideoGrant } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Conversation, ConversationList, Erased, MemoryList } from '../../protocol/conversations.ts';
import { personOf } from '../auth/tokens.ts';
import type { Room } from '../rooms/room.ts';
import { KEYS, type TestApp, testApp } from '../testing/app.ts';
import { admission, entry, FakeHost } from '../testing/fakes.ts';

let system: TestApp;
beforeAll(async () => {
  system = await testApp({ conversations: { idleMinutes: 1 }, limits: { readsPerMinute: 10_000 } });
  await system.conversations!.database.ready();
}, 60_000);
afterAll(() => system.close());

/** Each test has its people and rooms for itself. */
let count = 0;
const fresh = (name: string) => `${name}-${++count}`;

const token = async (grant: VideoGrant, person?: string) => {
  const jwt = new AccessToken(KEYS.apiKey, KEYS.apiSecret, {
    identity: 'reader',
    ttl: '1h',
    ...(person !== undefined && { attributes: { person } }),
  });
  jwt.addGrant(grant);
  return jwt.toJwt();
};
const everything = () => token({ roomList: true });
const ask = async (jwt: string | undefined, url: string, method: 'GET' | 'DELETE' | 'PATCH' = 'GET', body?: object) =>
  system.app.inject({
    method,
    url,
    ...(jwt !== undefined && { headers: { authorization: `Bearer ${jwt}` } }),
    ...(body !== undefined && { payload: body }),
  });
const list = async (jwt: string, query = '') =>
  ConversationList.parse((await ask(jwt, `/api/conversations${query}`)).json()).conversations;

/** Somebody is in a room with Ollie. */
const join = async (
  name: string,
  { room = fresh('room'), person = undefined as string | undefined, remember = false } = {},
) => {
  const who = admission(`${name}-1`, { name, room, remember, ...(person !== undefined && { person }) });
  const place = await system.rooms.enter(who);
  return { place, seat: place.join(who, () => {}) };
};
const say = (room: Room, id: string, text: string, over = {}) =>
  room.logged(entry(id, { text, speaker: 'Ann-1', speakerName: 'Ann', atMs: Date.now(), ...over }));
const answer = (room: Room, turnId: string, text: string, over = {}) =>
  say(room, `${turnId}:avatar`, text, {
    turnId,
    role: 'avatar',
    speaker: 'avatar',
    speakerName: 'Ollie',
    source: 'voice',
    ...over,
  });
const talk = async (words: string, who: Parameters<typeof join>[1] = {}) => {
  const { place, seat } = await join('Ann', who);
  say(place, 'a', words);
  answer(place, 'a', 'I see.');
  place.leave(seat, 'left');
};

describe('[S1] turns explained', () => {
  const TRACE = {
    ...{ turnId: 'a', outcome: 'completed' as const, source: 'text' as const, sounded: true, voiceToVoiceMs: 300 },
    ...{ atMs: 1, cached: false, resumed: false, spans: [{ name: 'tts' as const, startMs: 100, durationMs: 50 }] },
  };
  const STAGES = { endpointingMs: 0, asrMs: 0, dialogueMs: 100, ttsMs: 150, playoutMs: 50 };

  it('are for those who may read what was said in them', async () => {
    const person = fresh('person');
    const { place, seat } = await join('Ann', { person });
    say(place, 'a', 'Hello');
    answer(place, 'a', 'I see.');
    place.timed({ ...TRACE, stages: STAGES }, TRACE);
    place.leave(seat, 'left');
    const theirs = await token({}, person);
    const [{ id } = { id: '' }] = await list(theirs);
    const url = `/api/conversations/${id}/turns`;
    for (const jwt of [theirs, await everything()]) {
      expect((await ask(jwt, url)).json()).toEqual({ turns: [TRACE] });
      expect((await ask(jwt, `${url}/a/trace`)).json()).toEqual(TRACE);
      expect((await ask(jwt, `${url}/b/trace`)).statusCode).toBe(404);
    }
    const strangers = await token({}, fresh('person'));
    for (const one of [url, `${url}/a/trace`]) expect((await ask(strangers, one)).statusCode).toBe(404);
    expect((await ask(undefined, url)).statusCode).toBe(401);
    expect((await ask(theirs, '/api/conversations/none/turns')).statusCode).toBe(404);
  });
});

describe('[S1] who may read what was said', () => {
  it.each([
    ['without a token', async () => undefined, 401],
    ['with something that is no token', async () => 'hello', 401],
    ['with a token that only joins', () => token({ roomJoin: true, room: 'red' }), 403],
    ['with a grant that is not plainly true', () => token({ roomList: 'yes' as never }), 403],
  ])('%s nobody does', async (_, jwt, status) => {
    for (const url of ['/api/conversations', '/api/memories', '/api/conversations/x/export'])
      expect((await ask(await jwt(), url)).statusCode).toBe(status);
  });

  it('those with roomList read everything, and delete only with roomAdmin, for their room', async () => {
    const room = fresh('room');
    await talk('about the sea', { room });
    const [found] = await list(await everything(), `?room=${room}`);
    const url = `/api/conversations/${found!.id}`;
    expect((await ask(await everything(), url, 'DELETE')).statusCode).toBe(403);
    const elsewhere = await token({ roomList: true, roomAdmin: true, room: 'blue' });
    expect((await ask(elsewhere, url, 'DELETE')).statusCode).toBe(403);
    const here = await token({ roomList: true, roomAdmin: true, room });
    expect((await ask(here, url, 'DELETE')).statusCode).toBe(204);
    expect((await ask(here, url)).statusCode).toBe(404);
  });

  it('a person reads their own, and nobody else’s', async () => {
    const [ann, bob] = [fresh('p-ann'), fresh('p-bob')];
    await talk('mine', { person: ann });
    await talk('not mine', { person: bob });
    const own = await token({}, ann);
    const conversations = await list(own);
    expect(conversations.map(({ excerpt }) => excerpt)).toEqual(['mine']);
    const [other] = await list(await everything(), `?person=${bob}`);
    for (const method of ['GET', 'DELETE'] as const)
      expect((await ask(own, `/api/conversations/${other!.id}`, method)).statusCode).toBe(404);
    expect((await list(own, '?query=not')).length).toBe(0);
  });

  it('this browser’s key gives a token for its own things, and for nothing else', async () => {
    const personKey = 'a-secret-made-by-the-browser-0123';
    await talk('mine', { person: personOf(personKey) });
    const response = await system.app.inject({ method: 'POST', url: '/api/person/token', payload: { personKey } });
    const { token: jwt } = response.json() as { token: string };
    expect((await list(jwt)).length).toBe(1);
    await expect(system.tokens.check(jwt)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('what no database can look for is a bad request, not a fault of the database', async () => {
    const jwt = await token({ roomList: true, roomAdmin: true });
    for (const [method, url] of [
      ['GET', '/api/conversations?person=a%00b'],
      ['DELETE', '/api/person?person=a%00b'],
    ] as const) {
      const response = await ask(jwt, url, method);
      expect([url, response.statusCode, response.json().error.code]).toEqual([url, 400, 'bad-request']);
    }
  });

  it('where nothing is kept, there is nothing to read', async () => {
    const off = await testApp({ conversations: { enabled: false } });
    const headers = { authorization: `Bearer ${await everything()}` };
    expect((await off.app.inject({ url: '/api/conversations', headers })).statusCode).toBe(404);
    expect((await off.app.inject('/health')).json()).toMatchObject({ storage: 'off' });
    await off.close();
  });
});

describe('a conversation', () => {
  it('is there as it is said, grows, loses what was taken back, and ends when the last has left', async () => {
    const { place, seat } = await join('Ann');
    say(place, 'a', 'Tell me');
    answer(place, 'a', 'Once', { final: false });
    say(place, 'cough', 'Hm');
    place.unlogged('cough');
    place.timed({
      turnId: 'a',
      outcome: 'completed',
      source: 'voice',
      sounded: true,
      voiceToVoiceMs: 470,
      stages: { endpointingMs: 200, asrMs: 50, dialogueMs: 100, ttsMs: 100, playoutMs: 20 },
    });
    const jwt = await everything();
    const [found] = await list(jwt, `?room=${place.name}`);
    const read = async () => Conversation.parse((await ask(jwt, `/api/conversations/${found!.id}`)).json());
    expect(await read()).toMatchObject({
      endedAt: null,
      messages: [{ text: 'Tell me' }, { text: 'Once', final: false, timing: { voiceToVoiceMs: 470 } }],
    });
    answer(place, 'a', 'Once upon a time', { interrupted: true });
    place.leave(seat, 'left');
    expect(await read()).toMatchObject({
      ending: 'left',
      participants: [{ name: 'Ann', leftAt: expect.any(String) }],
      messages: [{}, { text: 'Once upon a time', final: true, interrupted: true }],
    });
  });

  it('is exported as JSON, Markdown and WebVTT, whatever its words look like', async () => {
    const { place, seat } = await join('Ann');
    const atMs = Date.now();
    say(place, 'a', 'Is 1 < 2 & *so* on?\n\n00:00:01.000 --> 00:00:02.000', { source: 'voice', atMs });
    answer(place, 'a', '<script>', { atMs: atMs + 2500, speakerName: 'Ol>lie' });
    place.leave(seat, 'left');
    const jwt = await everything();
    const [found] = await list(jwt, `?room=${place.name}`);
    const file = (format: string) => ask(jwt, `/api/conversations/${found!.id}/export?format=${format}`);

    const json = await file('json');
    expect(json.headers['content-disposition']).toMatch(/attachment; filename="conversation-[\d-]+-[0-9a-f]{8}\.json"/);
    expect(Conversation.parse(json.json()).messages).toHaveLength(2);

    const markdown = (await file('markdown')).body;
    expect(markdown).toContain('Is 1 \\< 2 \\& \\*so\\* on?');
    expect(markdown).toContain('\\<script\\>');

    const webvtt = await file('webvtt');
    expect(webvtt.headers['content-type']).toBe('text/vtt; charset=utf-8');
    const cues = webvtt.body.split('\n\n').slice(2);
    expect(webvtt.body.startsWith('WEBVTT\n\n')).toBe(true);
    expect(cues).toHaveLength(2);
    expect(cues[0]).toMatch(
      /^1\n00:00:00\.\d{3} --> 00:00:00\.\d{3}\n<v Ann>Is 1 &lt; 2 &amp; \*so\* on\? 00:00:01\.000 --&gt;/,
    );
    expect(cues[1]).toMatch(/^2\n00:00:02\.\d{3} --> 00:00:03\.\d{3}\n<v Ol&gt;lie>&lt;script&gt;<\/v>/);
    expect((await file('docx')).statusCode).toBe(400);
  });

  it('is over after an hour of silence; what is said then begins another', async () => {
    const { place } = await join('Ann');
    say(place, 'a', 'before');
    const { recorder } = system.conversations!;
    recorder.endIdle();
    const startMs = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => startMs + 61_000);
    recorder.endIdle();
    say(place, 'b', 'after');
    clock.mockRestore();
    const [second, first] = await list(await everything(), `?room=${place.name}`);
    expect(first).toMatchObject({ ending: 'idle', messageCount: 1, excerpt: 'before' });
    expect(second).toMatchObject({ endedAt: null, excerpt: 'after', participants: [{ name: 'Ann' }] });
  });
});

describe('what is remembered of a person', () => {
  const FACTS = [{ key: 'name_sister', value: 'Anna', text: 'Their sister is called Anna.' }];
  const learn = async (person: string, remember = true) => {
    const { place, seat } = await join('Ann', { person, remember });
    system.conversations!.recorder.learned(place, { identity: 'Ann-1', turnId: 't', facts: FACTS });
    place.leave(seat, 'left');
  };
  const memories = async (jwt: string) => MemoryList.parse((await ask(jwt, '/api/memories')).json()).memories;

  it('is theirs to see, correct, take along and erase, and nobody else’s', async () => {
    const person = fresh('p-ann');
    await learn(person);
    const [ann, bob] = [await token({}, person), await token({}, 'p-bob')];
    const [memory] = await memories(ann);
    expect(memory).toMatchObject({ ...FACTS[0], edited: false });
    expect(await memories(bob)).toEqual([]);
    const url = `/api/memories/${memory!.id}`;
    expect((await ask(bob, url, 'PATCH', { value: 'Eve' })).statusCode).toBe(404);
    expect((await ask(ann, url, 'PATCH', { value: '' })).statusCode).toBe(400);
    expect((await ask(ann, url, 'PATCH', { value: 'Hanna' })).json()).toMatchObject({ value: 'Hanna', edited: true });
    const file = await ask(ann, '/api/memories/export');
    expect(file.headers['content-disposition']).toContain('memories.json');
    expect(file.body).toContain('Hanna');
    expect((await ask(bob, url, 'DELETE')).statusCode).toBe(404);
    expect((await ask(ann, url, 'DELETE')).statusCode).toBe(204);
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
    await talk('Do you know whales?', { person });
    await system.conversations!.settled();
    const host = new FakeHost('host-1');
    system.dispatcher.connected(host);
    system.dispatcher.status(host, host.status);
    const who = admission('Ann-2', { name: 'Ann', person, remember: true, resume: true, room: 'again' });
    const room = await system.rooms.enter(who);
    room.join(who, () => {});
    const offer = () => host.of('job.offer').find(each => each.room === 'again');
    await expect.poll(offer).toBeDefined();
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
    for (let i = 0; i < 3; i++) await talk(`quetzalcoatl ${i} ${'and so on '.repeat(i * 300)}`, { person });
    const { place, seat } = await join('Ann', { person, remember: true });
    system.conversations!.recorder.learned(place, {
      identity: 'Ann-1',
      turnId: 't',
      facts: [{ key: 'pet', value: 'quetzalcoatl', text: 'They have a quetzalcoatl.' }],
    });
    place.leave(seat, 'left');
    await talk('about something else', { room: 'blue-lagoon' });
    expect((await list(await token({}, person), '?query=quetzalcoatl')).length).toBe(3);
    expect(filesWith('quetzalcoatl').length).toBeGreaterThan(1);

    const stranger = await token({}, 'p-bob');
    expect((await ask(stranger, `/api/person?person=${person}`, 'DELETE')).statusCode).toBe(403);
    const response = await ask(await token({}, person), '/api/person', 'DELETE');
    expect(Erased.parse(response.json())).toEqual({ conversations: 4, messages: 6, memories: 1, uploads: 1 });
    expect(filesWith('quetzalcoatl')).toEqual([]);
    expect(filesWith(person)).toEqual([]);
    expect((await list(await everything(), '?room=blue-lagoon')).map(({ excerpt }) => excerpt)).toEqual([
      'about something else',
    ]);
  });

  it('one conversation in mid-call takes out what was said, and what is said after it is not kept', async () => {
    const person = fresh('p-ann');
    const { place } = await join('Ann', { person });
    say(place, 'a', 'chrysanthemum one');
    const own = await token({}, person);
    const [found] = await list(own);
    expect((await ask(own, `/api/conversations/${found!.id}`, 'DELETE')).statusCode).toBe(204);
    say(place, 'b', 'chrysanthemum two');
    await system.conversations!.settled();
    expect(filesWith('chrysanthemum')).toEqual([]);
    expect(await list(own)).toEqual([]);
  });

  it('what is said while one of several takes their part out is not written into what is left', async () => {
    const [person, other, room] = [fresh('p-ann'), fresh('p-bob'), fresh('room')];
    const { place } = await join('Ann', { person, room });
    await join('Bob', { person: other, room });
    say(place, 'a', 'wisteria one');
    say(place, 'b', 'from Bob', { speaker: 'Bob-1', speakerName: 'Bob' });
    const own = await token({}, person);
    const [found] = await list(own);
    const conversations = system.conversations!;
    const settled = vi.spyOn(conversations, 'settled').mockImplementationOnce(async () => {
      await conversations.settled();
      say(place, 'c', 'wisteria two');
      say(place, 'd', 'Bob again', { speaker: 'Bob-1', speakerName: 'Bob' });
    });
    expect((await ask(own, `/api/conversations/${found!.id}`, 'DELETE')).statusCode).toBe(204);
    settled.mockRestore();
    await conversations.settled();
    expect(await list(await everything(), '?query=wisteria')).toEqual([]);
    expect((await list(await token({}, other))).map(({ excerpt }) => excerpt)).toEqual(['Bob again', 'from Bob']);
  });

  it('takes the log of a room that waits for its people, too', async () => {
    const room = fresh('room');
    const { place } = await join('Ann', { room });
    say(place, 'a', 'hollyhock');
    place.close('worker-died');
    const jwt = await token({ roomList: true, roomAdmin: true });
    const [found] = await list(jwt, `?room=${room}`);
    expect((await ask(jwt, `/api/conversations/${found!.id}`, 'DELETE')).statusCode).toBe(204);
    expect((await join('Ann', { room })).place.history).toEqual([]);
  });

  it('is done when the rows are gone: files that cannot be swept now are swept later', async () => {
    const room = fresh('room');
    await talk('snapdragon', { room });
    const jwt = await token({ roomList: true, roomAdmin: true });
    const [found] = await list(jwt, `?room=${room}`);
    const compact = vi.spyOn(system.conversations!.database, 'compact').mockRejectedValueOnce(new Error('busy'));
    expect((await ask(jwt, `/api/conversations/${found!.id}`, 'DELETE')).statusCode).toBe(204);
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
