/**
 * A media thread: RTP in and out, Opus, pacing, for several conversations. Its event loop carries nothing else, so that
 * a frame of voice leaves every 20 ms whatever recognizers, dialogue or the renderer are doing.
 */
import { parentPort } from 'node:worker_threads';
import { NICE, placeThread } from '../../telemetry/priority.ts';
import { type Addressed, type Left, PULSE } from '../base/shared-threads.ts';
import { MediaLine } from './media-line.ts';
import type { FromMedia, ToMediaThread } from './messages.ts';
import { Pacer } from './pacer.ts';
import { VoiceSender } from './sender.ts';

placeThread(NICE.media);
const pacer = new Pacer();

parentPort!.on('message', (said: Addressed<ToMediaThread> | typeof PULSE) => {
  if (said === PULSE) return parentPort!.postMessage(PULSE);
  const {
    place,
    message: { init },
  } = said;
  const left = () => parentPort!.postMessage({ place, message: { type: 'left' } } satisfies Addressed<Left>);
  VoiceSender.create(init.audioSsrc).then(
    voice => new MediaLine(init, voice, pacer, left),
    error => {
      init.session.postMessage({ type: 'failed', message: (error as Error).message } satisfies FromMedia);
      init.face.close();
      left();
    },
  );
});
