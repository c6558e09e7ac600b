import fs from 'node:fs';
import { family } from './processes.ts';

const TICKS_PER_SECOND = 100;

/** CPU time that each part of the product has used so far, s. */
export type Parts = Record<string, number>;

/** What agent hosts start, by its file. */
const OWN_PROCESSES = [
  ['recognizer-main', 'recognizer'],
  ['hibari-main', 'voice'],
  ['smart-turn-main', 'end of turn'],
  ['llama-main', 'language model'],
  ['carrier/main', 'livekit carrier'],
] as const;

/** What a process of the product is, by its command line. */
function partOf(command: string): string {
  const own = OWN_PROCESSES.find(([file]) => command.includes(file));
  if (own !== undefined) return own[1];
  if (command.includes('agents/main')) return 'host';
  if (command.includes('server/main')) return 'server';
  // The router's binary has no name of its own when it runs from memory.
  return command.includes('portrait') ? 'portraits' : 'router';
}

/** Processes of a running server that are this part. Linux only. */
export function pidsOf(serverPid: number, part: string): number[] {
  return family(serverPid).filter(pid => {
    try {
      return partOf(fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8')) === part;
    } catch {
      return false;
    }
  });
}

/** The parts of a running server, its agent hosts split by thread. Linux only: empty elsewhere. */
export function partsOf(serverPid: number): Parts {
  const parts: Parts = {};
  for (const pid of family(serverPid)) {
    try {
      const name = partOf(fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
      for (const task of fs.readdirSync(`/proc/${pid}/task`)) {
        const part = name === 'host' ? `host ${threadOf(pid, Number(task))}` : name;
        parts[part] = (parts[part] ?? 0) + taskSeconds(`/proc/${pid}/task/${task}`);
      }
    } catch {
      // It ended meanwhile.
    }
  }
  return parts;
}

/** Share of one core that each part used between two readings, %. */
export function shares(before: Parts, after: Parts, seconds: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after)
      .map(([name, used]) => [name, Math.round(((used - (before[name] ?? 0)) / seconds) * 1000) / 10] as const)
      .filter(([, percent]) => percent >= 0.5)
      .sort((a, b) => b[1] - a[1]),
  );
}

/** Main thread, a worker thread by its name, or the runtime's helpers (compiler, garbage collector, file system). */
function threadOf(pid: number, task: number): string {
  const name = fs.readFileSync(`/proc/${pid}/task/${task}/comm`, 'utf8').trim();
  if (task === pid) return 'main';
  return /^(media|face|eyes|voice|speech|decode|align)/.exec(name)?.[0] ?? name;
}

function taskSeconds(folder: string): number {
  const fields = fs
    .readFileSync(`${folder}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
