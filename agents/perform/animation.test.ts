import { afterEach, describe, expect, it } from 'vitest';
import { ANIMATION_RATE, type AnimationEvent, AnimationEvents, type AnimationOf } from '../../protocol/animation.ts';
import type { VisemeEvent } from '../../protocol/timeline.ts';
import { Scene, type SceneOptions } from '../testing/scene.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { AnimationStream } from './animation.ts';

const LONG = 'Let me tell you a long story about the sea and all the fish that live in it.';

let scene: Scene;
afterEach(() => {
  scene.close();
});
const begin = (options?: SceneOptions): Scene => {
  scene = new Scene(options);
  scene.person('ann', 'Ann');
  return scene;
};

/** Everything of one kind, in the order in which it was told. */
const told = <T extends AnimationEvent['type']>(type: T) =>
  scene.animation.filter(({ event }) => event.type === type) as { atMs: number; event: AnimationOf<T> }[];
/** When a sample was heard, by the clocks, on the scene's clock. */
function heardMs(sample: number): number {
  const { event } = told('clock').findLast(clock => clock.event.sample <= sample) ?? told('clock')[0]!;
  return event.at_ms + ((sample - event.sample) * 1000) / ANIMATION_RATE - (scene.clock.unixMs() - scene.clock.nowMs());
}
/** Ann asks, and the avatar is in the middle of a long answer. */
async function midAnswer(options: SceneOptions = {}): Promise<void> {
  begin({ answer: () => LONG, ...options });
  const end = scene.say('ann', 'Tell me a story.');
  await scene.advance(end + 2500);
  expect(scene.sounding).toBe(true);
}

