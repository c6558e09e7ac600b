import { AccessToken } from 'livekit-server-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RequestError } from '../../../protocol/errors.ts';
import { type RequestInput, type RequestName, type RequestOutput, requests } from '../../../protocol/signaling.ts';
import { Tokens } from '../../auth/tokens.ts';
import { RateLimit } from '../../cluster/rate-limit.ts';
import { Rooms } from '../../rooms/registry.ts';
import { FakeEngine } from '../../testing/fakes.ts';
import { BrowserSession } from './session.ts';

const KEYS = { apiKey: 'key', apiSecret: 'k'.repeat(40) };
const tokens = new Tokens(KEYS, 3600_000);
const ALL = { feelings: true, sight: true, recording: true };
const NOTHING = { feelings: false, sight: false, recording: false };

let rooms: Rooms;
beforeEach(() => {
  rooms = new Rooms({ engine: new FakeEngine(), graceMs: 60_000, maxRooms: 5, maxPeople: 5, listener: {} });
});
afterEach(() => rooms.close());

/** A browser's connection, whose requests are checked as they are on the wire. */
class Browser {
  readonly #session = new BrowserSession(
    { notify: () => {}, dismiss: () => {}, address: '', renames: new RateLimit(0.1, 6, performance.now()) },
    { ready: true, send: () => {} },
    { rooms, tokens, iceServers: [] },
  );
  ask<N extends RequestName>(name: N, input: RequestInput<N>): Promise<RequestOutput<N>> {
    return this.#session.handle(name, requests[name].input.parse(input) as never);
  }
  async join(over: Partial<RequestInput<'join'>> = {}): Promise<RequestOutput<'join'>> {
    const { token } = await tokens.issue({ name: 'Ann', room: 'red' });
    return this.ask('join', { version: 1, token, ...over });
  }
  async rename(name: string): Promise<string> {
    try {
      await this.ask('rename', { name });
      return 'ok';
    } catch (error) {
      return (error as RequestError).code;
    }
  }
  lost = () => this.#session.lost();
}

it('what is typed is for everybody, unless it says so', async () => {
  const ann = new Browser();
  await ann.join();
  await ann.ask('say', { text: 'Hello' });
  await ann.ask('say', { text: 'Psst', audience: 'people' });
  expect(rooms.find('red')?.history.map(({ text, audience }) => [text, audience])).toEqual([
    ['Hello', undefined],
    ['Psst', 'people'],
  ]);
});

describe('[S1] a new name', () => {
  it('needs a grant, and is not changed for ever', async () => {
    const ann = new Browser();
    await ann.join();
    const codes = [];
    for (let i = 0; i < 8; i++) codes.push(await ann.rename(`Ann ${i}`));
    expect(codes).toEqual([...Array(6).fill('ok'), 'rate-limited', 'rate-limited']);
    const plain = new AccessToken(KEYS.apiKey, KEYS.apiSecret, { identity: 'bob', name: 'Bob', ttl: '1h' });
    plain.addGrant({ roomJoin: true, room: 'red' });
    const bob = new Browser();
    await bob.join({ token: await plain.toJwt() });
    expect(await bob.rename('Bobby')).toBe('forbidden');
  });

  it('that looks like somebody else’s is refused', async () => {
    const [ann, bob] = [new Browser(), new Browser()];
    for (const each of [ann, bob]) await each.join();
    expect(await bob.rename('\u0410nn')).toBe('forbidden');
    expect(await ann.rename('ANN')).toBe('ok');
  });
});

it('[S1] a hand and a reaction need the grant for messages', async () => {
  const reader = new AccessToken(KEYS.apiKey, KEYS.apiSecret, { identity: 'eve', name: 'Eve', ttl: '1h' });
  reader.addGrant({ roomJoin: true, room: 'red', canPublishData: false });
  const eve = new Browser();
  await eve.join({ token: await reader.toJwt() });
  expect(() => eve.ask('hand', { raised: true })).toThrow(/raise a hand/);
  expect(() => eve.ask('react', { emoji: '👍' })).toThrow(/react/);
});

describe('[S1] the first word', () => {
  it('allows nothing to be noticed, unless it says so', async () => {
    expect((await new Browser().join()).snapshot.you.consent).toEqual(NOTHING);
    const consent = { feelings: true, sight: false };
    expect((await new Browser().join({ consent })).snapshot.you.consent).toEqual({ ...consent, recording: false });
    await expect(new Browser().join({ consent: 'yes' as never })).rejects.toThrow();
  });

  it('of who comes back says it anew, or leaves it as it was', async () => {
    const { token } = await tokens.issue({ name: 'Ann', room: 'red' });
    const first = new Browser();
    const { resumeKey } = await first.join({ token, consent: ALL });
    first.lost();
    const second = new Browser();
    expect((await second.join({ token, resumeKey })).snapshot.you.consent).toEqual(ALL);
    second.lost();
    const consent = { feelings: false, sight: true };
    expect((await new Browser().join({ token, resumeKey, consent })).snapshot.you.consent).toEqual({
      ...consent,
      recording: false,
    });
  });
});

describe('what was said before', () => {
  it('[C2] comes in pages, of which none is too long, and to those who were there', async () => {
    const { token } = await tokens.issue({ name: 'Ann', room: 'red' });
    const ann = new Browser();
    const { resumeKey } = await ann.join({ token });
    for (let i = 0; i < 60; i++) await ann.ask('say', { text: `message ${i}` });
    ann.lost();
    const back = new Browser();
    const { snapshot } = await back.join({ token, resumeKey });
    expect([snapshot.log.length, snapshot.earlier]).toEqual([50, true]);
    const before = snapshot.log[0]!.id;
    const page = await back.ask('log.earlier', { before });
    expect([page.entries.length, page.entries[0]!.text, page.earlier]).toEqual([10, 'message 0', false]);
    expect(await back.ask('log.earlier', { before, limit: 3 })).toMatchObject({
      entries: [{}, {}, { text: 'message 9' }],
      earlier: true,
    });
    for (const limit of [0, 101, 1.5])
      expect(requests['log.earlier'].input.safeParse({ before, limit }).success).toBe(false);
    const bob = new Browser();
    expect((await bob.join()).snapshot.log).toEqual([]);
    expect(await bob.ask('log.earlier', { before })).toEqual({ entries: [], earlier: false });
  });
});
