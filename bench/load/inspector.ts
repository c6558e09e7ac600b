/** Reaches into a running Node process over its inspector (Chrome DevTools protocol): ends threads, sets clocks wrong. */
import { once } from 'node:events';

/** Where SIGUSR1 makes a process listen. */
const LIST = 'http://127.0.0.1:9229/json/list';
const OPEN_MS = 5000;

interface Answer {
  id: number;
  result?: { result?: { objectId?: string; value?: unknown }; objects?: { objectId: string } };
  error?: { message: string };
}

export class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #id = 0;

  /** One process of the machine at a time. */
  static async attach(pid: number): Promise<Inspector> {
    process.kill(pid, 'SIGUSR1');
    const endMs = performance.now() + OPEN_MS;
    while (performance.now() < endMs) {
      const targets = await fetch(LIST).then(
        response => response.json() as Promise<{ webSocketDebuggerUrl: string }[]>,
        () => [],
      );
      if (targets[0] !== undefined) {
        const socket = new WebSocket(targets[0].webSocketDebuggerUrl);
        await once(socket, 'open');
        return new Inspector(socket);
      }
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    throw new Error(`process ${pid} opened no inspector`);
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const answer = JSON.parse(String(data)) as Answer;
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
  }

  /** Ends all worker threads of this name; resolves to how many there were. */
  async endThreads(name: string): Promise<number> {
    const prototype = await this.#ask('Runtime.evaluate', {
      expression: "process.getBuiltinModule('node:worker_threads').Worker.prototype",
    });
    const workers = await this.#ask('Runtime.queryObjects', {
      prototypeObjectId: prototype.result!.result!.objectId!,
    });
    const ended = await this.#ask('Runtime.callFunctionOn', {
      objectId: workers.result!.objects!.objectId,
      // One of them is the prototype itself, which knows no name.
      functionDeclaration: `function () {
        const nameOf = worker => { try { return worker.threadName; } catch { return undefined; } };
        const named = [...this].filter(worker => nameOf(worker) === ${JSON.stringify(name)});
        for (const worker of named) worker.terminate();
        return named.length;
      }`,
      returnByValue: true,
    });
    return Number(ended.result?.result?.value ?? 0);
  }

  /** The main thread's wall clock is off by so much from now on. */
  async shiftClock(ms: number): Promise<void> {
    await this.#ask('Runtime.evaluate', {
      expression: `{ const now = Date.now.bind(Date); Date.now = () => now() + ${ms}; }`,
    });
  }

  /** The main thread runs in a circle from now on. */
  async hang(): Promise<void> {
    await this.#ask('Runtime.evaluate', { expression: 'setTimeout(() => { for (;;); }, 0)' });
  }

  close(): void {
    this.#socket.close();
  }

  #ask(method: string, params: object): Promise<Answer> {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, answer => {
        if (answer.error === undefined) resolve(answer);
        else reject(new Error(`${method}: ${answer.error.message}`));
      });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
