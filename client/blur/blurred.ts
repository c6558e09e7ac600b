import { type Engine, openEngine } from './engine.ts';
import { Pace } from './pace.ts';
import { tick } from './ticker.ts';

const PER_SECOND = 24;
/** What the model looks at. */
const LOOKED_AT = { width: 256, height: 144 };
/** The background in so few pixels, stretched again: a blur that every browser can. */
const COARSE = 24;

/** A camera's picture with its background blurred. */
export type Blurred = { track: MediaStreamTrack; close(): void };

const canvasOf = (width: number, height: number) => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  return { canvas, context: canvas.getContext('2d')! };
};

/** Draws who is in front as they are, and the rest as if far out of focus. */
class Painter {
  readonly #looked = canvasOf(LOOKED_AT.width, LOOKED_AT.height);
  readonly #coarse = canvasOf(COARSE, COARSE);
  readonly #people: ReturnType<typeof canvasOf>;
  readonly #out: ReturnType<typeof canvasOf>;
  readonly #engine: Engine;

  constructor(engine: Engine, width: number, height: number) {
    this.#engine = engine;
    this.#people = canvasOf(width, height);
    this.#out = canvasOf(width, height);
  }

  get canvas(): HTMLCanvasElement {
    return this.#out.canvas;
  }

  async paint(video: HTMLVideoElement): Promise<void> {
    const { width, height } = this.#out.canvas;
    this.#looked.context.drawImage(video, 0, 0, LOOKED_AT.width, LOOKED_AT.height);
    const mask = await this.#engine.maskOf(this.#looked.canvas);
    const people = this.#people.context;
    people.globalCompositeOperation = 'copy';
    people.drawImage(mask, 0, 0, width, height);
    people.globalCompositeOperation = 'source-in';
    people.drawImage(video, 0, 0, width, height);
    this.#coarse.context.imageSmoothingQuality = 'high';
    this.#coarse.context.drawImage(video, 0, 0, COARSE, COARSE);
    this.#out.context.imageSmoothingQuality = 'high';
    this.#out.context.drawImage(this.#coarse.canvas, 0, 0, width, height);
    this.#out.context.drawImage(this.#people.canvas, 0, 0);
  }
}

/** Chrome's: pictures go out in a tab that nobody looks at, too. */
type Generator = MediaStreamTrack & { writable: WritableStream<VideoFrame> };
const makeGenerator = (): Generator | undefined => {
  const { MediaStreamTrackGenerator: Made } = globalThis as {
    MediaStreamTrackGenerator?: new (options: { kind: 'video' }) => Generator;
  };
  return Made && new Made({ kind: 'video' });
};

/**
 * Blurs what is behind the people of a camera's picture, in this browser. Resolves with the first blurred picture; rejects
 * where that cannot be done here. The camera's own track stays whoever's it was.
 * @param onSlow called once where this computer is too slow for it
 */
export async function blurred(camera: MediaStreamTrack, onSlow: () => void): Promise<Blurred> {
  const engine = await openEngine();
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([camera]);
  let stop = () => {};
  const close = () => {
    stop();
    video.srcObject = null;
    engine.close();
  };
  try {
    await video.play();
    const painter = new Painter(engine, video.videoWidth, video.videoHeight);
    await painter.paint(video);
    const generator = makeGenerator();
    const writer = generator?.writable.getWriter();
    const track = generator ?? painter.canvas.captureStream(PER_SECOND).getVideoTracks()[0]!;
    const pace = new Pace();
    let painting = false;
    let over = false;
    const paint = async () => {
      if (painting || over) return;
      painting = true;
      try {
        await painter.paint(video);
        if (over) return;
        if (writer !== undefined)
          await writer.write(new VideoFrame(painter.canvas, { timestamp: Math.round(performance.now() * 1000) }));
        if (document.hidden) pace.restart();
        else if (pace.made(performance.now())) onSlow();
      } catch {
        if (!over) onSlow();
      } finally {
        painting = false;
      }
    };
    const stopTicking = tick(PER_SECOND, () => void paint());
    stop = () => {
      over = true;
      stopTicking();
      void writer?.close().catch(() => {});
      track.stop();
    };
    return { track, close };
  } catch (error) {
    close();
    throw error;
  }
}
