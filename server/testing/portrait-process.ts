import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { type FromPortraitWorker, ToPortraitWorker } from '../../protocol/portraits.ts';
import type { WorkerProcess } from '../portraits/worker.ts';

type Sent = ToPortraitWorker;
type Answer = FromPortraitWorker | undefined;

/** A portrait worker's process that answers as a test says. */
export class FakePortraitProcess extends EventEmitter {
  static all: FakePortraitProcess[] = [];
  /** What a process answers; undefined: nothing yet. */
  static script: (job: Sent) => Answer = job => done(job);
  readonly pid = 4000 + FakePortraitProcess.all.length;
  readonly jobs: Sent[] = [];
  readonly signals: string[] = [];

  constructor() {
    super();
    FakePortraitProcess.all.push(this);
  }

  static start = (): WorkerProcess => new FakePortraitProcess() as unknown as WorkerProcess;
  static reset(): void {
    FakePortraitProcess.all = [];
    FakePortraitProcess.script = job => done(job);
  }

  send(message: unknown): boolean {
    const job = ToPortraitWorker.parse(message);
    this.jobs.push(job);
    const answer = FakePortraitProcess.script(job);
    if (answer !== undefined) queueMicrotask(() => this.emit('message', answer));
    return true;
  }

  answer(answer: FromPortraitWorker): void {
    this.emit('message', answer);
  }

  kill(signal: string): boolean {
    this.signals.push(signal);
    queueMicrotask(() => this.emit('exit', null, signal));
    return true;
  }

  /** Dies by itself. */
  crash(): void {
    this.emit('exit', null, 'SIGSEGV');
  }
}

/** As if the job had been done, with files for those that write some. */
export function done(job: Sent): FromPortraitWorker {
  if (job.type === 'make' || job.type === 'present')
    for (const name of ['thumbnail.webp', 'preview.webm']) fs.writeFileSync(path.join(job.folder, name), `${name}!`);
  return {
    type: 'done',
    id: job.id,
    words: true,
    times: {},
    ...(job.type === 'imagine' && { picture: Buffer.from('drawn') }),
  };
}

export const failed = (job: Sent, code: 'no-face' | 'worker-failed', fault = false): FromPortraitWorker => ({
  type: 'failed',
  id: job.id,
  error: { code, message: 'as the test says', retryable: false },
  fault,
});
