/** The mesh over time: breathing, swaying, arms, a head that follows looks, beats speech and nods. */
import type { FaceState, Instant } from './avatar.ts';
import { Spring } from './ease.ts';
import type { Look } from './gaze.ts';
import type { Moved } from './gestures.ts';
import type { Weights } from './pose.ts';
import { wander } from './random.ts';
import type { RigFile } from './rig.ts';

/** How much the head wanders in each state. */
const LIVELINESS: Record<FaceState, number> = { idle: 0.55, listening: 0.4, thinking: 0.45, speaking: 1 };
/** A listener leans in a little. */
const LEAN: Record<FaceState, number> = { idle: 0, listening: -0.14, thinking: 0.05, speaking: 0 };
const STATE_MS = 700;
const HEAD_SPEED_HZ = 0.11;
const YAW = 0.34;
const TILT = 0.34;
const NOD = 0.2;
/** Shares of the head's turn that a look asks for. */
const FOLLOW = 0.4;
/** An open jaw moves the head a little, which falls into the rhythm of the words. */
const BEAT = -0.14;
const BEAT_MS = 320;
const NOD_MS = 850;
/** How far down a nod goes, as share of the head's. */
const NODDED = -0.42;
/** Before an answer it draws breath, chest and head a little up, and lets it go over the first words. */
const BREATH_IN_MS = 420;
const BREATH_OUT_MS = 1800;
/** Of the ordinary breath's depth, and of the head's nod. */
const BREATH = { chest: 0.9, head: 0.1 };
/** A body that is to move little comes to rest in this time. */
const REST_MS = 900;

export class Body {
  readonly #motion: RigFile['motion'];
  readonly #random: () => number;
  readonly #yaw;
  readonly #tilt;
  readonly #nod;
  readonly #sway: {
    shape: string;
    bias: number;
    amplitude: number;
    speaking: number;
    noise: (atMs: number) => number;
  }[];
  readonly #liveliness = new Spring(LIVELINESS.idle, STATE_MS);
  readonly #lean = new Spring(0, STATE_MS);
  readonly #speaking = new Spring(0, STATE_MS);
  readonly #beat = new Spring(0, BEAT_MS);
  readonly #nodding = new Spring(0, 260);
  readonly #drawn = new Spring(0, BREATH_IN_MS);
  readonly #breath = new Spring(0, BREATH_OUT_MS);
  /** How much it moves of its own accord, 0..1. */
  readonly #free = new Spring(1, REST_MS);
  #nextNodMs: number | undefined;
  #nods: number | undefined;
  #askedMs = Number.NEGATIVE_INFINITY;

  constructor(motion: RigFile['motion'], random: () => number) {
    this.#motion = motion;
    this.#random = random;
    this.#yaw = wander(random, HEAD_SPEED_HZ);
    this.#tilt = wander(random, HEAD_SPEED_HZ * 0.8);
    this.#nod = wander(random, HEAD_SPEED_HZ * 1.3);
    this.#sway = motion.sway.map(sway => ({ ...sway, noise: wander(random, sway.hz) }));
  }

  /** Mesh weights, and how far the head is turned (-1..1 each), which the eyes make up for. */
  at(
    instant: Instant,
    elapsedMs: number,
    look: Look,
    jaw: number,
    moved: Moved,
  ): { shapes: Weights; yaw: number; nod: number } {
    const { atMs, state } = instant;
    const lively = this.#liveliness.step(LIVELINESS[state], elapsedMs);
    const speaking = this.#speaking.step(state === 'speaking' ? 1 : 0, elapsedMs);
    const free = this.#free.step(instant.reducedMotion ? 0 : 1, elapsedMs);
    const beat = free * this.#beat.step(jaw * BEAT, elapsedMs);
    const yaw = free * YAW * lively * this.#yaw(atMs) + FOLLOW * look.headX + moved.turn;
    const tilt = free * TILT * lively * this.#tilt(atMs) + moved.tilt;
    const nods =
      this.#lean.step(LEAN[state], elapsedMs) + free * this.#nodding.step(this.#nodTarget(instant), elapsedMs);
    const breath = free * this.#breathAt(state, elapsedMs);
    const nod =
      free * NOD * lively * this.#nod(atMs) + FOLLOW * look.headY + beat + nods + moved.nod + BREATH.head * breath;
    const shapes: Weights = {};
    this.#axis(shapes, this.#motion.yaw, yaw);
    this.#axis(shapes, this.#motion.tilt, tilt);
    this.#axis(shapes, this.#motion.nod, nod);
    const { breathe } = this.#motion;
    if (breathe)
      add(
        shapes,
        breathe.shape,
        breathe.depth * (0.5 + 0.5 * free * Math.sin((atMs / 1000) * 2 * Math.PI * breathe.hz) + BREATH.chest * breath),
      );
    for (const { shape, bias, amplitude, speaking: more, noise } of this.#sway)
      add(shapes, shape, bias + free * amplitude * (1 + more * speaking) * 0.75 * noise(atMs));
    addAll(shapes, this.#motion.arms, moved.arms);
    return { shapes, yaw, nod };
  }

  /** How much of the breath for an answer is held, 0..1: it comes quickly, and goes slowly. */
  #breathAt(state: FaceState, elapsedMs: number): number {
    const drawn = this.#drawn.step(state === 'thinking' ? 1 : 0, elapsedMs);
    return Math.max(drawn, this.#breath.step(drawn, elapsedMs));
  }

  /** A listener nods when somebody pauses, and from time to time: down for the first half, then up again. */
  #nodTarget({ atMs, state, nods = 0 }: Instant): number {
    if (this.#nods !== undefined && nods > this.#nods) this.#askedMs = atMs;
    this.#nods = nods;
    this.#nextNodMs ??= atMs + this.#nodPause();
    if (atMs - this.#nextNodMs > NOD_MS) this.#nextNodMs = atMs + this.#nodPause();
    const goesDown = (startMs: number) => atMs >= startMs && atMs - startMs < NOD_MS / 2;
    return goesDown(this.#askedMs) || (state === 'listening' && goesDown(this.#nextNodMs)) ? NODDED : 0;
  }

  #nodPause(): number {
    return 2500 + 4000 * this.#random();
  }

  #axis(shapes: Weights, axis: { negative?: string | undefined; positive?: string | undefined }, value: number): void {
    if (axis.positive) add(shapes, axis.positive, Math.max(0, value));
    if (axis.negative) add(shapes, axis.negative, Math.max(0, -value));
  }
}

/** Adds to one entry. */
export function add(weights: Weights, name: string, value: number): void {
  weights[name] = (weights[name] ?? 0) + value;
}

/** Adds a table, scaled; an absent one is empty. */
export function addAll(weights: Weights, more: Weights | undefined, scale: number): void {
  if (more && scale !== 0) for (const name in more) add(weights, name, more[name]! * scale);
}
