/** Makes avatars of pictures, and shows what an avatar looks like. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import type { I420 } from '../../agents/face/avatar.ts';
import { Performer } from '../../agents/face/performer.ts';
import { loadRig } from '../../agents/face/rig-load.ts';
import type { TextToSpeech } from '../../agents/speak/ports.ts';
import type { PortraitTimes } from '../../protocol/portraits.ts';
import { writeClip } from '../clip/clip.ts';
import { type Spoken, speakWhole } from '../clip/spoken.ts';
import { warmDetector } from './detect.ts';
import { frame } from './frame.ts';
import type { rigPortrait } from './rig-portrait.ts';

const GREETING = 'Hello! This is how I look when I talk to you.';
/** As calls draw it: what is decoded for the preview is ready for the first call. */
const SIZE = { width: 512, height: 512 };
const THUMBNAIL = 192;
const THUMBNAIL_QUALITY = 82;
/** After this long the face has come to rest. */
const SETTLED_MS = 200;

export interface StudioParts {
  tts: TextToSpeech;
  voice: string;
  rig: typeof rigPortrait;
}

export class Studio {
  readonly #parts: StudioParts;
  #greeting: Promise<Spoken> | undefined;

  constructor(parts: StudioParts) {
    this.#parts = parts;
  }

  /** Loads the models, and has the greeting spoken. */
  async warm(): Promise<void> {
    await Promise.all([warmDetector(), this.#speak()]);
  }

  /**
   * A picture file becomes `rig/`, `thumbnail.webp` and `preview.webm` in an empty folder. Throws PortraitError
   * when the picture will not do; what was written until then is left to the caller.
   */
  async make(file: Uint8Array, folder: string, name: string): Promise<PortraitTimes> {
    const clock = new Parts();
    const portrait = await frame(file, clock.mark);
    const rig = path.join(folder, 'rig');
    await mkdir(rig);
    await this.#parts.rig({ ...portrait, folder: rig, name });
    clock.mark('rig');
    await this.#show(rig, folder, clock);
    return clock.times;
  }

  /** Throws RigError when there is no such rig. */
  async present(rig: string, folder: string): Promise<PortraitTimes> {
    const clock = new Parts();
    await this.#show(rig, folder, clock);
    return clock.times;
  }

  async #show(rigFolder: string, folder: string, clock: Parts): Promise<void> {
    const greeting = this.#speak();
    const rig = await loadRig(rigFolder, { size: SIZE });
    clock.mark('load');
    const spoken = await greeting;
    clock.mark('speak');
    const performer = new Performer(rig);
    try {
      await writeFile(path.join(folder, 'thumbnail.webp'), await thumbnail(performer));
      await writeClip(path.join(folder, 'preview.webm'), performer, spoken, {
        container: 'webm',
        emotion: 'happy',
        intensity: 0.4,
      });
    } finally {
      performer.close();
    }
    clock.mark('preview');
  }

  #speak(): Promise<Spoken> {
    this.#greeting ??= speakWhole(this.#parts.tts, GREETING, {
      voice: this.#parts.voice,
      signal: new AbortController().signal,
    }).catch(error => {
      // The next one tries again.
      this.#greeting = undefined;
      throw error;
    });
    return this.#greeting;
  }
}

/** How long each part took. */
class Parts {
  readonly times: PortraitTimes = {};
  #last = performance.now();

  readonly mark = (part: string): void => {
    const now = performance.now();
    this.times[part] = Math.round(now - this.#last);
    this.#last = now;
  };
}

async function thumbnail(performer: Performer): Promise<Buffer> {
  const still = { state: 'idle', emotion: 'neutral', intensity: 0, gaze: { x: 0, y: 0 } } as const;
  performer.picture({ ...still, atMs: 0 });
  const picture = performer.picture({ ...still, atMs: SETTLED_MS });
  const full = createCanvas(picture.width, picture.height);
  const context = full.getContext('2d');
  const pixels = context.createImageData(picture.width, picture.height);
  toRgba(picture, pixels.data);
  context.putImageData(pixels, 0, 0);
  const small = createCanvas(THUMBNAIL, THUMBNAIL);
  const to = small.getContext('2d');
  to.imageSmoothingQuality = 'high';
  to.drawImage(full, 0, 0, THUMBNAIL, THUMBNAIL);
  return small.encode('webp', THUMBNAIL_QUALITY);
}

/** BT.601, limited range. */
function toRgba({ width, height, data }: I420, into: Uint8ClampedArray): void {
  const chroma = width * height;
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) {
      const c = chroma + ((y >> 1) * width) / 2 + (x >> 1);
      const luma = 1.164 * (data[at]! - 16);
      const u = data[c]! - 128;
      const v = data[c + chroma / 4]! - 128;
      into[at * 4] = luma + 1.596 * v;
      into[at * 4 + 1] = luma - 0.392 * u - 0.813 * v;
      into[at * 4 + 2] = luma + 2.017 * u;
      into[at * 4 + 3] = 255;
    }
}
