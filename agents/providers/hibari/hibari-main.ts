/** Process that speaks: plans sentences, and makes the sound of their pieces, one at a time. Its parent watches it. */
import { NICE, placeThread } from '../../../telemetry/priority.ts';
import type { WorkerReply, WorkerRequest } from '../../base/worker-queue.ts';
import type { HibariAnswer, HibariRequest } from './messages.ts';
import { Synthesizer } from './synthesizer.ts';

// A sentence that comes late is a silence.
placeThread(NICE.speech);
const synthesizer = Synthesizer.load(process.argv[2]!);

process.on('message', async ({ id, request }: WorkerRequest<HibariRequest>) => {
  const reply = (answer: WorkerReply<HibariAnswer>) => process.send?.(answer);
  try {
    reply({ id, answer: await (await synthesizer).answer(request) });
  } catch (error) {
    reply({ id, error: (error as Error).message });
  }
});
process.on('disconnect', () => process.exit(0));
