/** What a face does, in the words of the device protocol. */
import { ANIMATION_RATE, type AnimationEvent, type AnimationOf } from '../../../protocol/animation.ts';
import type { DeviceHears } from '../../../protocol/device.ts';
import { LIMITS } from '../../../protocol/limits.ts';

type Command = Extract<DeviceHears, { type: 'animation' }>;

const ms = (sample: number) => Math.round((sample * 1000) / ANIMATION_RATE);

/** One message for each turn and each change of look, in order. */
export function* animationCommands(events: readonly AnimationEvent[]): Generator<Command> {
  let phonemes: NonNullable<Command['commands']['phonemes']> = [];
  let turn: string | undefined;
  const spoken = function* (): Generator<Command> {
    if (turn !== undefined && phonemes.length > 0) {
      const last = phonemes.at(-1)!;
      yield {
        type: 'animation',
        turn,
        commands: { phonemes, duration_ms: last.time_ms + last.duration_ms - phonemes[0]!.time_ms },
      };
    }
    phonemes = [];
  };
  for (const event of events)
    switch (event.type) {
      case 'viseme':
        if (event.turn_id !== turn || phonemes.length >= LIMITS.devicePhonemes) yield* spoken();
        turn = event.turn_id;
        phonemes.push(phonemeOf(event));
        break;
      case 'expression':
        yield* spoken();
        yield look(event, { emotion: event.emotion, intensity: event.intensity, duration_ms: event.duration_ms });
        break;
      case 'gaze':
        yield* spoken();
        yield look(event, { gaze: { x: event.x, y: event.y }, duration_ms: event.duration_ms });
    }
  yield* spoken();
}

const look = ({ turn_id }: { turn_id?: string | undefined }, commands: Command['commands']): Command => ({
  type: 'animation',
  ...(turn_id !== undefined && { turn: turn_id }),
  commands,
});

const phonemeOf = (event: AnimationOf<'viseme'>) => ({
  time_ms: ms(event.start_sample),
  duration_ms: ms(event.end_sample - event.start_sample),
  viseme: event.viseme,
  phoneme: event.phoneme,
  mouth_open: event.mouth_open,
});

type Sync = Extract<DeviceHears, { type: 'sync' }>;

/** Sound and clock of one beginning arrive on two ways: so far apart at most. */
const TOGETHER_MS = 400;

/**
 * Which sound is how far into which turn. The avatar's clock is told where a turn begins, and where it goes on after a
 * pause; beside it its voice begins in a chunk. From there on both run alike.
 */
export class TurnClock {
  #turn: string | undefined;
  #clock: { event: AnimationOf<'clock'>; atMs: number } | undefined;
  #voice: { position: number; atMs: number } | undefined;

  /** The avatar's voice begins at this position of the device's sound. */
  began(position: number, nowMs = performance.now()): Sync | undefined {
    this.#voice = { position, atMs: nowMs };
    return this.#sync(nowMs);
  }

  told(event: AnimationEvent, nowMs = performance.now()): Sync | undefined {
    if (event.type !== 'clock') {
      if (event.type === 'end') this.#turn = undefined;
      return undefined;
    }
    const fresh = event.state === 'playing' && event.turn_id !== this.#turn;
    this.#turn = event.state === 'playing' ? event.turn_id : undefined;
    if (!fresh) return undefined;
    this.#clock = { event, atMs: nowMs };
    return this.#sync(nowMs);
  }

  #sync(nowMs: number): Sync | undefined {
    const [clock, voice] = [this.#clock, this.#voice];
    if (clock === undefined || voice === undefined) return undefined;
    if (nowMs - clock.atMs > TOGETHER_MS || nowMs - voice.atMs > TOGETHER_MS) return undefined;
    this.#clock = undefined;
    this.#voice = undefined;
    return { type: 'sync', turn: clock.event.turn_id, position: voice.position, time_ms: ms(clock.event.sample) };
  }
}
