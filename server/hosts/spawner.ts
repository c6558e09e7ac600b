import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics/metrics.ts';

const ENTRY = path.resolve(import.meta.dirname, '../../agents/main.ts');
/** Exit status of a host whose configuration is wrong (sysexits EX_CONFIG): starting it again cannot help. */
const EX_CONFIG = 78;
const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 10_000;
/** A host that ran this long was well: the next failure is treated as a first one. */
const WELL_AFTER_MS = 30_000;
const DRAIN_MS = 5000;
const LOOK_MS = 1000;
/** One that has not connected by then hangs, or never will. */
const CONNECT_MS = 120_000;
/** Who joins as soon as they can needs the processor more than a host that stands by. */
const STANDBY_AFTER_MS = 20_000;

export interface SpawnerOptions {
  count: number;
  /** Hosts beside them that take over when one dies; started when the first calls can be held. */
  standby: number;
  /** A call could be held now. */
  isReady(): boolean;
  serverUrl: string;
  hostSecret: string;
  /** Folder of portraits. */
  portraits: string;
  /** Folder of what hosts have worked out before. */
  cache: string;
  /** Folder of recordings. */
  recordings: string;
  log: Logger;
  metrics: Metrics;
  /** A host cannot be started because its settings are wrong. */
  onConfigError(): void;
}

/** Keeps agent hosts running on this machine; one that dies is started again at once. */
export class Spawner {
  readonly #options: SpawnerOptions;
  readonly #children = new Map<number, ChildProcess>();
  /** By the name under which it connects. */
  readonly #named = new Map<string, ChildProcess>();
  readonly #unconnected = new Map<string, NodeJS.Timeout>();
  readonly #retries = new Map<number, NodeJS.Timeout>();
  #lookTimer: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(options: SpawnerOptions) {
    this.#options = options;
    for (let slot = 0; slot < options.count; slot++) this.#start(slot, FIRST_RETRY_MS);
    if (options.count > 0 && options.standby > 0) this.#lookTimer = setInterval(() => this.#standBy(), LOOK_MS);
  }

  get pids(): number[] {
    return [...this.#children.values()].flatMap(child => (child.pid === undefined ? [] : [child.pid]));
  }

  /** Ends a host that does not answer any more, by the name under which it connected; another is started at once. */
  kill(hostId: string): void {
    this.#named.get(hostId)?.kill('SIGKILL');
  }

  /** A host says its name. */
  connected(hostId: string): void {
    clearTimeout(this.#unconnected.get(hostId));
    this.#unconnected.delete(hostId);
  }

  /** The process of a host, by its name. */
  pidOf(hostId: string): number | undefined {
    return this.#named.get(hostId)?.pid;
  }

  /** Asks all hosts to drain; those that do not end in time are killed. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#lookTimer);
    for (const timer of [...this.#retries.values(), ...this.#unconnected.values()]) clearTimeout(timer);
    await Promise.all(
      [...this.#children.values()]
        .filter(({ pid }) => pid !== undefined)
        .map(child => {
          const gone = new Promise<void>(resolve => child.once('exit', () => resolve()));
          child.kill('SIGTERM');
          const timer = setTimeout(() => child.kill('SIGKILL'), DRAIN_MS);
          return gone.finally(() => clearTimeout(timer));
        }),
    );
  }

  #standBy(): void {
    const { count, standby, isReady } = this.#options;
    if (!isReady()) return;
    clearInterval(this.#lookTimer);
    this.#lookTimer = setTimeout(() => {
      for (let slot = count; slot < count + standby; slot++) this.#start(slot, FIRST_RETRY_MS);
    }, STANDBY_AFTER_MS);
  }

  #start(slot: number, retryMs: number): void {
    const { count, serverUrl, hostSecret, portraits, cache, recordings, log, metrics } = this.#options;
    const startedMs = performance.now();
    const hostId = `host-${randomUUID().slice(0, 8)}`;
    const child = spawn(process.execPath, [ENTRY], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        // glibc keeps an arena per thread; a host has many threads, and two arenas do (80 MB less, measured).
        MALLOC_ARENA_MAX: '2',
        ...process.env,
        VISAVIS_SERVER_URL: serverUrl,
        VISAVIS_HOST_SECRET: hostSecret,
        VISAVIS_PORTRAITS: portraits,
        VISAVIS_CACHE: cache,
        VISAVIS_RECORDINGS: recordings,
        VISAVIS_PARENT_PID: String(process.pid),
        VISAVIS_HOST_ID: hostId,
        ...(slot >= count && { VISAVIS_STANDBY: '1' }),
      },
    });
    this.#children.set(slot, child);
    this.#named.set(hostId, child);
    this.#unconnected.set(
      hostId,
      setTimeout(() => {
        log.error({ host: hostId }, 'an agent host did not connect; ending it');
        this.kill(hostId);
      }, CONNECT_MS),
    );
    const ended = (code: number | null, signal: NodeJS.Signals | null) => {
      this.#children.delete(slot);
      this.#named.delete(hostId);
      this.connected(hostId);
      if (this.#closing) return;
      if (code === EX_CONFIG) {
        this.#options.onConfigError();
        return;
      }
      const delayMs = performance.now() - startedMs > WELL_AFTER_MS ? FIRST_RETRY_MS : retryMs;
      log.error({ code, signal, delayMs }, 'agent host ended; starting another');
      metrics.process.hostRestarted();
      this.#retries.set(
        slot,
        setTimeout(() => this.#start(slot, Math.min(MAX_RETRY_MS, delayMs * 3)), delayMs),
      );
    };
    child.once('exit', ended);
    child.once('error', error => {
      log.error({ reason: error.message }, 'agent host cannot be started');
      // A process that never began does not end either.
      if (child.pid === undefined) ended(null, null);
    });
  }
}
