import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createMetrics } from '../metrics/metrics.ts';
import { gatesOf } from '../testing/fakes.ts';
import { RoomTexts } from './text.ts';

const DAY_MS = 86_400_000;
beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

it('[C2] in no day there is more text in a room than it may hold, however often it is opened again', () => {
  const rooms = new RoomTexts(1_000_000, gatesOf(createMetrics()));
  let bytes = 0;
  for (let minute = 0; minute < 1440; minute++) {
    for (let i = 0; i < 100; i++) {
      try {
        rooms.of('red').typed('x'.repeat(2000));
        bytes += 2000;
      } catch {
        // refused
      }
      if (rooms.of('red').spoken(500)) bytes += 500;
    }
    vi.advanceTimersByTime(DAY_MS / 1440);
  }
  expect(bytes).toBeGreaterThan(800_000);
  expect(bytes).toBeLessThanOrEqual(1_000_000);
  expect(() => rooms.of('blue').typed('x'.repeat(2000))).not.toThrow();
});

it('[C2] tells for how long it is full, and counts what is refused', async () => {
  const metrics = createMetrics();
  const room = new RoomTexts(40_000, gatesOf(metrics)).of('red');
  for (let i = 0; i < 4; i++) room.typed('x'.repeat(2300));
  let waitMs = 0;
  try {
    room.typed('x'.repeat(2300));
  } catch (error) {
    waitMs = (error as { retryAfterMs: number }).retryAfterMs;
  }
  expect(waitMs).toBeGreaterThan(0);
  vi.advanceTimersByTime(waitMs + 1);
  expect(() => room.typed('x'.repeat(2300))).not.toThrow();
  expect(room.spoken(50_000)).toBe(false);
  const text = await metrics.registry.metrics();
  expect(text).toContain('visavis_rate_limited_total{scope="room",surface="signaling"} 1');
  expect(text).toContain('visavis_rate_limited_total{scope="room",surface="agents"} 1');
});
