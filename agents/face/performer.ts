/** An `Avatar` that plays a rig. */
import { Actor } from './actor.ts';
import type { Avatar, I420, Instant, SpeechTimeline } from './avatar.ts';
import { Renderer } from './renderer.ts';
import type { Rig } from './rig-load.ts';

export class Performer implements Avatar {
  readonly width: number;
  readonly height: number;
  readonly #actor: Actor;
  #renderer: Renderer | undefined;

  /** @param seed decides when it blinks and how it sways */
  constructor(rig: Rig, seed = 1) {
    this.#renderer = new Renderer(rig);
    this.#actor = new Actor(rig.file, seed);
    this.width = rig.file.width;
    this.height = rig.file.height;
  }

  speech(timeline: SpeechTimeline): void {
    this.#actor.speech(timeline);
  }

  drop(turnId: string): void {
    this.#actor.drop(turnId);
  }

  picture(instant: Instant): I420 {
    if (!this.#renderer) throw new Error('the face is closed');
    return this.#renderer.draw(this.#actor.pose(instant));
  }

  close(): void {
    this.#renderer = undefined;
  }
}
