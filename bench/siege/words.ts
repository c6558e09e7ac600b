/** Attacks by what is said, and on how much of it. */
import dgram from 'node:dgram';
import fs from 'node:fs';
import { request } from '../../test/harness/socket.ts';
import { pause } from '../load/product.ts';
import { enterAs, type Loot } from './intruder.ts';

const repeated = (text: string, times: number) => text.repeat(times).slice(0, 2000);
/** Words that patterns choked on, or might. */
const HOSTILE = [
  `${repeated('goodbye', 45)}x`,
  `${repeated('ahahmm', 22)}x`,
  `${repeated('goodbye ', 200)}x`,
  repeated('uh huh mm hmm ', 140),
  repeated('[', 2000),
  repeated('((((', 500),
  repeated('*_`', 600),
  repeated('1 ', 900),
  repeated('a.', 900),
  repeated('my name is ', 180),
  repeated('i feel very ', 160),
  repeated('http://', 280),
  repeated('<think>', 280),
  repeated('\u00a0x', 900),
  repeated('?!', 900),
  repeated('aA', 900),
  repeated('é', 1900),
  repeated('🐙', 900),
];
const QUESTION = 'What is the capital city of France?';
const EVERY_MS = 550;
/** By then there is one. */
const AVATAR_MS = 2000;

/** Everything hostile is typed in a room of one's own, on the host that others' calls are on. */
export async function hostileWords(url: string): Promise<Loot> {
  const { caller } = await enterAs(url, 'of-words', { name: 'Mallory' });
  for (const text of HOSTILE) {
    for (const each of [text, QUESTION]) {
      await caller.send('say', { text: each });
      await pause(EVERY_MS);
    }
  }
  caller.close();
  return { attempts: HOSTILE.length * 2 };
}

/** Messages as large and as many as are taken; what somebody who comes then is answered with is small. */
export async function floodOfWords(url: string, forMs: number): Promise<Loot> {
  const { caller } = await enterAs(url, 'of-floods', { name: 'Mallory' });
  const endMs = performance.now() + forMs;
  let attempts = 0;
  while (performance.now() < endMs && caller.socket.connected) {
    attempts += 1;
    const reply = await caller.send('say', { text: repeated(`${attempts} words `, 1000) });
    if (!reply.ok) await pause(200);
  }
  const late = await enterAs(url, 'of-floods', { name: 'Eve' });
  const bytes = JSON.stringify(late.reply).length;
  for (const each of [caller, late.caller]) each.close();
  return { attempts, through: bytes > 100_000 ? [`a late join is answered with ${bytes} bytes`] : [] };
}

/** Names that are others', and names that are changed without end. */
export async function names(url: string, room: string, taken: string): Promise<Loot> {
  const through: string[] = [];
  const owner = await enterAs(url, room, { name: taken });
  await pause(AVATAR_MS);
  const alike = [taken, taken.toUpperCase(), taken.replaceAll('o', '\u043e'), `${taken}\u200b`, 'Ollie', '\u041ellie'];
  for (const name of alike) {
    const { caller, reply } = await enterAs(url, room, { name });
    const { snapshot } = (
      reply as { data: { snapshot: { you: { identity: string }; participants: { identity: string; name: string }[] } } }
    ).data;
    const own = snapshot.participants.find(({ identity }) => identity === snapshot.you.identity)!.name;
    if (!/\(\d+\)$/.test(own)) through.push(`joined as ${JSON.stringify(own)}`);
    let renamed = 0;
    for (let i = 0; i < 20; i++) if ((await caller.code('rename', { name: `Name ${i}` })) === 'ok') renamed += 1;
    if (renamed > 10) through.push(`${renamed} names in a moment`);
    if ((await caller.code('rename', { name: taken })) === 'ok') through.push(`renamed to ${taken}`);
    await request(caller.socket, 'leave', {});
    caller.close();
  }
  owner.caller.close();
  return { attempts: alike.length * 21, through };
}

/** RTP from ports that nobody was told, to every UDP port of this machine. Linux only. */
export async function strayMedia(): Promise<Loot> {
  const ports = fs
    .readFileSync('/proc/net/udp', 'utf8')
    .split('\n')
    .flatMap(line => {
      const [, address, port] = /^ *\d+: ([0-9A-F]{8}):([0-9A-F]{4}) /.exec(line) ?? [];
      return address === '0100007F' ? [Number.parseInt(port!, 16)] : [];
    });
  const socket = dgram.createSocket('udp4');
  const packet = Buffer.alloc(172);
  packet.writeUInt16BE(0x806f, 0);
  let attempts = 0;
  for (let i = 0; i < 200; i++) {
    for (const port of ports) {
      packet.writeUInt16BE(i, 2);
      packet.writeUInt32BE(i * 960, 4);
      packet.writeUInt32BE(1000 + (i % 50), 8);
      socket.send(packet, port, '127.0.0.1');
      attempts += 1;
    }
    await pause(5);
  }
  socket.close();
  return { attempts };
}
