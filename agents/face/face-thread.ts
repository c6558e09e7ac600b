/** The face's worker thread: one rig, one encoder, messages over `workerData.port` (see messages.ts). */
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { halfSize } from './fit.ts';
import type { FaceThreadData, FromFace, PlanesInUse, ToFace } from './messages.ts';
import { Performer } from './performer.ts';
import { type LoadedRig, loadRig } from './rig-load.ts';
import { Vp8Encoder } from './vp8.ts';

/** Small pictures are seldom needed, and then at once: they are loaded when the first large ones have been drawn. */
const SMALL_AFTER_MS = 1500;

const { init, port, planes } = workerData as FaceThreadData;
const closed = new AbortController();

function send(message: FromFace, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

function fail(error: unknown): void {
  send({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
}

async function load(size: { width: number; height: number }): Promise<LoadedRig> {
  const rig = await loadRig(init.rig, { size, shared: planes });
  parentPort?.postMessage(rig.planes satisfies PlanesInUse);
  return rig;
}

async function start(): Promise<void> {
  const began = performance.now();
  const { width, height } = init;
  const performer = new Performer(await load({ width, height }));
  const encoder = new Vp8Encoder(init);
  port.on('message', (message: ToFace) => {
    try {
      handle(message, performer, encoder);
    } catch (error) {
      fail(error);
    }
  });
  send({ type: 'ready', loadMs: performance.now() - began });
  try {
    await pause(SMALL_AFTER_MS, undefined, { signal: closed.signal });
    const small = await load(halfSize(init));
    if (!closed.signal.aborted) performer.addSmall(small);
  } catch {
    // Closed meanwhile, or a rig too small to be halved: the face goes on at its size.
  }
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
      closed.abort();
      performer.close();
      encoder.close();
      // Nothing else keeps the thread alive.
      port.close();
  }
}

function render(
  { frame, instant, detail, keyframe }: Extract<ToFace, { type: 'render' }>,
  performer: Performer,
  encoder: Vp8Encoder,
): void {
  const began = performance.now();
  const picture = performer.picture(instant, detail);
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
