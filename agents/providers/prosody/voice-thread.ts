/** Thread that listens to how things are said, for all conversations of a host. */
import { parentPort } from 'node:worker_threads';
import { NICE, placeThread } from '../../../telemetry/priority.ts';
import type { WorkerReply, WorkerRequest } from '../../base/worker-queue.ts';
import type { Reading } from '../../feel/ports.ts';
import { VoiceArousal } from './voice.ts';

export type VoiceQuestion = { speaker: string; utteranceId: string; pcm: Int16Array } | { forget: string };
export type VoiceAnswer = Reading | null;

placeThread(NICE.later);
const voices = new VoiceArousal();

parentPort!.on('message', ({ id, request }: WorkerRequest<VoiceQuestion>) => {
  let reply: WorkerReply<VoiceAnswer>;
  try {
    if ('forget' in request) {
      voices.forget(request.forget);
      reply = { id, answer: null };
    } else reply = { id, answer: voices.hear(request.speaker, request.utteranceId, request.pcm) ?? null };
  } catch (error) {
    reply = { id, error: String(error) };
  }
  parentPort!.postMessage(reply);
});
