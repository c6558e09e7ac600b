/** Worker thread that listens for the end of a turn, one question at a time. ONNX Runtime lives here and nowhere else. */
import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { WorkerReply, WorkerRequest } from '../../base/worker-queue.ts';
import { FRAMES, logMel } from './log-mel.ts';

const { model } = workerData as { model: string };
const BANDS = 80;

const session = await InferenceSession.create(model, {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
});
const [output] = session.outputNames;

async function probability(pcm: Int16Array): Promise<number> {
  const answer = await session.run({ input_features: new Tensor('float32', logMel(pcm), [1, BANDS, FRAMES]) });
  return (answer[output!]!.data as Float32Array)[0]!;
}

parentPort?.on('message', async ({ id, request }: WorkerRequest<Int16Array>) => {
  try {
    parentPort?.postMessage({ id, answer: await probability(request) } satisfies WorkerReply<number>);
  } catch (error) {
    parentPort?.postMessage({ id, error: (error as Error).message } satisfies WorkerReply<number>);
  }
});
