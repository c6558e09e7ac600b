/** Turns instants into poses: the movement of a face, apart from its pictures. */
import type { Emotion } from '../../protocol/timeline.ts';
import type { Instant, SpeechTimeline } from './avatar.ts';
import { Blink } from './blink.ts';
import { add, addAll, Body } from './body.ts';
import { Fade, Spring, smooth } from './ease.ts';
import { Gaze } from './gaze.ts';
import { Gestures } from './gestures.ts';
import { Mouth, type MouthTarget } from './mouth.ts';
import type { Pose, Weights } from './pose.ts';
import { seeded } from './random.ts';
import type { Expression, ExpressionName, RigFile } from './rig.ts';

/** A feeling takes this long to spread over the face; a startled one is faster. */
const EXPRESSION_MS = 320;
const STARTLED_MS = 170;
/** The upper face changes faster, and only for a feeling that is strong enough. */
const FACE_MS = 200;
const SHOW_FROM = 0.35;
const HIDE_BELOW = 0.25;
/** A thinking face keeps this much of the feeling. */
const FEELING_WHILE_THINKING = 0.3;
/** After a longer gap between pictures movements go on as if this long had passed. */
const LONGEST_STEP_MS = 1000;
/** A tone this strong is spoken with its own mouths only. */
const FULL_TONE = 0.6;
/** Brows go up with the widest vowels. */
const EMPHASIS_FROM = 0.62;
const EMPHASIS = 0.5;
/** Times faster than the lids move does one picture of them give way to the next. */
const LID_SNAP = 3;
/** Steps of a feeling that need no fade. */
const DRIFT = 0.06;

export class Actor {
  readonly #rig: RigFile;
  readonly #mouth = new Mouth();
  readonly #gestures = new Gestures();
  readonly #blink: Blink;
  readonly #gaze: Gaze;
  readonly #body: Body;
  readonly #feeling = new Fade();
  readonly #emphasis = new Spring(0, 260);
  readonly #faceFade = new Fade();
  #face: ExpressionName = 'neutral';
  #mood: Weights = {};
  #atMs: number | undefined;
  #talking = false;

  constructor(rig: RigFile, seed: number) {
    this.#rig = rig;
    const random = seeded(seed);
    this.#blink = new Blink(seeded(random() * 2 ** 32));
    this.#gaze = new Gaze(seeded(random() * 2 ** 32));
    this.#body = new Body(rig.motion, seeded(random() * 2 ** 32));
  }

  speech(timeline: SpeechTimeline): void {
    this.#mouth.speech(timeline.turnId, timeline.events);
    this.#gestures.speech(timeline.turnId, timeline.gestures ?? []);
  }

  drop(turnId: string): void {
    this.#mouth.drop(turnId);
    this.#gestures.drop(turnId);
  }

