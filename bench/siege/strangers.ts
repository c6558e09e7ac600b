/** Attacks on what others have said: reading it, and having it gone. */
import type { LogEntry } from '../../protocol/conversation.ts';
import type { Conversation } from '../../protocol/conversations.ts';
import { tokenFor } from '../../test/harness/attacker.ts';
import type { Person } from '../../test/harness/person.ts';
import type { ServerProcess } from '../../test/harness/server-process.ts';
import { pause } from '../load/product.ts';
import { enter, enterAs, type Guest, type Loot, othersEntries } from './intruder.ts';

const STAY_MS = 1500;
const SETTLE_MS = 2500;
/** Times of the API are of the first word; ours of the answer. */
const CLOCK_MS = 1000;
const wordsIn = (texts: readonly string[]) => texts.join(' ').split(/\s+/).filter(Boolean).length;

const idOf = (reply: unknown) =>
  (reply as { data?: { snapshot: { you: { identity: string } } } }).data?.snapshot.you.identity ?? '';

/** Everything that somebody reads who comes late, may not listen, or comes under another's name. */
export async function readers(server: ServerProcess, room: string, name: string): Promise<Loot> {
  const { url } = server;
  let read = 0;
  let attempts = 0;
  const through: string[] = [];
  const count = (how: string, entries: readonly LogEntry[]) => {
    attempts += 1;
    const words = wordsIn(entries.map(({ text }) => text));
    read += words;
    if (words > 0) through.push(`${how}: ${words} words`);
  };
  const guests: Guest[] = [
    { name: 'Eve' },
    { name },
    { name, personKey: 'e'.repeat(32), remember: true, resume: true },
  ];
  for (const guest of guests) {
    const cameMs = Date.now();
    const { caller, reply } = await enterAs(url, room, guest);
    const own = [idOf(reply)];
    const earlier = await caller.send('log.earlier', {}).catch(() => undefined);
    await pause(STAY_MS);
    const before = othersEntries([reply, earlier], own).filter(({ atMs }) => atMs < cameMs);
    count(`as ${guest.name}, from before`, before);
    count(
      'feelings of others',
      othersEntries(caller.notices, own).filter(({ feeling }) => feeling !== undefined),
    );
    await caller.send('leave', {});
    caller.close();
  }
  const deaf = await enter(url, await tokenFor(server, 'deaf', { room, canSubscribe: false }));
  await pause(STAY_MS);
  count('without the grant to listen', othersEntries([deaf.reply, deaf.caller.notices], ['deaf']));
  deaf.caller.close();
  await count('by the API', othersEntries(await byTheApi(server, 'r'.repeat(32), room)));
  return { attempts, read, through };
}

/** What a person who was in a room for a moment reads of it afterwards, from before and after. */
async function byTheApi({ url }: ServerProcess, personKey: string, room: string): Promise<unknown> {
  const cameMs = Date.now();
  const { caller } = await enterAs(url, room, { name: 'Eve', personKey, remember: true });
  await pause(STAY_MS);
  await caller.send('leave', {});
  const leftMs = Date.now();
  caller.close();
  await pause(STAY_MS);
  const token = await personToken(url, personKey);
  const ask = async (path: string) =>
    (await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })).json() as Promise<never>;
  const { conversations = [] } = (await ask('/api/conversations')) as { conversations?: { id: string }[] };
  const all = (await Promise.all(conversations.map(({ id }) => ask(`/api/conversations/${id}`)))) as Conversation[];
  return all
    .flatMap(({ messages = [] }) => messages)
    .map(message => ({ ...message, atMs: Date.parse(message.spokenAt) }))
    .filter(({ atMs }) => atMs < cameMs - CLOCK_MS || atMs > leftMs + CLOCK_MS);
}

async function personToken(url: string, personKey: string): Promise<string> {
  const response = await fetch(`${url}/api/person/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ personKey }),
  });
  return ((await response.json()) as { token: string }).token;
}

/** Visitors who come, say a word, leave, and erase all they can: also under names that are common words. */
export async function erasers(server: ServerProcess, room: string, witness: Person): Promise<Loot> {
  const { url } = server;
  let erased = 0;
  const through: string[] = [];
  const visitors = ['Eve', 'the', 'you', 'a', 'Ollie'];
  const off = new Set<string>();
  witness.socket.on('log.removed', ({ entryId }: { entryId: string }) => off.add(entryId));
  for (const [i, name] of visitors.entries()) {
    const personKey = `${i}`.repeat(32);
    const { caller, reply } = await enterAs(url, room, { name, personKey, remember: true });
    await caller.send('say', { text: 'I was here.' });
    await pause(SETTLE_MS);
    await caller.send('leave', {});
    caller.close();
    await pause(SETTLE_MS);
    const before = await server.conversations(room);
    const messages = before.flatMap(each => each.messages);
    // Their own words and the answers to them are theirs to erase.
    const own = new Set(messages.filter(({ speaker }) => speaker === idOf(reply)).map(({ turnId }) => turnId));
    const headers = { authorization: `Bearer ${await personToken(url, personKey)}` };
    for (const { id } of before) await fetch(`${url}/api/conversations/${id}`, { method: 'DELETE', headers });
    for (const path of ['memories', 'person']) await fetch(`${url}/api/${path}`, { method: 'DELETE', headers });
    await pause(SETTLE_MS);
    const after = new Set((await server.conversations(room)).flatMap(each => each.messages.map(({ id }) => id)));
    const gone = messages.filter(({ id, turnId }) => !after.has(id) && !own.has(turnId));
    const unshown = witness.log.filter(({ id, turnId }) => off.has(id) && !own.has(turnId));
    off.clear();
    const words = wordsIn([...gone, ...unshown].map(({ text }) => text));
    erased += words;
    if (words > 0) through.push(`as ${name}: ${gone.length} kept and ${unshown.length} shown sentences`);
  }
  return { attempts: visitors.length * 3, erased, through };
}
