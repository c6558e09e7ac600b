import fs from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { OperatorError } from '../../../telemetry/operator-error.ts';
import type { Answer, Opened, Question } from './messages.ts';

/** An empty database, made once per machine and version: making one takes seconds, a copy does not. */
const TEMPLATE = path.resolve(import.meta.dirname, '../../../node_modules/.cache/visavis');
/** A thread that has not closed its database by then is ended; the database repairs itself when it is next opened. */
const CLOSE_MS = 5000;
/** Opening repairs what was cut off: it may take a while, but not for ever. */
const OPEN_MS = 60_000;
/**
 * What the database answers when it is well: any SQLSTATE but those of resources that are out (53), of the system (58)
 * and of its own insides (XX). After one of these, or what is none (a code of the file system), it may hang for good.
 */
const IS_WELL = /^(?!53|58|XX|E)[0-9A-Z]{5}$/;

interface Waiting {
  resolve(answer: { rows: unknown[]; affected: number }): void;
  reject(error: Error): void;
}

/** PGlite in a thread of its own. When it fails or does not answer, the thread is ended: {@link ended} tells. */
export class PgliteThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  readonly #used: (cpuSeconds: number) => void;
  #cpuSeconds = 0;
  #next = 1;
  #over: Error | undefined;
  #closing = false;

  /** It takes no more questions. */
  get ended(): boolean {
    return this.#over !== undefined;
  }

  /**
   * Opens the database in `folder`, which is made if need be. Throws {@link OperatorError}.
   * @param used told of the processor time that it takes, as it does
   */
  static async open(folder: string, used: (cpuSeconds: number) => void): Promise<PgliteThread> {
    if (!fs.existsSync(path.join(folder, 'PG_VERSION'))) await make(folder);
    const thread = new PgliteThread(folder, used);
    const late = setTimeout(() => thread.#fail(new Error('the embedded database did not open in time')), OPEN_MS);
    try {
      await thread.#opened;
    } catch (error) {
      await thread.close();
      throw error;
    } finally {
      clearTimeout(late);
    }
    return thread;
  }

  readonly #opened: Promise<void>;
  readonly #refuse: (error: Error) => void;

  private constructor(folder: string, used: (cpuSeconds: number) => void) {
    this.#used = used;
    this.#worker = start({ folder });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#opened = promise;
    promise.catch(() => {});
    this.#worker.once('message', (opened: Opened) => {
      this.#worker.on('message', (answer: Answer) => this.#answered(answer));
      if (opened.opened) resolve();
      else
        reject(
          new OperatorError(
            `the database in ${folder} cannot be opened (${opened.message}): restore the folder from a backup, or move it away to begin with an empty one`,
          ),
        );
    });
    this.#exited = new Promise(exited => {
      this.#worker.on('error', error => this.#fail(error));
      this.#worker.once('exit', () => {
        this.#fail(new Error('the thread of the embedded database has ended'));
        exited();
      });
    });
    this.#refuse = reject;
  }

  /** Throws what the database answers, or that it did not within that time; then the thread is ended. */
  query(sql: string, parameters: readonly unknown[], withinMs: number): Promise<{ rows: unknown[]; affected: number }> {
    if (this.#over !== undefined) return Promise.reject(this.#over);
    const id = this.#next++;
    const late = setTimeout(() => this.#fail(new Error('the embedded database did not answer in time')), withinMs);
    return new Promise<{ rows: unknown[]; affected: number }>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, sql, parameters } satisfies Question);
    }).finally(() => clearTimeout(late));
  }

  /** Resolves when the thread is gone. */
  async close(): Promise<void> {
    const late = setTimeout(() => void this.#worker.terminate(), CLOSE_MS);
    if (!this.#closing) this.#worker.postMessage('close');
    this.#closing = true;
    await this.#exited;
    clearTimeout(late);
  }

  #answered(answer: Answer): void {
    this.#used(answer.cpuSeconds - this.#cpuSeconds);
    this.#cpuSeconds = answer.cpuSeconds;
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('rows' in answer) {
      waiting?.resolve(answer);
      return;
    }
    const error = Object.assign(new Error(answer.error.message), { code: answer.error.code });
    waiting?.reject(error);
    if (!IS_WELL.test(answer.error.code ?? '')) this.#fail(error);
  }

  /** Nothing more is to be had from this thread. */
  #fail(error: Error): void {
    this.#over ??= error;
    this.#refuse(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    void this.#worker.terminate();
  }
}

const start = (workerData: { folder: string; only?: 'make' }) =>
  new Worker(new URL('./thread.ts', import.meta.url), { workerData, name: 'database' });

/** Whole or not at all: a folder that was begun and not finished would never open. */
async function make(folder: string): Promise<void> {
  const template = await emptyDatabase();
  const draft = `${folder}.new`;
  await fs.promises.rm(draft, { recursive: true, force: true });
  await fs.promises.mkdir(path.dirname(folder), { recursive: true });
  if (template === undefined) await initialise(draft);
  else await fs.promises.cp(template, draft, { recursive: true });
  await fs.promises.rm(folder, { recursive: true, force: true });
  await fs.promises.rename(draft, folder);
  await fs.promises.chmod(folder, 0o700);
}

/** The template's folder; undefined where none can be kept. */
async function emptyDatabase(): Promise<string | undefined> {
  const { version } = JSON.parse(
    await fs.promises.readFile(
      path.resolve(import.meta.dirname, '../../../node_modules/@electric-sql/pglite/package.json'),
      'utf8',
    ),
  ) as { version: string };
  const template = path.join(TEMPLATE, `pglite-${version}`);
  if (fs.existsSync(template)) return template;
  const draft = `${template}.${process.pid}`;
  try {
    await fs.promises.mkdir(TEMPLATE, { recursive: true });
    await initialise(draft);
    await fs.promises.rename(draft, template);
    return template;
  } catch {
    await fs.promises.rm(draft, { recursive: true, force: true }).catch(() => {});
    return fs.existsSync(template) ? template : undefined;
  }
}

/** In a thread that ends afterwards: making a database takes memory that nobody needs later. */
async function initialise(folder: string): Promise<void> {
  const worker = start({ folder, only: 'make' });
  try {
    const made = await new Promise<Opened>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the thread ended')));
    });
    if (!made.opened) throw new OperatorError(`no database can be made in ${folder}: ${made.message}`);
  } finally {
    await worker.terminate();
  }
}
