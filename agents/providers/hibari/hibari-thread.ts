/** Worker thread that speaks: plans sentences, and makes the sound of their pieces, one at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerReply, WorkerRequest } from '../../base/worker-queue.ts';
import type { HibariAnswer, HibariRequest } from './messages.ts';
import { Synthesizer } from './synthesizer.ts';

const synthesizer = Synthesizer.load(workerData as string);

parentPort?.on('message', async ({ id, request }: WorkerRequest<HibariRequest>) => {
  const reply = (answer: WorkerReply<HibariAnswer>) => parentPort?.postMessage(answer);
  try {
    reply({ id, answer: await (await synthesizer).answer(request) });
  } catch (error) {
    reply({ id, error: (error as Error).message });
  }
});
