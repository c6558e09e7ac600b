import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';

/** A message, and what of one is not whole yet, is no longer than this, bytes [C2]. */
export const MOST_MESSAGE_BYTES = 4 * 2 ** 20;
/** Of what it writes to its standard error: so many lines are told, each so long. */
const TOLD_LINES = 20;
const TOLD_CHARACTERS = 300;
/** After its input was closed, and after SIGTERM. */
const LEAVES_MS = 500;
const ENDS_MS = 2000;

export interface ChildOptions {
  command: readonly string[];
  /** All that it is given. */
  env: Readonly<Record<string, string>>;
  /** A line of its standard error, shortened. */
  stderr(line: string): void;
  /** It has ended, unasked perhaps: its exit code, or the signal that ended it. */
  ended(how: string, asked: boolean): void;
}

/** A server of tools in a process of its own, spoken with line by line over its standard input and output. */
export class ChildTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #options: ChildOptions;
  #child: ChildProcess | undefined;
  #exited: Promise<unknown> = Promise.resolve();
  #parts: Buffer[] = [];
  #size = 0;
  #toldLines = 0;
  #asked = false;
  #closed = false;

  constructor(options: ChildOptions) {
    this.#options = options;
  }

  /** Its process, while it runs. */
  get pid(): number | undefined {
    return this.#child?.exitCode === null && this.#child.signalCode === null ? this.#child.pid : undefined;
  }

  /** Rejects where it cannot be started. */
  async start(): Promise<void> {
    const [program = '', ...args] = this.#options.command;
    // A group of its own: what it starts ends with it.
    const child = spawn(program, args, { env: { ...this.#options.env }, stdio: 'pipe', detached: true });
    this.#child = child;
    this.#exited = new Promise(resolve => {
      child.once('exit', (code, signal) => {
        this.#options.ended(signal ?? `exit code ${code}`, this.#asked);
        resolve(undefined);
        this.#over();
      });
      child.once('error', resolve);
    });
    child.stdin.on('error', error => this.onerror?.(error));
    child.stdout.on('data', (bytes: Buffer) => this.#read(bytes));
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.#tell(text));
    await once(child, 'spawn');
  }

  /** No line of its standard error is told any more: it may hold what people said [P1]. */
  quiet(): void {
    this.#toldLines = TOLD_LINES;
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const { stdin } = this.#child ?? {};
    if (stdin?.writable !== true) throw new Error('the server is not running');
    stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** Ends the process, by force if need be, and waits until it is gone. */
  async close(): Promise<void> {
    this.#asked = true;
    this.#child?.stdin?.end();
    for (const [waitMs, signal] of [
      [LEAVES_MS, 'SIGTERM'],
      [ENDS_MS, 'SIGKILL'],
    ] as const) {
      if (await this.#gone(waitMs)) break;
      this.#signal(signal);
    }
    await this.#exited;
    this.#over();
  }

  async #gone(withinMs: number): Promise<boolean> {
    const late = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => late.resolve(false), withinMs);
    const gone = await Promise.race([this.#exited.then(() => true), late.promise]);
    clearTimeout(timer);
    return gone;
  }

  /** What it has started is ended as well, also where it is gone itself. */
  #signal(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // Nobody of the group is left.
    }
  }

  #over(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#signal('SIGKILL');
    for (const stream of [this.#child?.stdin, this.#child?.stdout, this.#child?.stderr]) stream?.destroy();
    this.onclose?.();
  }

  #read(bytes: Buffer): void {
    for (let rest = bytes; rest.length > 0; ) {
      const end = rest.indexOf(10);
      const part = end < 0 ? rest : rest.subarray(0, end);
      this.#parts.push(part);
      this.#size += part.length;
      if (this.#size > MOST_MESSAGE_BYTES) {
        this.#parts = [];
        this.onerror?.(new Error('the server wrote too long a message'));
        this.#signal('SIGKILL');
        return;
      }
      if (end < 0) return;
      rest = rest.subarray(end + 1);
      const line = Buffer.concat(this.#parts).toString('utf8');
      this.#parts = [];
      this.#size = 0;
      this.#take(line);
    }
  }

  #take(line: string): void {
    if (line.trim() === '') return;
    try {
      this.onmessage?.(JSON.parse(line));
    } catch (error) {
      this.onerror?.(error as Error);
    }
  }

  #tell(text: string): void {
    for (const line of text.split('\n')) {
      if (line.trim() === '' || this.#toldLines >= TOLD_LINES) continue;
      this.#toldLines++;
      this.#options.stderr(line.slice(0, TOLD_CHARACTERS));
    }
  }
}
