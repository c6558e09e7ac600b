/** A worker thread that draws and encodes faces, each on its own line (see messages.ts). */
import { parentPort } from 'node:worker_threads';
import { DrawnFace } from './drawn-face.ts';
import type { FromFaceThread, ToFaceThread } from './messages.ts';
import { Rigs } from './rigs.ts';

const rigs = new Rigs();
const faces = new Map<number, DrawnFace>();

parentPort!.on('message', (message: ToFaceThread) => {
  const { face } = message;
  if (message.type === 'shut') faces.get(face)?.close();
  else
    faces.set(
      face,
      new DrawnFace(message, rigs, {
        planes: ({ key, data }) => post({ type: 'planes', face, key, data }),
        closed: () => {
          faces.delete(face);
          post({ type: 'shut', face });
        },
      }),
    );
});

function post(message: FromFaceThread): void {
  parentPort!.postMessage(message);
}
