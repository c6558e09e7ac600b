/** The face's worker thread: one rig, one encoder, messages over `workerData.port` (see messages.ts). */
import { type MessagePort, workerData } from 'node:worker_threads';
import type { FaceThreadInit, FromFace, ToFace } from './messages.ts';
import { Performer } from './performer.ts';
import { loadRig } from './rig-load.ts';
import { Vp8Encoder } from './vp8.ts';

const { init, port } = workerData as { init: FaceThreadInit; port: MessagePort };

function send(message: FromFace, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

function fail(error: unknown): void {
  send({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
}

async function start(): Promise<void> {
  const began = performance.now();
  const { width, height } = init;
  const performer = new Performer(await loadRig(init.rig, { size: { width, height } }));
  const encoder = new Vp8Encoder(init);
  port.on('message', (message: ToFace) => {
    try {
      handle(message, performer, encoder);
    } catch (error) {
      fail(error);
    }
  });
  send({ type: 'ready', loadMs: performance.now() - began });
}

function handle(message: ToFace, performer: Performer, encoder: Vp8Encoder): void {
  switch (message.type) {
    case 'speech':
      performer.speech(message.timeline);
      break;
    case 'drop':
      performer.drop(message.turnId);
      break;
    case 'bitrate':
      encoder.setBitrate(message.bitrate);
      break;
    case 'render':
      render(message, performer, encoder);
      break;
    case 'close':
      performer.close();
      encoder.close();
      // Nothing else keeps the thread alive.
      port.close();
  }
}

function render(
  { frame, instant, keyframe }: Extract<ToFace, { type: 'render' }>,
  performer: Performer,
  encoder: Vp8Encoder,
): void {
  const began = performance.now();
  const picture = performer.picture(instant);
  const drawn = performance.now();
  const encoded = encoder.encode(picture, keyframe);
  const turnId = instant.speech?.turnId;
  const times = { renderMs: drawn - began, encodeMs: performance.now() - drawn };
  send({ type: 'picture', frame, ...(turnId !== undefined && { turnId }), ...encoded, ...times }, [
    encoded.payload.buffer,
  ]);
}

start().catch(error => {
  fail(error);
  port.close();
});
