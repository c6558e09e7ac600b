import { afterEach, describe, expect, it } from 'vitest';
import { MOST_ANSWERED } from '../../protocol/conversation.ts';
import { Scene, type SceneOptions } from '../testing/scene.ts';

let scene: Scene;
function begin(options?: SceneOptions): void {
  scene = new Scene(options);
  scene.person('ann', 'Ann');
}
afterEach(() => {
  scene.close();
});

describe('what an answer says it answers', () => {
  /** Of each of the avatar's entries, the words that it answers. */
  const answered = () =>
    [...scene.log.values()]
      .filter(({ role }) => role === 'avatar')
      .map(({ answers }) => answers?.map(id => scene.log.get(id)?.text));

  it('is what each of several people said', async () => {
    begin();
    scene.person('bob', 'Bob');
    scene.say('ann', 'I like apples.');
    const end = scene.say('bob', 'I like pears much more.', { startMs: 500 });
    await scene.advance(end + 5000);
    expect(answered()).toEqual([['I like apples.', 'I like pears much more.']]);
  });

  it('is what was said, also where an answer before was given up unheard', async () => {
    begin({ ttsMs: 1500 });
    scene.type('ann', 'I went to the market.');
    await scene.advance(500);
    scene.type('ann', 'And I bought apples.');
    await scene.advance(500);
    scene.session.strike(new Set());
    await scene.advance(6000);
    expect(scene.events.filter(({ what }) => what === 'begin')).toHaveLength(3);
    expect(answered()).toEqual([['I went to the market.', 'And I bought apples.']]);
    const [answer] = [...scene.log.values()].filter(({ role }) => role === 'avatar');
    expect(scene.log.has(answer!.turnId)).toBe(false);
  });

  it('is the latest, where very much waits for its answer', async () => {
    begin({ ttsMs: 500 });
    for (let i = 0; i < 30; i++) {
      scene.type('ann', `Line ${i}.`);
      await scene.advance(20);
    }
    await scene.advance(6000);
    expect(answered()).toEqual([Array.from({ length: MOST_ANSWERED }, (_, i) => `Line ${30 - MOST_ANSWERED + i}.`)]);
  });

  it('is nothing for a greeting', async () => {
    begin();
    scene.session.greet('Ann');
    await scene.advance(3000);
    expect(answered()).toEqual([undefined]);
  });
});
