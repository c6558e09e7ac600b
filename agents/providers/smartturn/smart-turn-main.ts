/** Process that hears whether a turn is over, one question at a time. Its parent watches it. */
import os from 'node:os';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { WorkerReply, WorkerRequest } from '../../base/worker-queue.ts';
import { BANDS, FRAMES, logMel } from './log-mel.ts';

/** The words are read at the same time, and are wanted first. */
os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);

const session = InferenceSession.create(process.argv[2]!, {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
});

async function probability(pcm: Int16Array): Promise<number> {
  const model = await session;
  const answer = await model.run({ input_features: new Tensor('float32', logMel(pcm), [1, BANDS, FRAMES]) });
  return (answer[model.outputNames[0]!]!.data as Float32Array)[0]!;
}

const reply = (answer: WorkerReply<number>) => process.send?.(answer);
process.on('message', async ({ id, request }: WorkerRequest<Int16Array>) => {
  try {
    reply({ id, answer: await probability(request) });
  } catch (error) {
    reply({ id, error: (error as Error).message });
  }
});
process.on('disconnect', () => process.exit(0));
