import { afterEach, describe, expect, it } from 'vitest';
import { PERSONA, Scene, type SceneOptions } from '../testing/scene.ts';
import { QUIET_MS, SETTLE_MS, TOO_LATE_MS, welcomeFor } from './welcome.ts';

let scene: Scene;
afterEach(() => scene.close());

/** Ann has been greeted, and nobody speaks. */
async function begun(options: SceneOptions = {}): Promise<void> {
  scene = new Scene(options);
  scene.person('ann', 'Ann');
  scene.session.greet('Ann');
  await scene.advance(3000);
  expect(scene.spoken).toEqual(['Hello Ann.']);
}
const welcomes = () => scene.spoken.slice(1);

describe('who comes later', () => {
  it('is greeted once nobody has spoken for a moment', async () => {
    await begun();
    scene.person('bob', 'Bob');
    await scene.advance(SETTLE_MS + QUIET_MS - 100);
    expect(welcomes()).toEqual([]);
    await scene.advance(1000);
    expect(welcomes()).toEqual(['Hello Bob.']);
    await scene.advance(60_000);
    expect(welcomes()).toEqual(['Hello Bob.']);
  });

  it('is greeted together with who else has come', async () => {
    await begun();
    scene.person('bob', 'Bob');
    await scene.advance(1000);
    scene.person('cy', 'Cy');
    await scene.advance(6000);
    expect(welcomes()).toEqual(['Hello Bob and Cy.']);
  });

  it('[T1][T3] waits while somebody speaks, and until what they said is answered', async () => {
    await begun({ answer: () => 'Nice to hear.' });
    const saidMs = scene.say('ann', 'I went to the lake with my sister today', { startMs: 500 });
    scene.person('bob', 'Bob');
    await scene.advance(saidMs - scene.clock.nowMs());
    expect(welcomes()).toEqual([]);
    await scene.advance(12_000);
    expect(welcomes()).toEqual(['Nice to hear.', 'Hello Bob.']);
    expect(scene.transcript.some(line => line.includes('interrupted'))).toBe(false);
  });

  it('[T3] is silent at once where somebody begins to speak over it', async () => {
    await begun({ persona: { welcome: 'Hello {names}, how good that you could come to us today.' } });
    scene.person('bob', 'Bob');
    await scene.advance(SETTLE_MS + QUIET_MS + 600);
    const beginMs = scene.clock.nowMs();
    expect(scene.sounding).toBe(true);
    scene.say('ann', 'wait a moment please Ollie');
    await scene.advance(1500);
    const pausedMs = scene.when('pause', beginMs);
    expect(pausedMs! - beginMs).toBeLessThanOrEqual(200);
  });

  it('is not greeted after they have spoken themselves, have left, or too late', async () => {
    await begun();
    scene.person('bob', 'Bob');
    scene.type('bob', 'Hi');
    await scene.advance(8000);
    expect(welcomes()).toEqual(['That is nice to hear.']);
    scene.person('cy', 'Cy');
    scene.session.left('cy');
    await scene.advance(8000);
    scene.person('dan', 'Dan');
    for (let i = 0; i * 1000 < TOO_LATE_MS; i++) {
      scene.say('ann', 'and so on', { durationMs: 1000 });
      await scene.advance(1000);
    }
    await scene.advance(10_000);
    expect(welcomes().filter(text => text.startsWith('Hello'))).toEqual([]);
  });

  it('is greeted in the persona’s words, or not at all where it says so', async () => {
    await begun({ persona: { welcome: false } });
    scene.person('bob', 'Bob');
    await scene.advance(8000);
    expect(welcomes()).toEqual([]);
    expect(welcomeFor({ ...PERSONA, language: 'de-CH' }, ['Bob', 'Cy'])).toBe('Hallo Bob und Cy.');
    expect(welcomeFor({ ...PERSONA, language: 'ja' }, ['Bob'])).toBeUndefined();
    expect(welcomeFor({ ...PERSONA, welcome: 'Da bist du ja, {names}!' }, ['Bob'])).toBe('Da bist du ja, Bob!');
  });
});
