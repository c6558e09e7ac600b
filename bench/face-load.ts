/** `face-load.ts <faces> <seconds>`: that many speaking faces at 25 pictures a second; prints what was late. */
import type { MessagePort } from 'node:worker_threads';
import { SPEECH_RATE } from '../agents/base/rates.ts';
import type { FaceInit, FromFace, ToFace } from '../agents/face/messages.ts';
import { FaceThreads } from '../agents/media/face-threads.ts';
import { FaceWorker } from '../agents/media/face-worker.ts';
import { LEAD_TICKS } from '../agents/media/picture-lead.ts';
import { Flite } from '../agents/providers/flite/flite.ts';
import { speakWhole } from '../studio/clip/spoken.ts';

const [faces = 1, seconds = 5] = process.argv.slice(2).map(Number);
const FRAME_MS = 40;
/** As a call asks (media/picture-lead.ts): so long before a picture is sent, and for so many at once. */
const LEAD_MS = LEAD_TICKS * 20;
const MOST_ASKED = 2;
/** Every thread has compiled its code by then, on the one core. */
const WARM_UP_FRAMES = 250;
const TEXT =
  'Hello there! I would really like to know how your morning has been, because mine was full of bubbles, and of very big waves.';

const init: FaceInit = { rig: 'avatars/ollie', width: 512, height: 512, frameRate: 25, bitrate: 800_000 };
const result = { pictures: 0, late: 0, cpuMsPerPicture: 0 };
/** This process is held to one core. */
const threads = new FaceThreads(1);
let cpuBefore = process.cpuUsage();

/**
 * One face, as a call has it. A picture is late when it is not there `LEAD_MS` after it was to be asked for, however
 * late that was, and when it could not be asked for, because too many before it were still being made.
 */
class Face {
  readonly #worker = new FaceWorker(init, threads, {
    port: () => {},
    replaced: (_reason, message) => fail(message),
    failed: message => fail(message),
  });
  readonly #port: MessagePort;
  readonly ready: Promise<void>;
  readonly #asked: { frame: number; dueMs: number }[] = [];

  constructor() {
    const ready = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.#port = this.#worker.start();
    this.#port.on('message', (message: FromFace) => {
      if (message.type === 'ready') ready.resolve();
      else if (message.type === 'failed') fail(message.message);
      else this.#arrived();
    });
  }

  /** For the picture that was to be asked for at `askMs`. */
  ask(frame: number, askMs: number): void {
    if (this.#asked.length >= MOST_ASKED) {
      this.#count(frame, true);
      return;
    }
    this.#asked.push({ frame, dueMs: askMs + LEAD_MS });
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

  #arrived(): void {
    const { frame, dueMs } = this.#asked.shift()!;
    this.#count(frame, performance.now() > dueMs);
  }

  #count(frame: number, late: boolean): void {
    if (frame < WARM_UP_FRAMES) return;
    result.pictures += 1;
    if (late) result.late += 1;
  }

  #send(message: ToFace): void {
    this.#port.postMessage(message);
  }

  async close(): Promise<void> {
    this.#send({ type: 'close' });
    await this.#worker.close();
  }
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

const flite = new Flite();
const spoken = await speakWhole(flite, TEXT, { voice: 'slt', signal: new AbortController().signal });
await flite.close();
const all: Face[] = [];
for (let n = 0; n < faces; n++) {
  const face = new Face();
  // One after another, as conversations begin: each finds the pictures that the first has loaded.
  await face.ready;
  all.push(face);
}
const frames = WARM_UP_FRAMES + seconds * 25;
const began = performance.now();
await Promise.all(
  all.map(async (face, n) => {
    for (let frame = 0; frame < frames; frame++) {
      if (n === 0 && frame === WARM_UP_FRAMES) cpuBefore = process.cpuUsage();
      const askMs = began + frame * FRAME_MS + (n * FRAME_MS) / faces;
      await new Promise(resolve => setTimeout(resolve, Math.max(0, askMs - performance.now())));
      face.ask(frame, askMs);
    }
  }),
);
const { user, system } = process.cpuUsage(cpuBefore);
await new Promise(resolve => setTimeout(resolve, 500));
result.cpuMsPerPicture = Math.round((user + system) / 10 / (faces * seconds * 25)) / 100;
const rssMb = Math.round(process.memoryUsage().rss / 1e6);
await Promise.all(all.map(face => face.close()));
await threads.close();
console.log(JSON.stringify({ ...result, rssMb }));
process.exit(0);
