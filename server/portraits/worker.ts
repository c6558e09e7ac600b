/** The portrait worker: a child process, started when there is something to do, watched, ended when idle. */
import type { ChildProcess } from 'node:child_process';
import type { Logger } from 'pino';
import { z } from 'zod';
import {
  FromPortraitWorker,
  PortraitError,
  PortraitFault,
  type PortraitWords,
  type ToPortraitWorker,
} from '../../protocol/portraits.ts';
import { startProcess } from './process.ts';

const IDLE_MS = 5 * 60_000;
/**
 * A job that takes longer than this hangs. Drawing takes a second or two of a core, which calls may leave little of; the
 * worker itself bounds imagining.
 */
const DEADLINE_MS = { draw: 60_000, imagine: 330_000 };
/** Drawing takes a core; imagining only waits. */
const AT_ONCE = { draw: 1, imagine: 4 };
/** Jobs of one kind that wait; more are refused [C2]. */
const MAX_WAITING = 8;

type Lane = keyof typeof AT_ONCE;
type Answer = Extract<FromPortraitWorker, { type: 'done' }>;
export type PortraitJob =
  | { type: 'warm' }
  | { type: 'make'; picture: Uint8Array; folder: string; name: string }
  | { type: 'present'; avatar: string; folder: string }
  | { type: 'imagine'; words: PortraitWords };

interface Task {
  id: number;
  lane: Lane;
  job: PortraitJob;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** What the worker needs of a child process. */
export type WorkerProcess = Pick<ChildProcess, 'send' | 'kill' | 'on' | 'once' | 'pid'>;

export interface PortraitWorkerOptions {
  log: Logger;
  dataDir: string;
  /** Told when the process failed. */
  lost?(): void;
  /** Starts the process. */
  start?(dataDir: string): WorkerProcess;
}

export class PortraitWorker {
  readonly #options: PortraitWorkerOptions;
  readonly #running = new Map<number, Task & { watchdog: NodeJS.Timeout }>();
  #waiting: Task[] = [];
  #child: WorkerProcess | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #gone: Promise<void> = Promise.resolve();
  #nextId = 1;
  #closed = false;
  #warming: Promise<Answer> | undefined;

  constructor(options: PortraitWorkerOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Jobs that wait, or are being done. */
  get depth(): number {
    return this.#waiting.length + this.#running.size;
  }

  /** No further job of this kind would be taken. */
  full(lane: Lane): boolean {
    return this.#waiting.filter(task => task.lane === lane && task.job.type !== 'warm').length >= MAX_WAITING;
  }

  /** Throws PortraitError: what is wrong with the picture or the words, `busy`, or `worker-failed`. */
  run(job: PortraitJob): Promise<Answer> {
    if (this.#closed) return Promise.reject(workerFailed());
    if (job.type === 'warm') return this.#warm(job);
    const lane = job.type === 'imagine' ? 'imagine' : 'draw';
    return this.full(lane) ? Promise.reject(busy()) : this.#enqueue(job, lane);
  }

  /** However many open the panel, it is one job; it takes nobody's place in the queue. */
  #warm(job: PortraitJob): Promise<Answer> {
    this.#warming ??= this.#enqueue(job, 'draw').finally(() => {
      this.#warming = undefined;
    });
    return this.#warming;
  }

  #enqueue(job: PortraitJob, lane: Lane): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id: this.#nextId++, lane, job, resolve, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idleTimer);
    for (const task of this.#waiting.splice(0)) task.reject(workerFailed());
    this.#child?.kill('SIGKILL');
    await this.#gone;
  }

  #next(): void {
    for (const task of [...this.#waiting]) {
      const busyWith = [...this.#running.values()].filter(({ lane }) => lane === task.lane).length;
      if (busyWith >= AT_ONCE[task.lane]) continue;
      this.#waiting = this.#waiting.filter(other => other !== task);
      clearTimeout(this.#idleTimer);
      const watchdog = setTimeout(() => this.#hung(task), DEADLINE_MS[task.lane]);
      this.#running.set(task.id, { ...task, watchdog });
      try {
        this.#child ??= this.#start();
      } catch (error) {
        this.#fail(task.id);
        this.#options.log.error({ reason: String(error) }, 'the portrait worker cannot be started');
        continue;
      }
      this.#child.send({ ...task.job, id: task.id } satisfies ToPortraitWorker, () => {});
    }
  }

  #start(): WorkerProcess {
    const { log, dataDir, start = startProcess } = this.#options;
    const child = start(dataDir);
    this.#gone = new Promise(resolve => {
      const ended = (reason: string) => {
        resolve();
        if (this.#child === child) this.#ended(reason);
      };
      child.once('exit', (code, signal) => ended(`ended with ${signal ?? code}`));
      child.on('error', error => {
        log.error({ reason: error.message }, 'the portrait worker failed');
        // A process that never began does not end either.
        if (child.pid === undefined) ended(error.message);
      });
    });
    child.on('message', message => this.#told(child, message));
    return child;
  }

  #told(child: WorkerProcess, message: unknown): void {
    const { success, data: answer, error } = FromPortraitWorker.safeParse(message);
    if (!success) {
      this.#options.log.error({ reason: z.prettifyError(error) }, 'the portrait worker talks nonsense; ending it');
      child.kill('SIGKILL');
      return;
    }
    const task = this.#running.get(answer.id);
    if (task === undefined) return;
    clearTimeout(task.watchdog);
    this.#running.delete(answer.id);
    if (answer.type === 'done') task.resolve(answer);
    else {
      const { code, message: text, retryable } = answer.error;
      const fault = PortraitFault.safeParse(code);
      if (answer.fault || !fault.success) {
        this.#options.log.error({ reason: text }, 'a portrait job failed');
        task.reject(workerFailed());
      } else task.reject(new PortraitError(fault.data, text, { retryable }));
    }
    this.#next();
    if (this.#running.size === 0) this.#rest();
  }

  /** Its models take a few hundred megabytes: not for nobody. */
  #rest(): void {
    this.#idleTimer = setTimeout(() => {
      const child = this.#child;
      this.#child = undefined;
      child?.kill('SIGTERM');
    }, IDLE_MS).unref();
  }

  #hung(task: Task): void {
    this.#options.log.error({ job: task.job.type }, 'the portrait worker hangs; ending it');
    this.#child?.kill('SIGKILL');
  }

  #ended(reason: string): void {
    this.#child = undefined;
    const lost = [...this.#running.keys()];
    for (const id of lost) this.#fail(id);
    if (this.#closed) return;
    this.#options.lost?.();
    this.#options.log.error({ reason, lost: lost.length }, 'the portrait worker ended');
    this.#next();
  }

  /** Ends a job that ran. */
  #fail(id: number): void {
    const task = this.#running.get(id);
    clearTimeout(task?.watchdog);
    this.#running.delete(id);
    task?.reject(workerFailed());
  }
}

const busy = () =>
  new PortraitError('busy', 'Many portraits are being made right now. Please try again in a minute.', {
    retryable: true,
  });

const workerFailed = () =>
  new PortraitError(
    'worker-failed',
    'Making the portrait failed on the server. Please try again, or choose another picture.',
    { retryable: true },
  );
