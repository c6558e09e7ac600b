/** Somebody who has no right to anything but to a room of their own. */
import { connect, type Socket as TcpSocket } from 'node:net';
import type { LogEntry } from '../../protocol/conversation.ts';
import { SIGNALING_VERSION } from '../../protocol/signaling.ts';
import { Caller } from '../../test/harness/attacker.ts';

export interface Guest {
  name: string;
  personKey?: string;
  remember?: boolean;
  resume?: boolean;
}

/** What an attack brought. */
export interface Loot {
  attempts: number;
  /** Words of others that were read. */
  read?: number;
  /** Words of others that are gone. */
  erased?: number;
  /** Things that should have been refused, and were not. */
  through?: string[];
}

/** A token for an open room, as anybody gets it. */
export async function guestToken(url: string, room: string, guest: Guest): Promise<string> {
  const response = await fetch(`${url}/api/rooms/${room}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(guest),
  });
  const body = (await response.json()) as { token?: string; error?: { code: string } };
  if (body.token === undefined) throw new Error(body.error?.code ?? `HTTP ${response.status}`);
  return body.token;
}

export async function enter(
  url: string,
  token: string,
  resumeKey?: string,
): Promise<{ caller: Caller; reply: unknown }> {
  const caller = await Caller.connect(url);
  const reply = await caller.send('join', { version: SIGNALING_VERSION, token, ...(resumeKey && { resumeKey }) });
  return { caller, reply };
}

export const enterAs = async (url: string, room: string, guest: Guest) =>
  enter(url, await guestToken(url, room, guest));

/** Everything that a socket was told, and what it was answered with, as entries of somebody else. */
export function othersEntries(told: unknown, own: readonly string[] = []): LogEntry[] {
  const found = new Map<string, LogEntry>();
  const look = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) look(each);
    else if (typeof value === 'object' && value !== null) {
      const entry = value as Partial<LogEntry>;
      if (typeof entry.text === 'string' && typeof entry.speaker === 'string' && entry.role === 'user') {
        if (!own.includes(entry.speaker)) found.set(`${entry.id}`, entry as LogEntry);
      } else for (const each of Object.values(value)) look(each);
    }
  };
  look(told);
  return [...found.values()];
}

/** A connection made by hand. */
export function byHand(url: string, text: string): Promise<TcpSocket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(text);
      resolve(socket);
    });
    socket.on('error', reject);
    socket.resume();
  });
}
