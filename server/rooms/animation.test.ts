import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AnimationEvent, AnimationEvents } from '../../protocol/animation.ts';
import { AnimationFeed, type AnimationSink } from './animation.ts';

class Listener implements AnimationSink {
  ready = true;
  readonly messages: { atMs: number; events: AnimationEvent[]; dropped: number }[] = [];
  send(events: AnimationEvent[], dropped: number): void {
    this.messages.push({ atMs: performance.now(), events, dropped });
  }
  get events(): AnimationEvent[] {
    return this.messages.flatMap(({ events }) => events);
  }
  get dropped(): number {
    return this.messages.reduce((sum, { dropped }) => sum + dropped, 0);
  }
}

const viseme = (turn_id: string, start_sample: number): AnimationEvent => ({
  type: 'viseme',
  turn_id,
  viseme: 'aa',
  phoneme: 'aa',
  start_sample,
  peak_sample: start_sample + 2400,
  end_sample: start_sample + 4800,
  start_ms: start_sample / 48,
  duration_ms: 100,
  weight: 1,
  mouth_open: 0.5,
});
const clock = (turn_id: string, sample: number): AnimationEvent => ({
  type: 'clock',
  turn_id,
  at_ms: sample / 48,
  sample,
  state: 'playing',
});
const end = (turn_id: string): AnimationEvent => ({
  type: 'end',
  turn_id,
  at_ms: 9,
  outcome: 'cancelled',
  sample: 4800,
});
const look = (emotion: 'happy' | 'sad'): AnimationEvent => ({
  type: 'expression',
  at_ms: 0,
  state: 'idle',
  emotion,
  intensity: 0.5,
  duration_ms: 300,
});
const speech = (turnId: string, count: number): AnimationEvent[] =>
  Array.from({ length: count }, (_, i) => viseme(turnId, i * 4800));

let feed: AnimationFeed;
let ann: Listener;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  feed = new AnimationFeed();
  ann = new Listener();
});
afterEach(() => {
  feed.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('a room’s animation', () => {
  it('goes to who asked, at once, and to nobody else', () => {
    const bob = new Listener();
    feed.subscribe('ann', ann);
    feed.subscribe('bob', bob);
    feed.unsubscribe('bob');
    feed.push([look('happy')]);
    expect(ann.events).toEqual([look('happy')]);
    expect(bob.messages).toEqual([]);
  });

  it('comes in one message per 50 ms after the first three, or at the pace that was asked for', () => {
    const bob = new Listener();
    feed.subscribe('ann', ann);
    feed.subscribe('bob', bob, 200);
    for (let i = 0; i < 100; i++) {
      feed.push([clock('t', i * 480)]);
      vi.advanceTimersByTime(10);
    }
    expect(ann.messages).toHaveLength(20 + 3);
    expect(bob.messages).toHaveLength(5 + 3);
    vi.advanceTimersByTime(200);
    expect(ann.events).toHaveLength(100);
    expect(bob.events).toEqual(ann.events);
  });

  it('comes in messages that are never too long', () => {
    feed.subscribe('ann', ann);
    feed.push(speech('t', 300));
    vi.advanceTimersByTime(500);
    expect(ann.events).toEqual(speech('t', 300));
    for (const { events } of ann.messages) expect(AnimationEvents.safeParse(events).success).toBe(true);
  });

  it('[C2] loses its oldest events for who does not read, and says how many', () => {
    feed.subscribe('ann', ann);
    feed.push([look('sad')]);
    ann.ready = false;
    for (let i = 0; i < 1000; i++) {
      feed.push([clock('t', i)]);
      vi.advanceTimersByTime(20);
    }
    expect(ann.messages).toHaveLength(1);
    ann.ready = true;
    vi.advanceTimersByTime(1000);
    expect(ann.dropped).toBe(1000 - 512);
    expect(ann.messages[1]!.dropped).toBe(1000 - 512);
    expect(ann.events.slice(1)).toEqual(Array.from({ length: 512 }, (_, i) => clock('t', 488 + i)));
  });

  it('shows who comes later what is going on, and no more', () => {
    feed.push([look('sad')]);
    feed.push(speech('old', 4));
    feed.push([end('old'), look('happy')]);
    feed.push(speech('t', 10));
    feed.push([clock('t', 4800 * 6)]);
    feed.subscribe('ann', ann);
    expect(ann.events).toEqual([look('happy'), clock('t', 4800 * 6), ...speech('t', 10).slice(6)]);
  });

  it('begins anew for who asks again, and no faster', () => {
    feed.push([look('happy')]);
    for (let i = 0; i < 40; i++) feed.subscribe('ann', ann);
    expect(ann.messages).toHaveLength(3);
    vi.advanceTimersByTime(60);
    expect(ann.messages).toHaveLength(4);
    expect(ann.messages[3]!.events).toEqual([look('happy')]);
  });

  it('[T2] does not show what a cancelled turn still had to show', () => {
    feed.subscribe('ann', ann);
    feed.push([look('happy')]);
    ann.ready = false;
    feed.push(speech('t', 20));
    feed.push([end('t')]);
    ann.ready = true;
    vi.advanceTimersByTime(500);
    expect(ann.events).toEqual([look('happy'), end('t')]);
    expect(ann.dropped).toBe(0);
  });

  it('ends with its agent', () => {
    feed.subscribe('ann', ann);
    feed.push([look('happy'), ...speech('t', 2), clock('t', 960)]);
    vi.advanceTimersByTime(50);
    feed.agentLeft();
    vi.advanceTimersByTime(100);
    // On the agent's clock, which may be any.
    const end = { type: 'end', turn_id: 't', outcome: 'cancelled', sample: 960, at_ms: 960 / 48 + 50 };
    expect(ann.events.at(-1)).toMatchObject(end);
    const late = new Listener();
    feed.subscribe('late', late);
    expect(late.messages).toEqual([]);
  });
});
