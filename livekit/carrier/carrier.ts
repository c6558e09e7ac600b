/** The server's side of the carrier process: started when a room needs it, started again when it dies. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { LiveKitError } from '../errors.ts';
import type { Call, Calls, FromCarrier, RoomNotice } from './messages.ts';

const MAIN = path.join(import.meta.dirname, 'main.ts');
const ANSWER_MS = 25_000;

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

export interface CarrierEvents {
  started?(pid: number): void;
  /** It ended by itself: every room of it is lost. */
  died?(reason: string): void;
}

export class Carrier {
  readonly #events: CarrierEvents;
  readonly #waiting = new Map<number, Waiting>();
  readonly #rooms = new Map<number, (notice: RoomNotice) => void>();
  #child: ChildProcess | undefined;
  #nextId = 1;
  #nextRoom = 1;
  #closed = false;

  constructor(events: CarrierEvents = {}) {
    this.#events = events;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** A room of its own number; `told` hears what happens in it, until it is let go. */
  room(told: (notice: RoomNotice) => void): { id: number; letGo(): void } {
    const id = this.#nextRoom++;
    this.#rooms.set(id, told);
    return { id, letGo: () => void this.#rooms.delete(id) };
  }

  /** Rejects with a LiveKitError: what the carrier says, or that it is gone. */
  ask<C extends Call>(call: C, asks: Calls[C]['asks']): Promise<Calls[C]['answers']> {
    if (this.#closed) return Promise.reject(new LiveKitError('the carrier is closed', { retryable: false }));
    const child = this.#running();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new LiveKitError(`the carrier did not answer to ${call} in ${ANSWER_MS / 1000} s`));
      }, ANSWER_MS);
      this.#waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject, timer });
      child.send({ id, call, asks }, error => error && this.#answered(id)?.reject(new LiveKitError(error.message)));
    });
  }

  /** As {@link ask}, where nobody waits for it. */
  tell<C extends Call>(call: C, asks: Calls[C]['asks']): void {
    if (!this.#closed && this.#child !== undefined) void this.ask(call, asks).catch(() => {});
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const child = this.#child;
    this.#rooms.clear();
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.disconnect();
    const late = setTimeout(() => child.kill('SIGKILL'), 2000);
    await gone;
    clearTimeout(late);
  }

  #running(): ChildProcess {
    if (this.#child !== undefined) return this.#child;
    const child = fork(MAIN, [], {
      serialization: 'advanced',
      // It needs nothing of what the server knows.
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
      execArgv: [],
    });
    this.#child = child;
    child.on('message', message => this.#received(message as FromCarrier));
    child.on('error', () => {});
    child.once('exit', (code, signal) => {
      if (this.#child === child) this.#child = undefined;
      this.#lost(`it ended (${signal ?? code})`);
    });
    if (child.pid !== undefined) this.#events.started?.(child.pid);
    return child;
  }

  #received(message: FromCarrier): void {
    if (message.type === 'notice') this.#rooms.get(message.room)?.(message.notice);
    else if (message.type === 'answer') this.#answered(message.id)?.resolve(message.answer);
    else this.#answered(message.id)?.reject(new LiveKitError(message.message, { retryable: message.retryable }));
  }

  #answered(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    clearTimeout(waiting?.timer);
    this.#waiting.delete(id);
    return waiting;
  }

  #lost(reason: string): void {
    for (const id of [...this.#waiting.keys()]) this.#answered(id)?.reject(new LiveKitError(`the carrier: ${reason}`));
    if (this.#closed) return;
    this.#events.died?.(reason);
    for (const told of [...this.#rooms.values()]) told({ type: 'died', message: `the carrier: ${reason}` });
  }
}
