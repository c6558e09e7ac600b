import { fork } from 'node:child_process';
import { Worker } from 'node:worker_threads';

/** Who works for somebody: a thread or a process, one message at a time. */
export interface Peer {
  readonly pid: number | undefined;
  post(message: unknown, transfer: readonly ArrayBuffer[]): void;
  /** Ends it, whatever it is about; resolves when it is gone. */
  end(): Promise<void>;
}

export interface PeerEvents<T> {
  told(message: T): void;
  /** It ended though nobody ended it. */
  failed(reason: string): void;
}

export type Start<T> = (events: PeerEvents<T>) => Peer;

export const thread =
  <T>(file: URL, name: string): Start<T> =>
  ({ told, failed }) => {
    const worker = new Worker(file, { name, stdout: true });
    worker.on('message', told);
    worker.on('error', error => failed((error as Error).message));
    return {
      pid: undefined,
      post: (message, transfer) => worker.postMessage(message, [...transfer]),
      async end() {
        worker.removeAllListeners();
        // It may fail once more on its way out.
        worker.on('error', () => {});
        await worker.terminate();
      },
    };
  };

/** For what would take its process with it when it fails, or is ended in the middle of something. */
export const childProcess =
  <T>(file: URL, args: readonly string[]): Start<T> =>
  ({ told, failed }) => {
    const child = fork(file, args, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.on('message', message => told(message as T));
    child.on('error', error => failed(error.message));
    child.on('exit', (code, signal) => failed(`it ended with ${signal ?? code}`));
    return {
      pid: child.pid,
      post(message) {
        if (child.connected) child.send(message as object, () => {});
      },
      async end() {
        child.removeAllListeners();
        child.on('error', () => {});
        if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
        const gone = new Promise<void>(resolve => child.once('exit', () => resolve()));
        child.kill('SIGKILL');
        await gone;
      },
    };
  };