describe('a turn in the animation stream', () => {
  it('is told whole: its look, its mouth, where it is, its end, and all of it is well formed', async () => {
    begin({ answer: () => LONG });
    await scene.advance(scene.say('ann', 'Tell me a story.') + 9000);
    const turnId = scene.events.find(({ what }) => what === 'begin')?.turnId;
    const events = scene.animation.map(({ event }) => event);
    expect(events.every(event => AnimationEvents.safeParse([event]).success)).toBe(true);
    expect(told('expression').map(({ event }) => event.state)).toEqual([
      'idle',
      'listening',
      'thinking',
      'speaking',
      'idle',
    ]);
    expect(told('viseme')).toHaveLength(LONG.split(' ').length);
    const ofTurn = events.filter(event => event.type === 'viseme' || event.type === 'clock' || event.type === 'end');
    expect(ofTurn.every(event => event.turn_id === turnId)).toBe(true);
    expect(ofTurn.at(-1)).toMatchObject({
      type: 'end',
      outcome: 'completed',
      sample: (18 * 300 * ANIMATION_RATE) / 1000,
    });
  });

  it('shows the mouth in order, and before its samples are heard', async () => {
    await midAnswer();
    await scene.advance(8000);
    const visemes = told('viseme');
    const starts = visemes.map(({ event }) => event.start_sample);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    for (const { atMs, event } of visemes) expect(atMs).toBeLessThan(heardMs(event.peak_sample));
    expect(visemes[3]!.event).toMatchObject({ start_ms: 900, duration_ms: 300, start_sample: 43_200 });
  });

  it('says where the speech is when it starts and every 200 ms, in step with what is heard', async () => {
    await midAnswer();
    const clocks = told('clock');
    const sound = scene.when('sound')!;
    expect(clocks[0]!.atMs).toBe(sound);
    expect(clocks.length).toBeGreaterThanOrEqual(5);
    for (const [i, { atMs, event }] of clocks.entries()) {
      expect(event.state).toBe('playing');
      if (i > 0) expect(atMs - clocks[i - 1]!.atMs).toBe(200);
      // The scene's first frame is heard at `sound`.
      expect(event.sample / (ANIMATION_RATE / 1000)).toBeCloseTo(atMs - sound + 20, 5);
    }
  });

  it('[T5] tells nothing of an answer that is only being tried', async () => {
    // Ann pauses for so long that an answer is begun and spoken, and goes on.
    begin({ ttsMs: 5, asrMs: 5, answer: ({ turn }) => `You said ${turn.at(-1)!.text.split(' ').length} words.` });
    scene.say('ann', 'I like this song.');
    const end = scene.say('ann', 'It reminds me of home.', { startMs: 4 * 300 + 200 });
    await scene.advance(end + 4000);
    expect(scene.spoken[0]).toBe('You said 4 words.');
    expect(scene.spoken.at(-1)).toBe('You said 9 words.');
    const turnId = scene.events.find(({ what }) => what === 'begin')!.turnId;
    const committedMs = scene.when('begin')!;
    expect(told('viseme')).toHaveLength(4);
    for (const { atMs, event } of scene.animation) {
      if (atMs < committedMs) expect(['expression', 'gaze', 'head']).toContain(event.type);
      expect([undefined, turnId]).toContain(event.turn_id);
    }
  });

  it('[T3] stops and goes on with the playout', async () => {
    await midAnswer();
    const from = scene.clock.nowMs();
    scene.say('ann', 'uh-huh', { durationMs: 300 });
    await scene.advance(2000);
    const [paused, resumed] = [scene.when('pause', from)!, scene.when('resume', from)!];
    const clocks = told('clock').filter(({ atMs }) => atMs >= paused && atMs <= resumed);
    expect(clocks.slice(0, 2).map(({ event }) => event.state)).toEqual(['paused', 'playing']);
    expect(clocks.slice(0, 2).map(({ atMs }) => atMs)).toEqual([paused, resumed]);
    expect(clocks[1]!.event.sample).toBe(clocks[0]!.event.sample);
    expect(told('end')).toEqual([]);
    // From there the mouth and the voice are in step again.
    const later = told('clock').at(-1)!;
    expect(later.atMs).toBeGreaterThan(resumed);
    expect(later.event.sample).toBe(
      scene.performed.reduce((sum, { samples }) => sum + samples, 0) - behind(later.atMs),
    );
  });

  it('[T2] tells nothing more of a turn that was cancelled than its end', async () => {
    await midAnswer();
    const turnId = scene.session.liveTurn;
    scene.say('ann', 'No, please stop that now.');
    await scene.advance(8000);
    const events = scene.animation.map(({ event }) => event);
    const end = events.findIndex(event => event.type === 'end');
    expect(events[end]).toMatchObject({ turn_id: turnId, outcome: 'cancelled' });
    expect(events.slice(end + 1).some(event => event.turn_id === turnId)).toBe(false);
    const heard = scene.performed.filter(each => each.turnId === turnId).reduce((sum, { samples }) => sum + samples, 0);
    expect(events[end]).toMatchObject({ sample: heard });
    expect(events.slice(end + 1).some(event => event.type === 'viseme')).toBe(true);
  });

  it('ends when the conversation does', async () => {
    await midAnswer();
    scene.close();
    await sent();
    expect(told('end').map(({ event }) => event.outcome)).toEqual(['cancelled']);
  });

  it('carries the feeling of the answer under its turn', async () => {
    async function* answer() {
      yield { type: 'feeling', emotion: 'happy', intensity: 0.7 } as const;
      yield { type: 'text', text: 'How nice to see you.' } as const;
    }
    begin({ answer });
    await scene.advance(scene.say('ann', 'Hello there.') + 1500);
    const felt = told('expression').find(({ event }) => event.emotion === 'happy');
    expect(felt?.event).toMatchObject({ turn_id: scene.session.liveTurn, intensity: 0.7 });
  });

  it('nods where a listener does', async () => {
    begin();
    await scene.advance(scene.say('ann', 'How are you today?') + 300);
    expect(told('head').map(({ event }) => event.gesture)).toEqual(['nod']);
  });
});