  /** @param held for stills: lids that are closed this far, and mesh shapes in place of its own movement */
  pose(instant: Instant, held: { lids?: number; shapes?: Weights } = {}): Pose {
    const { atMs } = instant;
    const elapsed = Math.min(LONGEST_STEP_MS, Math.max(0, atMs - (this.#atMs ?? atMs)));
    const feelings = this.#feelings(instant, elapsed);
    const faces = this.#faces(instant, elapsed);
    this.#atMs = atMs;
    const mouth = this.#mouth.at(atMs, instant.speech);
    this.#phrase(atMs, mouth);
    const lids = held.lids ?? this.#blink.at(atMs);
    const look = this.#gaze.at(instant, elapsed);
    const { shapes, yaw, nod } = this.#body.at(instant, elapsed, look, mouth.jaw, this.#gestures.at(instant, elapsed));
    const { gaze } = this.#rig;
    const eyes = {
      x: look.x * (look.x < 0 ? gaze.left : gaze.right) - yaw * gaze.counterYaw,
      y: -look.y * (look.y < 0 ? gaze.down : gaze.up) + nod * gaze.counterNod,
    };
    const bend: Weights = {};
    for (const [name, weight] of feelings) {
      const expression = this.#rig.expressions[name];
      eyes.x += weight * (expression.gaze?.x ?? 0);
      eyes.y += weight * (expression.gaze?.y ?? 0);
      addAll(shapes, expression.shapes, weight);
      addAll(bend, expression.bend, weight);
    }
    const emphasis = this.#emphasis.step(mouth.jaw > EMPHASIS_FROM && !instant.reducedMotion ? EMPHASIS : 0, elapsed);
    const looking = within(eyes, gaze);
    addAll(bend, this.#rig.emphasis?.bend, emphasis);
    // Lids that are shut have no way left to go.
    addAll(bend, gaze.bend?.up, Math.max(0, -looking.y / gaze.up) * (1 - lids));
    addAll(bend, gaze.bend?.down, Math.max(0, looking.y / gaze.down) * (1 - lids));
    addAll(bend, this.#rig.blink.bend, lids);
    // Lips that touch are not torn apart by a jaw that already is on its way.
    addAll(bend, this.#rig.motion.jaw, mouth.jaw * (1 - Math.min(1, mouth.visemes.PP ?? 0)));
    const { mix, restingJaw } = this.#mouthMix(feelings, mouth, bend);
    return {
      ...this.#upper(faces, lids, emphasis),
      lids,
      mouth: mix,
      gaze: looking,
      bend,
      jaw: Math.min(1, mouth.jaw + restingJaw),
      shapes: held.shapes ?? shapes,
    };
  }

  /** A phrase ends where a mouth that was open comes to rest. */
  #phrase(atMs: number, { visemes, rest }: MouthTarget & { rest: number }): void {
    const silent = rest + (visemes.sil ?? 0) > 0.8;
    if (silent && this.#talking) this.#blink.phraseEnds(atMs);
    this.#talking = !silent;
  }

  /** Expressions that are on the face; they sum to 1. */
  #feelings(instant: Instant, elapsedMs: number): [ExpressionName, number][] {
    const { atMs, state, emotion, intensity } = instant;
    // Before anything moves: one bad instant must not spoil those after it.
    if (!(emotion in this.#rig.expressions)) throw new RangeError(`the rig has no expression "${emotion}"`);
    const target = feelingTarget(state === 'thinking', emotion, Math.min(1, Math.max(0, intensity)));
    // Small steps are a drift, which needs no fade.
    if (
      Object.keys({ ...target, ...this.#mood }).some(n => Math.abs((target[n] ?? 0) - (this.#mood[n] ?? 0)) > DRIFT)
    ) {
      const length = emotion === 'surprised' || emotion === 'fearful' ? STARTLED_MS : EXPRESSION_MS;
      this.#feeling.start(atMs - Math.min(elapsedMs, 45), length);
    }
    this.#mood = target;
    return Object.entries(this.#feeling.show(target, atMs)) as [ExpressionName, number][];
  }

  /** The upper face with open and with closed eyes. */
  #upper(faces: Weights, closed: number, emphasis: number): Pick<Pose, 'upper' | 'closed'> {
    const open: Weights = {};
    const shut: Weights = {};
    for (const [name, weight] of Object.entries(faces)) {
      const expression = this.#rig.expressions[name as ExpressionName];
      const { lids } = expression;
      if (expression.closed && !lids) {
        add(open, expression.upper, weight);
        add(shut, expression.closed, weight);
        continue;
      }
      const own = expression.closed && [expression.upper, ...(lids ?? []), expression.closed];
      const chain = own ?? this.#rig.blink.chain;
      const place = closed * (chain.length - 1);
      const step = Math.floor(place);
      // Two lids at once look like glass: where they are not bent, one picture soon gives way to the next.
      const next = this.#rig.blink.bend ? place - step : smooth((place - step - 0.5) * LID_SNAP + 0.5);
      const accent = own ? undefined : this.#rig.emphasis?.upper;
      const raised = accent ? emphasis * (1 - closed) : 0;
      for (const mix of [open, shut]) {
        add(mix, chain[step]!, weight * (1 - raised) * (1 - next));
        if (next > 0) add(mix, chain[step + 1]!, weight * (1 - raised) * next);
        if (accent) add(mix, accent, weight * raised);
      }
    }
    return { upper: open, closed: shut };
  }

  /** Two sets of brows at once look wrong, so the upper face shows one expression, and fades fast to the next. */
  #faces({ atMs, state, emotion, intensity }: Instant, elapsedMs: number): Weights {
    const shown = intensity > (this.#face === emotion ? HIDE_BELOW : SHOW_FROM) ? emotion : 'neutral';
    const face = state === 'thinking' ? 'thinking' : shown;
    if (face !== this.#face) this.#faceFade.start(atMs - Math.min(elapsedMs, 45), FACE_MS);
    this.#face = face;
    return this.#faceFade.show({ [face]: 1 }, atMs);
  }

  /** Mouth textures; what they are bent by is added to `bend`. `restingJaw` is how far a silent mouth is open. */
  #mouthMix(
    feelings: [ExpressionName, number][],
    { visemes, rest }: MouthTarget & { rest: number },
    bend: Weights,
  ): { mix: Weights; restingJaw: number } {
    const mix: Weights = {};
    let restingJaw = 0;
    const tones = { smile: 0, sad: 0 };
    for (const [name, weight] of feelings) {
      const expression = this.#rig.expressions[name];
      if (rest > 0)
        for (const [step, share] of restingMouth(expression, weight)) {
          add(mix, step.mouth, rest * share);
          addAll(bend, step.bend, rest * share);
          restingJaw += rest * share * (step.jaw ?? 0);
        }
      tones.smile += weight * (expression.tones.smile ?? 0);
      tones.sad += weight * (expression.tones.sad ?? 0);
    }
    // A tone soon takes over: two variants of every viseme at once would cost twice as much.
    tones.smile = smooth(tones.smile / FULL_TONE);
    tones.sad = Math.min(1 - tones.smile, smooth(tones.sad / FULL_TONE));
    addAll(bend, this.#rig.tones?.smile, tones.smile * (1 - rest));
    addAll(bend, this.#rig.tones?.sad, tones.sad * (1 - rest));
    for (const [name, weight] of Object.entries(visemes)) {
      const viseme = this.#rig.visemes[name as keyof RigFile['visemes']];
      const smile = viseme.smile ? tones.smile : 0;
      const sad = viseme.sad ? tones.sad : 0;
      if (viseme.smile) add(mix, viseme.smile, weight * smile);
      if (viseme.sad) add(mix, viseme.sad, weight * sad);
      add(mix, viseme.mouth, weight * (1 - smile - sad));
      addAll(bend, viseme.bend, weight);
    }
    return { mix, restingJaw };
  }
}

function feelingTarget(thinking: boolean, emotion: Emotion, intensity: number): Weights {
  const target: Weights = { neutral: 0 };
  const felt = thinking ? FEELING_WHILE_THINKING : 1;
  if (thinking) target.thinking = 1 - felt;
  add(target, emotion, felt * intensity);
  add(target, 'neutral', felt * (1 - intensity));
  return target;
}

/** Mouths of a resting expression: the ramp is walked by its weight, so that a faint joy smiles with closed lips. */
function* restingMouth(expression: Expression, weight: number): Generator<[Expression['rest'][number], number]> {
  const { rest } = expression;
  let before = rest[0]!;
  for (const step of rest) {
    if (weight <= step.at) {
      const t = step.at === before.at ? 1 : (weight - before.at) / (step.at - before.at);
      yield [before, weight * (1 - t)];
      yield [step, weight * t];
      return;
    }
    before = step;
  }
  yield [before, weight];
}

/** Holds the eyes inside the ellipse of their travel. */
function within(eyes: { x: number; y: number }, gaze: RigFile['gaze']): { x: number; y: number } {
  const rx = eyes.x < 0 ? gaze.left : gaze.right;
  const ry = eyes.y < 0 ? gaze.up : gaze.down;
  const far = Math.hypot(eyes.x / rx, eyes.y / ry);
  return far > 1 ? { x: eyes.x / far, y: eyes.y / far } : eyes;
}
