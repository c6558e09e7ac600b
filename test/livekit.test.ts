import { AccessToken } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AgentWorker, type LiveKitKeys } from '../livekit/worker.ts';
import type { ConversationList } from '../protocol/conversations.ts';
import { TestEars } from './harness/ears.ts';
import { AVATAR, HAS_LIVEKIT, LiveKitPerson, LiveKitServer } from './harness/livekit.ts';
import { wordErrors } from './harness/stats.ts';
import { type System, startSystem, until } from './harness/system.ts';
import { TestVoice } from './harness/voice.ts';

const QUESTION = 'Do you like to swim in the sea?';
const LONG_QUESTION = 'Please tell me a long story about the sea.';

describe.skipIf(!HAS_LIVEKIT)('the avatar in rooms of a real LiveKit server (skipped where there is none)', () => {
  let server: LiveKitServer;
  let early: LiveKitPerson;
  let system: System;
  let voice: TestVoice;
  let ears: TestEars;
  const people = new Set<LiveKitPerson>();

  beforeAll(async () => {
    [voice, ears] = [new TestVoice(), new TestEars()];
    server = await LiveKitServer.start();
    // Nobody is there to take it.
    early = await LiveKitPerson.join(server, 'early', 'Early');
    await server.dispatch('early');
    const { url, apiKey, apiSecret } = server;
    system = await startSystem({ livekit: { url, apiKey, apiSecret } });
    await Promise.all([system.ready(), ears.ready()]);
  });
  afterEach(async () => {
    for (const person of people) await person.leave();
    people.clear();
  });
  afterAll(async () => {
    await system?.close();
    await Promise.all([server?.close(), voice?.close(), ears?.close()]);
  });

  const join = async (...[room, identity, options]: [string, string, { sees?: boolean }?]): Promise<LiveKitPerson> => {
    const person = await LiveKitPerson.join(server, room, identity, options);
    people.add(person);
    return person;
  };
  const metric = async (name: string) => {
    const text = await (await fetch(`${system.url}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
  };
  /** Greeted, and quiet again. */
  const greeted = async (person: LiveKitPerson) => {
    await until('the greeting', () => person.said(AVATAR).some(({ final }) => final));
    await until('quiet', () => person.isQuiet);
  };

  it('finds a room that nobody took when it was offered', async () => {
    await greeted(early);
    expect(early.said(AVATAR)[0]?.text).toContain('Early');
    await early.leave();
  });

  it('comes when it is asked for, greets by voice, face and caption, and says what it does', async () => {
    const ann = await join('sea', 'Ann', { sees: true });
    await server.dispatch('sea');
    await greeted(ann);
    const [greeting] = ann.said(AVATAR);
    expect(greeting?.text).toContain('Ann');
    const heard = await ears.transcribe(ann.heardSince(0));
    const { errors, words } = wordErrors(greeting!.text, heard);
    expect(errors / words).toBeLessThan(0.35);
    expect(ann.pictures.length).toBeGreaterThan(10);
    expect(ann.pictures.at(-1)).toMatchObject({ width: 512, height: 512 });
    expect(ann.states).toContain('speaking');
    expect(ann.states.at(-1)).toBe('listening');
    expect(ann.spoke).toContain(AVATAR);
    expect([...ann.room.remoteParticipants.values()].find(({ identity }) => identity === AVATAR)?.name).toBe('Ollie');
  });

  it('hears a question, shows its words as the person’s own, and answers what the captions say', async () => {
    const bob = await join('questions', 'Bob');
    await server.dispatch('questions');
    await greeted(bob);
    const endMs = await bob.say(await voice.say(QUESTION));
    await until('an answer that can be heard', () => bob.onsetMs(endMs - 200) !== undefined);
    await until('the end of it', () => bob.isQuiet && bob.said(AVATAR).at(-1)?.final === true);
    const asked = bob.said('Bob').at(-1);
    expect(asked?.final).toBe(true);
    expect(wordErrors(QUESTION, asked?.text ?? '').errors).toBeLessThanOrEqual(1);
    const answer = bob
      .said(AVATAR)
      .slice(1)
      .map(({ text }) => text)
      .join(' ');
    const { errors, words } = wordErrors(answer, await ears.transcribe(bob.heardSince(endMs - 200)));
    expect(errors / words).toBeLessThan(0.35);
  });

  it('stops when somebody speaks over it, and its caption ends with what was heard', async () => {
    const eve = await join('stories', 'Eve');
    await server.dispatch('stories');
    await greeted(eve);
    const endMs = await eve.say(await voice.say(LONG_QUESTION));
    const began = () => eve.onsetMs(endMs - 200);
    // Long enough that what is said now is no continuation of the question.
    await until('some of a story', () => eve.heardMs - (began() ?? Number.POSITIVE_INFINITY) > 3000);
    await eve.say(await voice.say('Wait a moment please, I would like to say something else.'));
    await until('her words', () => eve.said('Eve').filter(({ final }) => final).length === 2);
    const story = () => eve.said(AVATAR).filter(({ text }) => text !== '')[1];
    await until('the end of its caption', () => story()?.final === true);
    const words = await ears.transcribe(eve.heardSince(began()!));
    const told = story()!.text;
    // What comes after it is the next answer.
    const { errors, words: count } = wordErrors(told, words.slice(0, told.length + 10));
    expect(errors / count).toBeLessThan(0.5);
    expect(told).not.toMatch(/[.!?]$/);
  });

  it('answers what is typed, and hears two people', async () => {
    const ann = await join('two', 'Ann');
    const bob = await join('two', 'Bob');
    await server.dispatch('two');
    await greeted(ann);
    const before = ann.said(AVATAR).length;
    await ann.write('What is your name?');
    await until('an answer', () => ann.said(AVATAR).length > before && ann.said(AVATAR).at(-1)?.final === true);
    expect(ann.said(AVATAR).at(-1)?.text).toContain('Ollie');
    await until('quiet', () => bob.isQuiet);
    await bob.say(await voice.say(QUESTION));
    await until('Bob’s words before Ann’s eyes', () => ann.said('Bob').some(({ final }) => final));
  });

  it('takes the persona that the job names, and shrugs off metadata that mean nothing to it', async () => {
    const ann = await join('personas', 'Ann');
    await server.dispatch('personas', JSON.stringify({ persona: 'sarah' }));
    await greeted(ann);
    expect([...ann.room.remoteParticipants.values()].map(({ name }) => name)).toContain('Sarah');
    const bob = await join('hostile', 'Bob');
    await server.dispatch('hostile', `{"persona":{"$ref":"../../etc"},"avatar":"${'../'.repeat(900)}"}`);
    await greeted(bob);
    expect([...bob.room.remoteParticipants.values()].map(({ name }) => name)).toContain('Ollie');
  });

  it('says what to do where the key is wrong, and where nobody is', async () => {
    const reason = async (keys: Partial<LiveKitKeys>) => {
      const { url, apiKey, apiSecret } = server;
      const told = Promise.withResolvers<string>();
      const worker = new AgentWorker({ url, apiKey, apiSecret, ...keys }, '', {
        offered: () => undefined,
        assigned: () => {},
        terminated: () => {},
        load: () => ({ load: 0, jobs: 0 }),
        connected: (_up, error) => told.resolve(error?.message ?? ''),
      });
      await worker.start();
      worker.close();
      return told.promise;
    };
    expect(await reason({ apiSecret: 'another-secret-of-at-least-32-characters' })).toContain(
      'check LIVEKIT_API_KEY and LIVEKIT_API_SECRET',
    );
    expect(await reason({ url: 'ws://127.0.0.1:9' })).toMatch(/127\.0\.0\.1:9 cannot be reached: .*ECONNREFUSED/);
  });

  it('keeps what was said', async () => {
    const ann = await join('kept', 'Ann');
    await server.dispatch('kept');
    await greeted(ann);
    const token = new AccessToken(system.keys.apiKey, system.keys.apiSecret, { identity: 'operator', ttl: '1h' });
    token.addGrant({ roomList: true });
    const headers = { authorization: `Bearer ${await token.toJwt()}` };
    await until('the conversation', async () => {
      const response = await fetch(`${system.url}/api/conversations?room=livekit:kept`, { headers });
      const { conversations } = (await response.json()) as ConversationList;
      return conversations[0]?.participants.some(({ name }) => name === 'Ann') === true;
    });
  });

  it('goes on when the LiveKit server goes away and comes back', async () => {
    const ann = await join('lasting', 'Ann');
    await server.dispatch('lasting');
    await greeted(ann);
    await server.down();
    await until('word of it', async () => (await metric('visavis_livekit_connected')) === 0);
    await server.up();
    await until('the worker', async () => (await metric('visavis_livekit_connected')) === 1);
    await until('both of them', async () => {
      const there = await server.service.listParticipants('lasting').catch(() => []);
      return there.some(({ identity }) => identity === AVATAR) && there.some(({ identity }) => identity === 'Ann');
    });
    await until('its line', async () => (await metric('visavis_livekit_reconnections_total')) > 0);
    await until('quiet', () => ann.isQuiet);
    const endMs = await ann.say(await voice.say(QUESTION));
    await until('an answer', () => ann.onsetMs(endMs - 200) !== undefined);
  });

  // The last one: it closes the server.
  it('leaves its rooms when its server is shut down, and nothing of it runs on', async () => {
    const ann = await join('leaving', 'Ann');
    await server.dispatch('leaving');
    await greeted(ann);
    await system.close();
    await until(
      'its going',
      () => ![...ann.room.remoteParticipants.values()].some(({ identity }) => identity === AVATAR),
    );
    expect(ann.disconnected).toBe(false);
  });
});
