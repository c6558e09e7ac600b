import { afterEach, describe, expect, it } from 'vitest';
import { SPEECH_RATE } from '../base/rates.ts';
import type { Responder } from '../respond/port.ts';
import { Scene, type SceneOptions } from '../testing/scene.ts';

let scene: Scene;
const begin = (options: SceneOptions) => {
  scene = new Scene(options);
  scene.person('ann', 'Ann');
};
afterEach(() => {
  scene.close();
});

/** The usual one, that can do something else. */
const that =
  (can: Partial<Responder['capabilities']>, does: Partial<Responder> = {}) =>
  (usual: Responder): Responder => ({
    name: 'another',
    capabilities: { ...usual.capabilities, ...can },
    respond: (conversation, options) => usual.respond(conversation, options),
    say: (text, names, options) => usual.say(text, names, options),
    ...does,
  });

describe('a responder', () => {
  it('that has ears is told what everybody says, as it arrives', async () => {
    const heard = new Map<string, number>();
    const hear = (who: string, pcm: Int16Array) => heard.set(who, (heard.get(who) ?? 0) + pcm.length);
    begin({ responder: that({ ears: true }, { hear }) });
    scene.person('bob', 'Bob');
    await scene.advance(1000);
    expect([...heard]).toEqual([
      ['ann', 16_000],
      ['bob', 16_000],
    ]);
  });

  it('without ears is told nothing', async () => {
    const hear = () => expect.unreachable();
    begin({ responder: that({ ears: false }, { hear }) });
    await scene.advance(1000);
  });

  it('that cannot speculate is asked once the turn is certain', async () => {
    const asked: { atMs: number; live: boolean }[] = [];
    begin({
      responder: usual =>
        that(
          { speculates: false },
          {
            respond: (conversation, options) => {
              asked.push({ atMs: scene.clock.nowMs(), live: scene.session.liveTurn === options.turnId });
              return usual.respond(conversation, options);
            },
          },
        )(usual),
    });
    await scene.advance(scene.say('ann', 'How are you today?') + 4000);
    expect(asked).toMatchObject([{ live: true }]);
    expect(scene.spoken).toEqual(['That is nice to hear.']);
  });

  it('that breaks when it is told that a turn is over takes nothing else with it', async () => {
    const heardUpTo = () => {
      throw new Error('it is gone');
    };
    begin({ responder: that({}, { heardUpTo }) });
    scene.say('ann', 'How are you today?');
    await scene.advance(6000);
    await scene.advance(scene.say('ann', 'And what do you like?') - scene.clock.nowMs() + 6000);
    expect(scene.session.history.map(({ role }) => role)).toEqual(['user', 'avatar', 'user', 'avatar']);
    expect(scene.face).toBe('idle');
  });

  it('is told how much of each of its answers was heard [T4]', async () => {
    const heard: { turnId: string; samples: number }[] = [];
    const heardUpTo = (turnId: string, samples: number) => heard.push({ turnId, samples });
    begin({ responder: that({}, { heardUpTo }), answer: () => 'Let me tell you a long story about the sea.' });
    await scene.advance(scene.say('ann', 'Tell me a story.') + 2000);
    const turnId = scene.session.liveTurn;
    const playedMs = scene.clock.nowMs() - scene.when('sound')!;
    scene.type('ann', 'Stop.');
    expect(heard).toHaveLength(1);
    expect(heard[0]!.turnId).toBe(turnId);
    expect(Math.abs((heard[0]!.samples * 1000) / SPEECH_RATE - playedMs)).toBeLessThanOrEqual(40);
  });
});
