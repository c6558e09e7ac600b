/** An `Avatar` that plays a rig. */
import { Actor } from './actor.ts';
import type { Avatar, Detail, I420, Instant, SpeechTimeline } from './avatar.ts';
import { Renderer } from './renderer.ts';
import type { Rig } from './rig-load.ts';
import { Stillness } from './stillness.ts';

export class Performer implements Avatar {
  readonly width: number;
  readonly height: number;
  readonly #rig: Rig;
  readonly #actor: Actor;
  readonly #stillness = new Stillness();
  #renderer: Renderer | undefined;
  #small: { rig: Rig; renderer?: Renderer; scale: number } | undefined;

  /** @param seed decides when it blinks and how it sways */
  constructor(rig: Rig, seed = 1) {
    this.#rig = rig;
    this.#renderer = new Renderer(rig);
    this.#actor = new Actor(rig.file, seed);
    this.width = rig.file.width;
    this.height = rig.file.height;
  }

  /** From now on small pictures can be drawn: of the same rig, loaded for their size. */
  addSmall(rig: Rig): void {
    this.#small = { rig, scale: rig.file.width / this.#rig.file.width };
  }

  speech(timeline: SpeechTimeline): void {
    this.#actor.speech(timeline);
  }

  drop(turnId: string): void {
    this.#actor.drop(turnId);
  }

  /** Where no small pictures were added, they are drawn at full size. */
  picture(instant: Instant, detail: Detail = 'full'): I420 {
    if (!this.#renderer) throw new Error('the face is closed');
    const pose = this.#stillness.apply(this.#actor.pose(instant), detail === 'still', instant.atMs);
    if (detail === 'full' || !this.#small) return this.#renderer.draw(pose);
    // One actor for both sizes, so that nothing jumps: of a pose only the gaze counts pixels.
    const { rig, scale } = this.#small;
    // Most faces never draw small.
    this.#small.renderer ??= new Renderer(rig);
    return this.#small.renderer.draw({ ...pose, gaze: { x: pose.gaze.x * scale, y: pose.gaze.y * scale } });
  }

  close(): void {
    this.#renderer = undefined;
    this.#small = undefined;
  }
}
