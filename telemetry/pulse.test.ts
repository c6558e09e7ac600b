import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pulse } from './pulse.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** A host of which a test says whether it answers. */
function host({ alive = true, watched = true } = {}) {
  const state = { alive, watched, hung: 0 };
  const pulse = new Pulse(
    answered => {
      if (state.alive) answered();
    },
    () => (state.hung += 1),
    { watches: () => state.watched },
  );
  return { state, pulse };
}

describe('the pulse of a process or a thread', () => {
  it('that answers goes on', () => {
    const { state, pulse } = host();
    vi.advanceTimersByTime(60_000);
    expect(state.hung).toBe(0);
    pulse.stop();
  });

  it('that stops is noticed within two seconds, once', () => {
    const { state } = host();
    vi.advanceTimersByTime(5000);
    state.alive = false;
    vi.advanceTimersByTime(1400);
    expect(state.hung).toBe(0);
    vi.advanceTimersByTime(600);
    expect(state.hung).toBe(1);
    vi.advanceTimersByTime(60_000);
    expect(state.hung).toBe(1);
  });

  it('may pause for a second', () => {
    const { state, pulse } = host();
    for (let i = 0; i < 10; i++) {
      state.alive = false;
      vi.advanceTimersByTime(1250);
      state.alive = true;
      vi.advanceTimersByTime(250);
    }
    expect(state.hung).toBe(0);
    pulse.stop();
  });

  it('is not missed while it is still starting, or allowed to be busy', () => {
    const starting = host({ alive: false });
    const loading = host({ watched: false });
    vi.advanceTimersByTime(1000);
    loading.state.alive = false;
    vi.advanceTimersByTime(60_000);
    expect([starting.state.hung, loading.state.hung]).toEqual([0, 0]);
    starting.pulse.stop();
    loading.pulse.stop();
  });

  it('is not missed while the one that is asked has no processor, but not for ever', () => {
    let hung = 0;
    let ownMs = 0;
    let alive = true;
    new Pulse(
      answered => {
        if (alive) answered();
      },
      () => (hung += 1),
      { own: () => ownMs },
    );
    vi.advanceTimersByTime(1000);
    alive = false;
    ownMs = 20;
    vi.advanceTimersByTime(9000);
    expect(hung).toBe(0);
    vi.advanceTimersByTime(1000);
    expect(hung).toBe(1);
  });

  it('is not missed where the question could not be sent', () => {
    let hung = 0;
    let sent = true;
    const pulse = new Pulse(
      answered => {
        if (sent) answered();
        return sent;
      },
      () => (hung += 1),
    );
    vi.advanceTimersByTime(1000);
    sent = false;
    vi.advanceTimersByTime(60_000);
    expect(hung).toBe(0);
    pulse.stop();
  });

  it('is not missed by a server that was stopped itself, or short of the processor', () => {
    const { state, pulse } = host();
    vi.advanceTimersByTime(1000);
    state.alive = false;
    // Its own timers come late: what the host said meanwhile may lie unread.
    for (let i = 0; i < 20; i++) {
      const nowMs = performance.now();
      vi.spyOn(performance, 'now').mockReturnValue(nowMs + 3000 * (i + 1));
      vi.advanceTimersByTime(250);
    }
    expect(state.hung).toBe(0);
    pulse.stop();
    vi.restoreAllMocks();
  });
});
