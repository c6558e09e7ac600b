import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Timeline } from '../examples/canvas-avatar/timeline.ts';
import { type AnimationEvent, AnimationMessage, type AnimationOf } from '../protocol/animation.ts';
import { SIGNALING_VERSION } from '../protocol/signaling.ts';
import { connectSocket, fetchToken, Peer, request } from './harness/peer.ts';
import { type System, startSystem, until } from './harness/system.ts';

type Told = { atMs: number; event: AnimationEvent };
const STORY = 'Please tell me a long story about the sea.';

/** What a subscriber is told, and when. */
function listenTo(socket: Peer['socket']): Told[] {
  const told: Told[] = [];
  socket.on('animation', (message: unknown) => {
    for (const event of AnimationMessage.parse(message).events) told.push({ atMs: Date.now(), event });
  });
  return told;
}
const of = <T extends AnimationEvent['type']>(told: Told[], type: T) =>
  told.filter(({ event }) => event.type === type) as { atMs: number; event: AnimationOf<T> }[];
const ended = (told: Told[], count: number) =>
  until(`${count} turns to end`, () => of(told, 'end').length >= count, 60_000);

/** How much two signals go together, -1..1. */
function correlation(a: number[], b: number[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, i) => (value - ma) * (b[i]! - mb)));
  const deviation = (values: number[], m: number) => Math.sqrt(mean(values.map(value => (value - m) ** 2)));
  return covariance / (deviation(a, ma) * deviation(b, mb));
}

describe('the animation of a real call', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
    await system.ready();
  });
  afterAll(() => system?.close());
  let leaving: (() => void)[] = [];
  afterEach(() => {
    for (const leave of leaving) leave();
    leaving = [];
  });

  /** Somebody with a socket and nothing else. */
  const visitor = async (room: string, name: string) => {
    const socket = connectSocket(system.url);
    const token = await fetchToken(system.url, room, name);
    await request(socket, 'join', { version: SIGNALING_VERSION, token });
    leaving.push(() => socket.disconnect());
    return socket;
  };

  let attempts = 0;
  // A receiver that has to wait for its processor hears late: what fits the voice once is told rightly.
  it('comes ahead of the voice, and by its clock the mouth opens when the voice is loud', { retry: 2 }, async () => {
    const room = `animated-${++attempts}`;
    const ann = await Peer.join(system.url, room, 'Ann');
    leaving.push(() => ann.close());
    const bob = await visitor(room, 'Bob');
    const told = listenTo(ann.socket);
    const notAsked: unknown[] = [];
    bob.on('animation', message => notAsked.push(message));
    await request(ann.socket, 'animation.subscribe', {});
    await ended(told, 1);
    await request(ann.socket, 'say', { text: STORY });
    await ended(told, 2);
    expect(notAsked).toEqual([]);

    // Both clocks are this machine's: a sample's time can be compared with the time at which its mouth was told.
    const clocks = of(told, 'clock').map(({ event }) => event);
    const leads = of(told, 'viseme').map(({ atMs, event }) => {
      const clock = clocks.find(({ turn_id }) => turn_id === event.turn_id)!;
      return clock.at_ms + (event.peak_sample - clock.sample) / 48 - atMs;
    });
    // The very first may still be on their way when their sound leaves; it is not heard before they are there.
    expect(leads.length).toBeGreaterThan(50);
    expect(leads.filter(lead => lead > 0).length / leads.length).toBeGreaterThan(0.9);
    expect(leads.toSorted((a, b) => a - b)[Math.floor(leads.length / 2)]).toBeGreaterThan(300);

    const heard = ann.audio.filter(({ atMs }) => atMs >= clocks[0]!.at_ms);
    const loudness = heard.map(({ samples }) => Math.sqrt(samples.reduce((sum, s) => sum + s * s, 0) / samples.length));
    /** The mouth as it is drawn while each block is heard, by somebody who thinks that sound takes so long to play. */
    const mouths = (delayMs: number) => {
      const timeline = new Timeline();
      let next = 0;
      return heard.map(({ atMs }) => {
        for (; next < told.length && told[next]!.atMs <= atMs; next++)
          timeline.take([told[next]!.event], told[next]!.atMs);
        return timeline.at(atMs, delayMs).mouthOpen;
      });
    };
    const delays = Array.from({ length: 31 }, (_, i) => -150 + i * 15);
    const fits = delays.map(delay => correlation(loudness, mouths(delay)));
    const best = Math.max(...fits);
    const delay = delays[fits.indexOf(best)]!;
    expect(best).toBeGreaterThan(0.4);
    // A jitter buffer's length.
    expect(delay).toBeGreaterThan(-50);
    expect(delay).toBeLessThan(250);
  });

  it('shows who comes in the middle what is going on; [T2] an interruption ends it, and nothing of it follows', async () => {
    const ann = await visitor('middle', 'Ann');
    const told = listenTo(ann);
    await request(ann, 'animation.subscribe', {});
    await ended(told, 1);
    const greeting = of(told, 'end')[0]!.event.turn_id;
    await request(ann, 'say', { text: STORY });
    await until('half a second of the story to be heard', () =>
      of(told, 'clock').some(({ event }) => event.turn_id !== greeting && event.sample > 24_000),
    );

    const late = listenTo(ann);
    await request(ann, 'animation.subscribe', { everyMs: 100 });
    await until('the present', () => of(late, 'viseme').length > 0);
    expect(late.slice(0, 2).map(({ event }) => event.type)).toContain('expression');
    const [expression] = of(late, 'expression');
    expect(expression?.event.state).toBe('speaking');
    const [clock] = of(late, 'clock');
    for (const { event } of of(late, 'viseme')) expect(event.end_sample).toBeGreaterThan(clock!.event.sample);

    await request(ann, 'say', { text: 'Stop, please.' });
    await ended(told, 2);
    const end = told.findIndex(({ event }) => event.type === 'end' && event.outcome === 'cancelled');
    const { turn_id } = told[end]!.event;
    await ended(told, 3);
    expect(told.slice(end + 1).some(({ event }) => event.turn_id === turn_id)).toBe(false);
  });

  it('is refused to malformed requests', async () => {
    const ann = await visitor('refused', 'Ann');
    const bob = await visitor('refused', 'Bob');
    const [told, toldBob] = [listenTo(ann), listenTo(bob)];
    await request(bob, 'animation.subscribe', {});
    for (const input of [{ everyMs: 1 }, { everyMs: 'often' }, { everyMs: Number.NaN }, [], 'all', 5])
      await expect(request(ann, 'animation.subscribe', input as object)).rejects.toMatchObject({ code: 'bad-request' });
    await until('somebody else to be told of speech', () => of(toldBob, 'viseme').length > 0);
    // What is said to her before this is answered would have arrived.
    await request(ann, 'rename', { name: 'Ann' });
    expect(told).toEqual([]);
  });
});
