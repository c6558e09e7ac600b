import { afterEach, describe, expect, it } from 'vitest';
import { Scene } from '../testing/scene.ts';

const LONG = 'Let me tell you a long story about the sea and all the fish that live in it.';

let scene: Scene;
afterEach(() => {
  scene.close();
});

/** Ann asks, and the avatar is in the middle of a long answer. Returns the time. */
async function midAnswer(pauses: 'coarse' | 'none'): Promise<number> {
  scene = new Scene({ pauses, answer: () => LONG });
  scene.person('ann', 'Ann');
  await scene.advance(scene.say('ann', 'Tell me a story.') + 2500);
  expect(scene.sounding).toBe(true);
  return scene.clock.nowMs();
}

describe.each(['coarse', 'none'] as const)('[T3] when somebody speaks over a voice whose pauses are %s', pauses => {
  it('it goes on with a listening face until there are words, and then ends', async () => {
    const start = await midAnswer(pauses);
    scene.say('ann', 'Wait, stop, I have another question.');
    await scene.advance(220);
    expect(scene.when('pause')).toBeUndefined();
    expect(scene.face).toBe('listening');
    expect(scene.sounding).toBe(true);
    await scene.advance(4000);
    expect((scene.when('cancel', start) ?? Number.POSITIVE_INFINITY) - start).toBeLessThanOrEqual(900);
    expect(scene.asked.at(-1)?.turn.at(-1)?.text).toBe('Wait, stop, I have another question.');
  });

  it('it says everything after a cough, and counts that as no interruption', async () => {
    await midAnswer(pauses);
    scene.say('ann', '', { durationMs: 250 });
    await scene.advance(9000);
    expect([scene.when('pause'), scene.when('resume'), scene.when('cancel')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(scene.session.history.at(-1)?.text).toBe(LONG);
    expect(scene.traces[0]).toMatchObject({ outcome: 'completed', resumed: false });
    expect(scene.timings[0]?.outcome).toBe('completed');
  });
});
