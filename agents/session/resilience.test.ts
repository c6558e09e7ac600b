import { afterEach, describe, expect, it } from 'vitest';
import { ProviderError } from '../base/errors.ts';
import { Scene, type SceneOptions } from '../testing/scene.ts';

let scene: Scene;
const begin = (options?: SceneOptions): Scene => {
  scene = new Scene(options);
  scene.person('ann', 'Ann');
  return scene;
};
afterEach(() => {
  scene.close();
});

describe('when something fails', () => {
  it('waits for a recognizer that is slow, and says how long', async () => {
    begin({ asrMs: 1500 });
    const end = scene.say('ann', 'How are you today?');
    await scene.advance(end + 4000);
    expect(scene.asked.at(-1)?.turn.at(-1)?.text).toBe('How are you today?');
    await scene.advance(4000);
    expect(scene.timings[0]?.stages.asrMs).toBeGreaterThan(1000);
  });

  it('loses nothing of what was said while the recognizer restarts', async () => {
    begin();
    scene.asrFails = new ProviderError('internal', 'restarting', { retryable: true });
    const end = scene.say('ann', 'How are you today?');
    await scene.advance(end + 1500);
    scene.asrFails = undefined;
    await scene.advance(3000);
    expect(scene.asked.at(-1)?.turn.at(-1)?.text).toBe('How are you today?');
  });

  it('says so when it could not understand at all', async () => {
    begin();
    scene.asrFails = new ProviderError('internal', 'broken', { retryable: false });
    const end = scene.say('ann', 'How are you today?');
    await scene.advance(end + 3000);
    expect(scene.spoken.join(' ')).toMatch(/did not catch that/);
  });

  it('says so when the answer cannot be spoken', async () => {
    // The scene's voice makes sound of letters and digits alone.
    begin({ answer: () => '€' });
    const end = scene.say('ann', 'How are you today?');
    await scene.advance(end + 4000);
    expect(scene.spoken.join(' ')).toMatch(/something went wrong/);
  });

  it.each(['…', '***', '🐙', '😂😂'])('answers without words with a kind one: %s', async answer => {
    begin({ answer: () => answer });
    const end = scene.say('ann', 'How are you today?');
    await scene.advance(end + 4000);
    expect(scene.spoken.at(-1)).toMatch(/^(?:Hmm\.|Mhm!|Haha!)$/);
  });

  it('asks the dialogue once for the same words, though it reads them twice', async () => {
    begin();
    const end = scene.say('ann', 'Blue');
    await scene.advance(end + 3000);
    expect(scene.asked).toHaveLength(1);
  });

  it('says so when the dialogue fails', async () => {
    begin({
      answer: () => ({
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.reject(new ProviderError('network', 'no route', { retryable: true })),
        }),
      }),
    });
    const end = scene.say('ann', 'How are you today?');
    await scene.advance(end + 4000);
    expect(scene.spoken.join(' ')).toMatch(/something went wrong/);
    expect(scene.session.liveTurn).toBeUndefined();
  });
});

describe('around the conversation', () => {
  it('greets the first person by name, once', async () => {
    begin();
    scene.session.greet('Ann');
    scene.session.greet('Ann');
    await scene.advance(3000);
    expect(scene.spoken).toEqual(['Hello Ann.']);
  });

  it('greets nobody over their own words', async () => {
    begin();
    const end = scene.say('ann', 'Hello there my friend.');
    await scene.advance(400);
    scene.session.greet('Ann');
    await scene.advance(end + 3000);
    expect(scene.spoken).toEqual(['That is nice to hear.']);
  });

  it('takes up a conversation whose last question was never answered', async () => {
    begin({
      history: [
        {
          id: 'a',
          turnId: 'a',
          speaker: 'ann',
          speakerName: 'Ann',
          role: 'user',
          source: 'voice',
          text: 'Are you still there?',
          final: true,
          atMs: 0,
        },
      ],
    });
    scene.session.greet('Ann');
    await scene.advance(3000);
    expect(scene.asked[0]?.turn[0]?.text).toBe('Are you still there?');
    expect(scene.asked[0]?.history).toEqual([]);
    expect([...scene.log.values()].at(-1)).toMatchObject({ role: 'avatar', answers: ['a'] });
  });

  it('stays quiet and keeps listening through minutes of silence', async () => {
    begin();
    await scene.advance(180_000);
    expect(scene.events).toEqual([]);
    const end = scene.say('ann', 'How are you today?');
    await scene.advance(end - scene.clock.nowMs() + 1500);
    expect(scene.when('sound')).toBeDefined();
  });
});
