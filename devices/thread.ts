/** A thread that carries devices' sound: its event loop carries nothing else, so that it arrives evenly. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { Pacer } from '../agents/media/pacer.ts';
import type { FromDeviceMedia, OpenDevice } from '../protocol/device-media.ts';
import { NICE, placeThread } from '../telemetry/priority.ts';
import { openLine } from './line.ts';

placeThread(NICE.media);
const pacer = new Pacer();

parentPort!.on('message', (init: OpenDevice<MessagePort>) => {
  openLine(init, pacer).catch(error => {
    init.port.postMessage({ type: 'failed', message: String(error) } satisfies FromDeviceMedia);
    init.port.close();
  });
});
