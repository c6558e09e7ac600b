/** Attacks on who gets in, and on how many may wait at the door. */
import { createHmac } from 'node:crypto';
import type { Socket as TcpSocket } from 'node:net';
import { AGENTS_NAMESPACE, AGENTS_VERSION } from '../../protocol/agents.ts';
import { SIGNALING_VERSION } from '../../protocol/signaling.ts';
import { answerTo, Caller, tokenFor } from '../../test/harness/attacker.ts';
import type { ServerProcess } from '../../test/harness/server-process.ts';
import { pause } from '../load/product.ts';
import { byHand, enter, enterAs, guestToken, type Loot } from './intruder.ts';

const WORDS_OF_A_PAGE = 100;
const OPEN_MS = 60_000;
/** By then those that were refused know it, on a busy machine, too. */
const REFUSED_MS = 5000;

/** Half-sent headers and bodies, and silence: each kept open as long as the server lets it. */
export async function slowConnections(url: string, count: number): Promise<{ openAfter60s: number; taken: number }> {
  const texts = [
    '',
    'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ',
    'POST /api/rooms/red/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"na',
    'POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n4',
    'POST /api/portraits HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nx',
  ];
  const sockets: TcpSocket[] = [];
  for (let i = 0; i < count; i++) {
    const socket = await byHand(url, texts[i % texts.length]!).catch(() => undefined);
    if (socket === undefined) continue;
    socket.on('error', () => {});
    sockets.push(socket);
  }
  await pause(REFUSED_MS);
  const isOpen = ({ destroyed, readableEnded }: TcpSocket) => !destroyed && !readableEnded;
  const taken = sockets.filter(isOpen).length;
  await pause(OPEN_MS - REFUSED_MS);
  const openAfter60s = sockets.filter(isOpen).length;
  for (const socket of sockets) socket.destroy();
  return { openAfter60s, taken };
}

/** A page of a name that was made to resolve to this machine. */
export async function foreignNames(url: string): Promise<Loot> {
  let read = 0;
  const paths = [
    '/',
    '/metrics',
    '/api/personas',
    '/api/conversations',
    '/health',
    '/socket.io/?EIO=4&transport=polling',
  ];
  const hosts = [
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'xn--ocalhost-x9c',
  ];
  for (const host of hosts)
    for (const path of paths) {
      const answer = await answerTo(url, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      if (!answer.startsWith('HTTP/1.1 421 ')) read += WORDS_OF_A_PAGE;
    }
  return { attempts: hosts.length * paths.length, read };
}

/** Guesses at the host secret, as fast as they are taken. */
export async function hostSecret(url: string, agentsUrl: string, forMs: number): Promise<Loot> {
  const through: string[] = [];
  const hello = { version: AGENTS_VERSION, hostId: 'evil', capacity: 100, personas: [] };
  const endMs = performance.now() + forMs;
  let attempts = 0;
  while (performance.now() < endMs) {
    const target = attempts % 20 === 0 ? url : agentsUrl;
    const caller = await Caller.connect(target, AGENTS_NAMESPACE, { ...hello, secret: `guess ${attempts}` }).catch(
      () => undefined,
    );
    attempts += 1;
    if (caller !== undefined) through.push('a guessed secret');
    caller?.close();
  }
  return { attempts, through };
}

/** Tokens that are not what they should be, seats by their key alone, one token for many. */
export async function crookedTokens(server: ServerProcess): Promise<Loot> {
  const { url, keys } = server;
  const through: string[] = [];
  const expect = (what: string, fine: boolean) => void (fine || through.push(what));
  const one = await guestToken(url, 'of-tokens', { name: 'Mallory' });
  const [head, claims] = one.split('.');
  const resigned = (alg: string, hash: string) => {
    const body = `${Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url')}.${claims}`;
    return `${body}.${createHmac(hash, keys.apiSecret).update(body).digest('base64url')}`;
  };
  const crooked = [resigned('HS512', 'sha512'), resigned('none', 'sha256'), `${head}.${claims}.`, 'rubbish'];
  for (const identity of ['avatar', '\u0430vatar', 'AVATAR', 'ann\u0007', 'ann\u200b'])
    crooked.push(await tokenFor(server, identity, { room: 'of-tokens' }));
  for (const token of crooked) {
    const { caller, reply } = await enter(url, token);
    expect(`joined with ${token.slice(0, 40)}`, !(reply as { ok: boolean }).ok);
    caller.close();
  }
  const first = await enter(url, one);
  const { resumeKey } = (first.reply as { data: { resumeKey: string } }).data;
  const thief = await enter(url, 'rubbish', resumeKey);
  expect('a seat by its key alone', !(thief.reply as { ok: boolean }).ok);
  const many = await Promise.all(Array.from({ length: 30 }, () => enter(url, one).catch(() => undefined)));
  await pause(500);
  const open = many.filter(each => each?.caller.socket.connected).length;
  expect(`${open} sockets with one token`, open <= 1);
  for (const each of [first, thief, ...many]) each?.caller.close();
  return { attempts: crooked.length + 32, through };
}

/** Rooms and tokens that one address, or two, take from everybody. */
export async function hoarding(url: string): Promise<Loot> {
  const through: string[] = [];
  const held: Caller[] = [];
  let attempts = 0;
  for (let i = 0; i < 60; i++) {
    attempts += 1;
    const entered = await enterAs(url, `hoard-${i}`, { name: 'Mallory' }).catch(() => undefined);
    if (entered === undefined) break;
    held.push(entered.caller);
    if (!(entered.reply as { ok: boolean }).ok) break;
  }
  if (held.length >= 60) through.push(`${held.length} rooms held by one address`);
  for (const caller of held) caller.close();
  for (const address of ['127.0.0.21', '127.0.0.22'])
    for (let i = 0; i < 150; i++) {
      attempts += 1;
      await postFrom(url, address, 'of-locks', '{"nonsense": true}');
    }
  if (!(await postFrom(url, '127.0.0.23', 'of-locks', '{"name":"Ann"}')).includes('200 OK'))
    through.push('a room’s tokens locked by two addresses');
  return { attempts, through };
}

const postFrom = (url: string, localAddress: string, room: string, body: string): Promise<string> =>
  answerTo(
    url,
    `POST /api/rooms/${room}/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    localAddress,
  );

/** Whether the page can still be had: a token, from an address that has done nothing. */
export async function isServed(url: string): Promise<boolean> {
  const caller = await Caller.connect(url).catch(() => undefined);
  const code = await caller?.code('join', { version: SIGNALING_VERSION, token: 'x' }).catch(() => undefined);
  caller?.close();
  return code === 'unauthorized';
}
