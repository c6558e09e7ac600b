import { describe, expect, it } from 'vitest';
import { PacedPerformance } from '../testing/paced-performance.ts';
import { type Performing, performanceConformance } from '../testing/performance-conformance.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { followed } from './followed.ts';
import type { Follower, LentChunk, Performance, Progress } from './port.ts';

const LONGEST_MS = 60_000;

function performing(pauses: 'exact' | 'none', wrap = (performance: Performance) => performance): Performing {
  const clock = new VirtualClock();
  const progress: Progress[] = [];
  const performance = new PacedPerformance(clock, pauses, each => progress.push(each));
  return {
    performance: wrap(performance),
    progress,
    until: async holds => {
      while (!holds()) {
        expect(clock.nowMs()).toBeLessThan(LONGEST_MS);
        await clock.advance(20);
      }
    },
    pass: ms => clock.advance(ms),
    close: async () => performance.close(),
  };
}

/** Notes what it is told, and how many samples it could read then. */
function onlooker(told: string[]): Follower {
  const note = (what: string) => (turnId: string) => void told.push(`${what} ${turnId}`);
  return {
    begin: note('begin'),
    speech: (turnId, { pcm }: LentChunk) => void told.push(`speech ${turnId} ${pcm.length} ${pcm[0]}`),
    complete: note('complete'),
    pause: note('pause'),
    resume: note('resume'),
    cancel: note('cancel'),
    mood: ({ state }) => void told.push(`mood ${state}`),
  };
}

performanceConformance('one that can pause', async () => performing('exact'));
performanceConformance('one that cannot pause', async () => performing('none'));
performanceConformance('one with a follower', async () => performing('exact', each => followed(each, onlooker([]))));

describe('a performance that is followed', () => {
  it('tells its followers first, who read the samples before the performer gives them away', () => {
    const told: string[] = [];
    const performer: Performance = {
      ...onlooker([]),
      capabilities: { pauses: 'exact', position: 'sample', mouth: 'ours' },
      speech: (turnId, { pcm }) => {
        structuredClone(pcm, { transfer: [pcm.buffer as ArrayBuffer] });
        told.push(`performed ${turnId}, left ${pcm.length}`);
      },
    };
    const both = followed(performer, onlooker(told), onlooker(told));
    both.begin('t');
    both.speech('t', { pcm: new Int16Array(480).fill(7), events: [] });
    both.complete('t');
    expect(told).toEqual([
      'begin t',
      'begin t',
      'speech t 480 7',
      'speech t 480 7',
      'performed t, left 0',
      'complete t',
      'complete t',
    ]);
  });
});
