/** Holds body, gaze and sway where they are, so that hardly anything but the mouth is drawn anew. */
import type { Pose, Weights } from './pose.ts';

/** How long a face that was held takes to catch up with where it would be. */
const RELEASE_MS = 500;

export class Stillness {
  #drawn: Pose | undefined;
  #held: Pose | undefined;
  /** Share of what is held; it sinks after the face is let go. */
  #share = 0;
  #still = false;
  #atMs = 0;

  /** The pose to draw: where `still`, with the body of the pose that was drawn before it. Moves without a jump. */
  apply(pose: Pose, still: boolean, atMs: number): Pose {
    if (still && !this.#still) this.#held = this.#drawn ?? pose;
    this.#share = still ? 1 : Math.max(0, this.#share - Math.max(0, atMs - this.#atMs) / RELEASE_MS);
    this.#still = still;
    this.#atMs = atMs;
    this.#drawn = this.#held && this.#share > 0 ? between(this.#held, pose, this.#share) : pose;
    return this.#drawn;
  }
}

function between(held: Pose, live: Pose, share: number): Pose {
  const mean = (a = 0, b = 0) => a * share + b * (1 - share);
  const shapes: Weights = {};
  for (const name of Object.keys({ ...held.shapes, ...live.shapes }))
    shapes[name] = mean(held.shapes[name], live.shapes[name]);
  return { ...live, shapes, gaze: { x: mean(held.gaze.x, live.gaze.x), y: mean(held.gaze.y, live.gaze.y) } };
}
