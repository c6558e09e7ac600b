import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Conversation } from '../../protocol/conversations.ts';
import { personOf } from '../auth/tokens.ts';
import { type TestApp, testApp } from '../testing/app.ts';
import { answer, everything, fresh, say, Talks, token } from '../testing/talks.ts';

let system: TestApp;
let talks: Talks;
beforeAll(async () => {
  system = await testApp({ conversations: { idleMinutes: 1 }, limits: { readsPerMinute: 10_000 } });
  await system.conversations!.database.ready();
  talks = new Talks(system);
});
afterAll(() => system.close());

describe('[S1] turns explained', () => {
  const TRACE = {
    ...{ turnId: 'a', outcome: 'completed' as const, source: 'text' as const, sounded: true, voiceToVoiceMs: 300 },
    ...{ atMs: 1, cached: false, resumed: false, spans: [{ name: 'tts' as const, startMs: 100, durationMs: 50 }] },
  };
  const STAGES = { endpointingMs: 0, asrMs: 0, dialogueMs: 100, ttsMs: 150, playoutMs: 50 };

  it('are for those who may read what was said in them', async () => {
    const person = fresh('person');
    const { place, seat } = await talks.join('Ann', { person });
    say(place, 'a', 'Hello');
    answer(place, 'a', 'I see.');
    place.timed({ ...TRACE, stages: STAGES }, TRACE);
    place.leave(seat, 'left');
    const theirs = await token({}, person);
    const [{ id } = { id: '' }] = await talks.list(theirs);
    const url = `/api/conversations/${id}/turns`;
    for (const jwt of [theirs, await everything()]) {
      expect((await talks.ask(jwt, url)).json()).toEqual({ turns: [TRACE] });
      expect((await talks.ask(jwt, `${url}/a/trace`)).json()).toEqual(TRACE);
      expect((await talks.ask(jwt, `${url}/b/trace`)).statusCode).toBe(404);
    }
    const strangers = await token({}, fresh('person'));
    for (const one of [url, `${url}/a/trace`]) expect((await talks.ask(strangers, one)).statusCode).toBe(404);
    expect((await talks.ask(undefined, url)).statusCode).toBe(401);
    expect((await talks.ask(theirs, '/api/conversations/none/turns')).statusCode).toBe(404);
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
      expect((await talks.ask(await jwt(), url)).statusCode).toBe(status);
  });

  it('those with roomList read everything, and delete only with roomAdmin, for their room', async () => {
    const room = fresh('room');
    await talks.talk('about the sea', { room });
    const [found] = await talks.list(await everything(), `?room=${room}`);
    const url = `/api/conversations/${found!.id}`;
    expect((await talks.ask(await everything(), url, 'DELETE')).statusCode).toBe(403);
    const elsewhere = await token({ roomList: true, roomAdmin: true, room: 'blue' });
    expect((await talks.ask(elsewhere, url, 'DELETE')).statusCode).toBe(403);
    const here = await token({ roomList: true, roomAdmin: true, room });
    expect((await talks.ask(here, url, 'DELETE')).statusCode).toBe(204);
    expect((await talks.ask(here, url)).statusCode).toBe(404);
  });

  it('a person reads their own, and nobody else’s', async () => {
    const [ann, bob] = [fresh('p-ann'), fresh('p-bob')];
    await talks.talk('mine', { person: ann });
    await talks.talk('not mine', { person: bob });
    const own = await token({}, ann);
    const conversations = await talks.list(own);
    expect(conversations.map(({ excerpt }) => excerpt)).toEqual(['mine']);
    const [other] = await talks.list(await everything(), `?person=${bob}`);
    for (const method of ['GET', 'DELETE'] as const)
      expect((await talks.ask(own, `/api/conversations/${other!.id}`, method)).statusCode).toBe(404);
    expect((await talks.list(own, '?query=not')).length).toBe(0);
  });

  it('this browser’s key gives a token for its own things, and for nothing else', async () => {
    const personKey = 'a-secret-made-by-the-browser-0123';
    await talks.talk('mine', { person: personOf(personKey) });
    const response = await system.app.inject({ method: 'POST', url: '/api/person/token', payload: { personKey } });
    const { token: jwt } = response.json() as { token: string };
    expect((await talks.list(jwt)).length).toBe(1);
    await expect(system.tokens.check(jwt)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('what no database can look for is a bad request, not a fault of the database', async () => {
    const jwt = await token({ roomList: true, roomAdmin: true });
    for (const [method, url] of [
      ['GET', '/api/conversations?person=a%00b'],
      ['DELETE', '/api/person?person=a%00b'],
    ] as const) {
      const response = await talks.ask(jwt, url, method);
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

describe('[S1] how somebody felt', () => {
  const feeling = { label: 'sad', valence: -0.5, arousal: 0.2, confidence: 0.9, sources: ['words'] };
  const consent = { feelings: true, sight: false, recording: false };

  it('is read and exported by themselves and by who runs it all, by nobody else', async () => {
    const [ann, bob, room] = [fresh('p-ann'), fresh('p-bob'), fresh('room')];
    const { place } = await talks.join('Ann', { person: ann, room, consent });
    await talks.join('Bob', { person: bob, room });
    say(place, 'a', 'It was a long day', { feeling });
    const [{ id } = { id: '' }] = await talks.list(await everything(), `?room=${room}`);
    const felt = async (jwt: string) => {
      const read = Conversation.parse((await talks.ask(jwt, `/api/conversations/${id}`)).json());
      for (const format of ['json', 'markdown', 'webvtt']) {
        const file = await talks.ask(jwt, `/api/conversations/${id}/export?format=${format}`);
        if (format !== 'webvtt') expect(file.body.includes('sad')).toBe(read.messages[0]!.feeling !== null);
      }
      return read.messages[0]!.feeling;
    };
    expect(await felt(await token({}, ann))).toEqual(feeling);
    expect(await felt(await token({ roomList: true, roomAdmin: true }))).toEqual(feeling);
    for (const jwt of [
      await token({}, bob),
      await everything(),
      await token({ roomList: true }, bob),
      await token({ roomList: true, roomAdmin: true, room }),
    ])
      expect(await felt(jwt)).toBeNull();
    expect(await felt(await token({ roomList: true }, ann))).toEqual(feeling);
  });
});

describe('[S1] somebody who came later', () => {
  it('reads neither what was said before nor who had left by then', async () => {
    const [late, room] = [fresh('p-late'), fresh('room')];
    const { place } = await talks.join('Ann', { room });
    const gone = await talks.join('Gone', { room });
    say(place, 'a', 'before');
    place.leave(gone.seat, 'left');
    await new Promise(resolve => setTimeout(resolve, 5));
    await talks.join('Late', { person: late, room });
    say(place, 'b', 'after');
    const [found] = await talks.list(await token({}, late));
    expect(found).toMatchObject({ messageCount: 1, participants: [{ name: 'Ann' }, { name: 'Late', you: true }] });
    const [all] = await talks.list(await everything(), `?room=${room}`);
    expect(all?.participants).toHaveLength(3);
  });
});

describe('[S1] who may not subscribe', () => {
  it('reads afterwards what they said themselves, and nothing else', async () => {
    const [mute, room] = [fresh('p-mute'), fresh('room')];
    const { place } = await talks.join('Ann', { room });
    const { seat } = await talks.join('Mute', { person: mute, room, canSubscribe: false });
    say(place, 'a', 'from Ann');
    answer(place, 'a', 'I see.');
    say(place, 'm', 'from Mute', { speaker: 'Mute-1', speakerName: 'Mute' });
    place.leave(seat, 'left');
    const own = await token({}, mute);
    const [found] = await talks.list(own);
    expect(found).toMatchObject({ messageCount: 1, excerpt: 'from Mute' });
    const read = await talks.ask(own, `/api/conversations/${found!.id}`);
    expect(Conversation.parse(read.json()).messages.map(({ text }) => text)).toEqual(['from Mute']);
    expect(await talks.list(own, '?query=Mute')).toHaveLength(1);
    expect(await talks.list(own, '?query=see')).toEqual([]);
  });
});

describe('a conversation', () => {
  it('is there as it is said, grows, loses what was taken back, and ends when the last has left', async () => {
    const { place, seat } = await talks.join('Ann');
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
    const [found] = await talks.list(jwt, `?room=${place.name}`);
    const read = async () => Conversation.parse((await talks.ask(jwt, `/api/conversations/${found!.id}`)).json());
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
    const { place, seat } = await talks.join('Ann');
    const atMs = Date.now();
    say(place, 'a', 'Is 1 < 2 & *so* on?\n\n00:00:01.000 --> 00:00:02.000', { source: 'voice', atMs });
    answer(place, 'a', '<script>', { atMs: atMs + 2500, speakerName: 'Ol>lie' });
    place.leave(seat, 'left');
    const jwt = await everything();
    const [found] = await talks.list(jwt, `?room=${place.name}`);
    const file = (format: string) => talks.ask(jwt, `/api/conversations/${found!.id}/export?format=${format}`);

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
    const { place } = await talks.join('Ann');
    say(place, 'a', 'before');
    const { scribe } = system.conversations!;
    scribe.endIdle();
    const startMs = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => startMs + 61_000);
    scribe.endIdle();
    say(place, 'b', 'after');
    clock.mockRestore();
    const [second, first] = await talks.list(await everything(), `?room=${place.name}`);
    expect(first).toMatchObject({ ending: 'idle', messageCount: 1, excerpt: 'before' });
    expect(second).toMatchObject({ endedAt: null, excerpt: 'after', participants: [{ name: 'Ann' }] });
  });
});
