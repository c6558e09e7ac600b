/** A worker thread that draws and encodes faces, each on its own line (see messages.ts). */
import { parentPort } from 'node:worker_threads';
import { NICE, placeThread } from '../../telemetry/priority.ts';
import type { Addressed, Left } from '../base/shared-threads.ts';
import { DrawnFace } from './drawn-face.ts';
import type { FromFaceThread, ToFaceThread } from './messages.ts';
import { Rigs } from './rigs.ts';

placeThread(NICE.face);
const rigs = new Rigs();
const faces = new Map<number, DrawnFace>();

parentPort!.on('message', ({ place, message }: Addressed<ToFaceThread>) => {
  if (message.type === 'shut') {
    faces.get(place)?.close();
    return;
  }
  const post = (said: FromFaceThread | Left) =>
    parentPort!.postMessage({ place, message: said } satisfies Addressed<FromFaceThread | Left>);
  const face = new DrawnFace(message, rigs, {
    planes: ({ key, data }) => post({ type: 'planes', key, data }),
    closed: () => {
      faces.delete(place);
      post({ type: 'left' });
    },
  });
  faces.set(place, face);
});
