/** Worker thread that speaks, one sentence at a time. */
import { parentPort } from 'node:worker_threads';
import type { WorkerReply, WorkerRequest } from '../../base/worker-queue.ts';
import { type FliteAnswer, FliteProgram, fliteModule } from './flite-program.ts';

const module = fliteModule();
let program: FliteProgram | undefined = new FliteProgram(module);

parentPort?.on('message', ({ id, request }: WorkerRequest<string[]>) => {
  const running = program ?? new FliteProgram(module);
  program = undefined;
  try {
    parentPort?.postMessage({ id, answer: running.run(request) } satisfies WorkerReply<FliteAnswer>);
    program = running;
  } catch (error) {
    parentPort?.postMessage({ id, error: (error as Error).message } satisfies WorkerReply<FliteAnswer>);
  }
});
