import { afterEach, describe, expect, it } from 'vitest';
import { Scene, type SceneOptions } from '../testing/scene.ts';
import type { Addressee } from './floor/addressing.ts';

let scene: Scene;
const begin = (options?: SceneOptions) => {
  scene = new Scene(options);
  scene.person('ann', 'Ann');
  scene.person('bob', 'Bob');
};
afterEach(() => {
  scene.close();
});

/** Everything that names Bob is said to Bob. */
const toBob = { judge: ({ text }: { text: string }): Addressee => (text.includes('Bob') ? 'them' : 'me') };

describe('what is said to somebody else', () => {
  it('[T5] is neither prepared an answer for nor answered, and stands in the log', async () => {
    begin({ addressing: toBob });
    const end = scene.say('ann', 'Bob, how are you today?');
    await scene.advance(end + 4000);
    expect(scene.asked).toEqual([]);
    expect(scene.spoken).toEqual([]);
    expect(scene.transcript).toEqual(['ann: Bob, how are you today?']);
    expect(scene.face).toBe('idle');
  });

  it('is known to the dialogue afterwards, as overheard', async () => {
    begin({ addressing: toBob });
    const end = scene.say('ann', 'Bob, I like apples.');
    const question = scene.say('ann', 'And what do you like?', { startMs: end + 2000 });
    await scene.advance(question + 4000);
    expect(scene.asked).toHaveLength(1);
    expect(scene.asked[0]!.turn.map(({ text }) => text)).toEqual(['And what do you like?']);
    expect(scene.asked[0]!.history).toMatchObject([{ speaker: 'ann', text: 'Bob, I like apples.', overheard: true }]);
  });

  it('does not end what the avatar says', async () => {
    begin({ addressing: toBob, answer: () => 'Let me tell you a long story about the sea and all the fish in it.' });
    await scene.advance(scene.say('ann', 'Tell me a story.') + 2000);
    scene.say('ann', 'Bob', { durationMs: 300 });
    await scene.advance(8000);
    expect(scene.when('cancel')).toBeUndefined();
    expect(scene.session.history.findLast(({ role }) => role === 'avatar')?.text).toMatch(/fish in it\.$/);
  });

  it('leaves alone what others wait for', async () => {
    begin({ addressing: toBob });
    scene.say('bob', 'I like pears.');
    const end = scene.say('ann', 'Bob, I like apples much more.', { startMs: 300 });
    await scene.advance(end + 2500);
    expect(scene.asked.at(-1)?.turn.map(({ text }) => text)).toEqual(['I like pears.']);
  });

  it('may be typed', async () => {
    begin({ addressing: toBob });
    scene.type('ann', 'Bob, look at this.');
    await scene.advance(3000);
    expect(scene.asked).toEqual([]);
    expect([...scene.log.values()]).toMatchObject([{ text: 'Bob, look at this.', overheard: true }]);
  });

  it('is marked in the log, so that another host that takes the conversation over does not answer it', async () => {
    begin({ addressing: toBob });
    await scene.advance(scene.say('ann', 'Bob, how are you today?') + 4000);
    const history = [...scene.log.values()];
    expect(history).toMatchObject([{ text: 'Bob, how are you today?', final: true, overheard: true }]);
    scene.close();
    begin({ history });
    scene.session.greet('Ann');
    await scene.advance(3000);
    expect(scene.asked).toEqual([]);
    expect(scene.session.history[0]).toMatchObject({ overheard: true });
  });
});

describe('who judges', () => {
  it('is asked before an answer is prepared and again before a turn is taken, and told what it needs', async () => {
    const asked: { text: string; people: readonly string[]; history: number; nothingYet: boolean }[] = [];
    begin({
      addressing: {
        judge: ({ text }, { people, history }) => {
          asked.push({ text, people, history: history.length, nothingYet: scene.asked.length === 0 });
          return 'me';
        },
      },
    });
    await scene.advance(scene.say('ann', 'How are you today?') + 4000);
    const first = { text: 'How are you today?', people: ['Ann', 'Bob'], history: 0 };
    expect(asked[0]).toEqual({ ...first, nothingYet: true });
    expect(asked.at(-1)).toEqual({ ...first, nothingYet: false });
  });

  it('is answered where it is unsure', async () => {
    begin({ addressing: { judge: () => 'unsure' } });
    await scene.advance(scene.say('ann', 'How are you today?') + 4000);
    expect(scene.spoken).toEqual(['That is nice to hear.']);
  });
});
