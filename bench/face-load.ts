/** `face-load.ts <faces> <seconds>`: that many speaking face threads at 25 pictures a second; prints what was late. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { SPEECH_RATE } from '../agents/face/avatar.ts';
import type { FaceThreadInit, FromFace, ToFace } from '../agents/face/messages.ts';
import { speakWhole } from '../agents/face-clip/spoken.ts';
import { Flite } from '../agents/providers/flite/flite.ts';

const [faces = 1, seconds = 5] = process.argv.slice(2).map(Number);
const FRAME_MS = 40;
/** A call asks for a picture this long before it is due (LEAD_TICKS of media/face-feed.ts). */
const DUE_MS = 40;
/** Every thread has compiled its code by then, on the one core. */
const WARM_UP_FRAMES = 250;
const TEXT =
  'Hello there! I would really like to know how your morning has been, because mine was full of bubbles, and of very big waves.';

const init: FaceThreadInit = { rig: 'avatars/ollie', width: 512, height: 512, frameRate: 25, bitrate: 800_000 };
const result = { pictures: 0, late: 0, cpuMsPerPicture: 0 };
let cpuBefore = process.cpuUsage();

/** One face, asked as a call asks (media/face-feed.ts): a picture whose turn comes while another is made is dropped. */
class Face {
  readonly #port: MessagePort;
  readonly #worker: Worker;
  readonly ready: Promise<void>;
  #asked: { frame: number; atMs: number } | undefined;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(new URL('../agents/face/face-thread.ts', import.meta.url), {
      workerData: { init, port: port2 },
      transferList: [port2],
    });
    const ready = Promise.withResolvers<void>();
    this.ready = ready.promise;
    port1.on('message', (message: FromFace) => {
      if (message.type === 'ready') ready.resolve();
      if (message.type === 'failed') ready.reject(new Error(message.message));
      if (message.type === 'picture') this.#arrived(message.frame);
    });
  }

  ask(frame: number): void {
    if (this.#asked) {
      this.#count(frame, Number.POSITIVE_INFINITY);
      return;
    }
    this.#asked = { frame, atMs: performance.now() };
    const sample = (frame * SPEECH_RATE * 0.04) % spoken.pcm.length;
    if (frame === 0) this.#send({ type: 'speech', timeline: { turnId: 'load', events: spoken.events } });
    const instant = { atMs: frame * FRAME_MS, state: 'speaking', emotion: 'neutral', intensity: 0 } as const;
    this.#send({
      type: 'render',
      frame,
      instant: { ...instant, speech: { turnId: 'load', sample } },
      keyframe: frame === 0,
    });
  }

  #arrived(frame: number): void {
    this.#count(frame, performance.now() - this.#asked!.atMs);
    this.#asked = undefined;
  }

  #count(frame: number, tookMs: number): void {
    if (frame < WARM_UP_FRAMES) return;
    result.pictures += 1;
    if (tookMs > DUE_MS) result.late += 1;
  }

  #send(message: ToFace): void {
    this.#port.postMessage(message);
  }

  async close(): Promise<void> {
    this.#send({ type: 'close' });
    await new Promise(resolve => this.#worker.once('exit', resolve));
  }
}

const flite = new Flite();
const spoken = await speakWhole(flite, TEXT, { voice: 'slt', signal: new AbortController().signal });
await flite.close();
const all = Array.from({ length: faces }, () => new Face());
await Promise.all(all.map(face => face.ready));
const frames = WARM_UP_FRAMES + seconds * 25;
const began = performance.now();
await Promise.all(
  all.map(async (face, n) => {
    for (let frame = 0; frame < frames; frame++) {
      if (n === 0 && frame === WARM_UP_FRAMES) cpuBefore = process.cpuUsage();
      const dueMs = began + frame * FRAME_MS + (n * FRAME_MS) / faces;
      await new Promise(resolve => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
      face.ask(frame);
    }
  }),
);
const { user, system } = process.cpuUsage(cpuBefore);
await new Promise(resolve => setTimeout(resolve, 500));
result.cpuMsPerPicture = Math.round((user + system) / 10 / (faces * seconds * 25)) / 100;
const rssMb = Math.round(process.memoryUsage().rss / 1e6);
await Promise.all(all.map(face => face.close()));
console.log(JSON.stringify({ ...result, rssMb }));
process.exit(0);