/** Samples heard between an instant and now. */
function behind(sinceMs: number): number {
  return ((scene.clock.nowMs() - sinceMs) * ANIMATION_RATE) / 1000;
}

/** Lets a message go out. */
const sent = () => Promise.resolve();

describe('an animation stream', () => {
  const mouth = (startSample: number): VisemeEvent => ({
    viseme: 'aa',
    phoneme: 'aa',
    startSample,
    peakSample: startSample + 100,
    endSample: startSample + 200,
    weight: 0.12345,
    mouthOpen: 0.98765,
  });
  const open = () => {
    scene = new Scene();
    const clock = new VirtualClock();
    const messages: unknown[][] = [];
    return { clock, messages, stream: new AnimationStream(clock, events => messages.push(events)) };
  };

  it('[C2] cuts a long sentence into messages of bounded size', async () => {
    const { messages, stream } = open();
    stream.begin('t');
    stream.speech('t', { pcm: new Int16Array(9), events: Array.from({ length: 300 }, (_, i) => mouth(i * 300)) });
    await sent();
    expect(messages.map(({ length }) => length)).toEqual([128, 128, 44]);
    expect(messages.every(events => AnimationEvents.safeParse(events).success)).toBe(true);
  });

  it('[T2] takes nothing of a turn that is not live', async () => {
    const { messages, stream } = open();
    stream.begin('t');
    const chunk = { pcm: new Int16Array(9), events: [mouth(0)] };
    stream.speech('another', chunk);
    stream.progress({ turnId: 'another', samples: 960, dueUnixMs: 0, started: true });
    for (const tell of [stream.pause, stream.resume, stream.cancel]) tell.call(stream, 'another');
    await sent();
    expect(messages).toEqual([]);
  });

  it('ends a turn that another takes the place of; one of which nothing was told needs no end', async () => {
    const { messages, stream } = open();
    stream.begin('silent');
    stream.begin('first');
    stream.speech('first', { pcm: new Int16Array(9), events: [mouth(0)] });
    stream.begin('second');
    await sent();
    expect(messages.flat()).toMatchObject([
      { type: 'viseme', turn_id: 'first' },
      { type: 'end', turn_id: 'first', outcome: 'cancelled' },
    ]);
  });

  it('says nothing of a clock before there is anything to hear', async () => {
    const { messages, stream } = open();
    stream.begin('t');
    stream.progress({ turnId: 't', samples: 0, dueUnixMs: 20 });
    await sent();
    expect(messages).toEqual([]);
  });

  it('says at once that the speech had to wait', async () => {
    const { messages, stream } = open();
    stream.begin('t');
    stream.progress({ turnId: 't', samples: 960, dueUnixMs: 20, started: true });
    stream.progress({ turnId: 't', samples: 960 * 4, dueUnixMs: 80 });
    stream.progress({ turnId: 't', samples: 960 * 5, dueUnixMs: 130 });
    await sent();
    expect(messages.flat()).toMatchObject([{ sample: 960 }, { sample: 4800, at_ms: 130 }]);
  });

  it('corrects the place of a pause by the last frames before it', async () => {
    const { clock, messages, stream } = open();
    stream.begin('t');
    stream.speech('t', { pcm: new Int16Array(48_000), events: [] });
    stream.progress({ turnId: 't', samples: 960, dueUnixMs: clock.unixMs(), started: true });
    stream.pause('t');
    stream.progress({ turnId: 't', samples: 1920, dueUnixMs: clock.unixMs() });
    stream.progress({ turnId: 't', samples: 1920, dueUnixMs: clock.unixMs() });
    stream.resume('t');
    await sent();
    expect(messages.flat()).toMatchObject([
      { state: 'playing', sample: 960 },
      { state: 'paused', sample: 960 },
      { state: 'paused', sample: 1920 },
      { state: 'playing', sample: 1920 },
    ]);
  });
});
