import { afterEach, describe, expect, it } from 'vitest';
import type { Feeling } from '../../protocol/feelings.ts';
import type { Fact } from '../../protocol/memory.ts';
import { Scene, type SceneOptions } from '../testing/scene.ts';
import type { Conversation } from '../think/ports.ts';

const SAD: Feeling = { label: 'sad', valence: -0.6, arousal: 0.2, confidence: 0.8, sources: ['face'] };
const CANDLES: Fact = { key: 'product', value: 'candles', text: 'They sell candles.' };

let scene: Scene;
afterEach(() => scene.close());
const open = (options: SceneOptions = {}) => {
  scene = new Scene(options);
};
const entry = (text: string, role: 'user' | 'avatar' = 'user') => ({
  id: text,
  turnId: text,
  speaker: role === 'user' ? 'ann' : 'avatar',
  speakerName: role === 'user' ? 'Ann' : 'Ollie',
  role,
  source: 'voice' as const,
  text,
  final: true,
  atMs: 1,
});

describe('somebody who is known', () => {
  it('is welcomed back in words of the dialogue’s, with what is known of them', async () => {
    open({ answer: ({ occasion }) => (occasion === undefined ? 'Hm.' : 'Welcome back, how are the candles?') });
    scene.person('ann', 'Ann', { remember: true, memories: [CANDLES] });
    scene.session.greet('Ann');
    await scene.advance(4000);
    expect(scene.transcript).toEqual(['avatar: Welcome back, how are the candles?']);
    expect(scene.asked).toMatchObject([
      { turn: [], occasion: { kind: 'return', identity: 'ann' }, people: [{ identity: 'ann', facts: [CANDLES] }] },
    ]);
  });

  it('is greeted like anybody when nothing is known, and without a question to the dialogue', async () => {
    open();
    scene.person('ann', 'Ann', { remember: true });
    scene.session.greet('Ann');
    await scene.advance(3000);
    expect(scene.transcript).toEqual(['avatar: Hello Ann.']);
    expect(scene.asked).toEqual([]);
  });

  it('goes on where an earlier conversation ended', async () => {
    open({
      earlier: [entry('I sell candles.'), entry('To whom?', 'avatar')],
      answer: ({ history, occasion }) => `${occasion?.kind ?? 'answer'} after ${history.length}.`,
    });
    scene.person('ann', 'Ann');
    scene.session.greet('Ann');
    await scene.advance(3000);
    scene.type('ann', 'To gift shops.');
    await scene.advance(4000);
    expect(scene.transcript).toEqual(['avatar: return after 2.', 'ann: To gift shops.', 'avatar: answer after 3.']);
  });

  it('[T5] is learned about from turns that were real, once each', async () => {
    const lessons: string[] = [];
    open({
      learn: ({ history }) => {
        lessons.push(history.findLast(({ role }) => role === 'user')!.text);
        return [CANDLES];
      },
    });
    scene.person('ann', 'Ann', { remember: true });
    // A pause in mid-sentence: an answer is begun in secret and thrown away.
    scene.say('ann', 'I sell');
    scene.say('ann', 'candles to gift shops.', { startMs: 900 });
    await scene.advance(8000);
    expect(lessons).toHaveLength(1);
    expect(scene.learned).toMatchObject([{ identity: 'ann', facts: [CANDLES, { key: 'owner', value: 'Ann' }] }]);
  });
});

describe('two people of one browser', () => {
  const OWNER: Fact = { key: 'owner', value: 'Ann', text: 'What is kept without a name is Ann’s.' };
  const BIKES: Fact = { key: 'of_tom__product', value: 'bikes', text: 'Tom: They sell bikes.' };
  const known = (conversation: Conversation | undefined) => conversation?.people?.[0]?.facts ?? [];

  it('have two memories, chosen by the name that they come with', async () => {
    for (const [name, expected] of [
      ['Ann', 'candles'],
      ['ann', 'candles'],
      ['Tom', 'bikes'],
    ] as const) {
      open({ answer: ({ occasion }) => (occasion === undefined ? 'Hm.' : 'Welcome back.') });
      scene.person('p', name, { remember: true, memories: [CANDLES, OWNER, BIKES] });
      scene.session.greet(name);
      await scene.advance(3000);
      expect(known(scene.asked.at(-1)).map(({ key, value }) => `${key}: ${value}`)).toEqual([`product: ${expected}`]);
      scene.close();
    }
  });

  it('are not greeted as one another, nor taken back to what the other said', async () => {
    open({ earlier: [{ ...entry('I sell candles.'), speaker: 'p' }, entry('To whom?', 'avatar')] });
    scene.person('p', 'Tom', { remember: true, memories: [CANDLES, OWNER] });
    scene.session.greet('Tom');
    await scene.advance(3000);
    expect(scene.transcript).toEqual(['avatar: Hello Tom.']);
    scene.type('p', 'Hello.');
    await scene.advance(500);
    expect(scene.asked.at(-1)!.history.map(({ text }) => text)).toEqual(['Hello Tom.']);
    expect(known(scene.asked.at(-1))).toEqual([]);
  });

  it('are remembered apart', async () => {
    open({ learn: () => [{ key: 'product', value: 'bikes', text: 'They sell bikes.' }] });
    scene.person('p', 'Tom', { remember: true, memories: [CANDLES, OWNER] });
    scene.type('p', 'I sell bikes.');
    await scene.advance(4000);
    expect(scene.learned).toMatchObject([{ facts: [BIKES] }]);
  });

  it('share what was kept before it was known whose it is with whoever comes first', async () => {
    open({ answer: () => 'Hm.' });
    scene.person('p', 'Tom', { remember: true, memories: [CANDLES] });
    scene.type('p', 'Hello.');
    await scene.advance(500);
    expect(known(scene.asked.at(-1))).toEqual([CANDLES]);
  });
});

describe('somebody who erases something in mid-call', () => {
  const known = ({ people }: Conversation) =>
    people!.flatMap(({ facts }) => facts.map(({ value }) => value)).join(', ');
  const nothing = { memories: [], revision: 1, turns: [] };
  const slowly = (text: (conversation: Conversation) => string): SceneOptions => ({
    async *answer(conversation, { signal }) {
      await scene.clock.wait(1000);
      signal.throwIfAborted();
      yield { type: 'text', text: text(conversation) };
    },
  });

  it('is answered anew where the answer was on its way', async () => {
    open(slowly(conversation => `I know: ${known(conversation)}.`));
    scene.person('ann', 'Ann', { remember: true, memories: [CANDLES] });
    scene.type('ann', 'What do you know of me?');
    await scene.advance(500);
    scene.session.remembered('ann', nothing);
    await scene.advance(4000);
    expect(scene.transcript).toEqual(['ann: What do you know of me?', 'avatar: I know:.']);
  });

  it('stops an answer that is being given, and the next one does not know it', async () => {
    open({ answer: conversation => `You sell ${known(conversation)}, and you know a great deal about them.` });
    scene.person('ann', 'Ann', { remember: true, memories: [CANDLES] });
    scene.type('ann', 'What do you know of me?');
    await scene.advance(1700);
    scene.session.remembered('ann', nothing);
    await scene.advance(1000);
    expect(scene.sounding).toBe(false);
    expect(scene.transcript.at(-1)).toBe('avatar: You sell candles, (interrupted)');
    scene.type('ann', 'And now?');
    await scene.advance(500);
    expect(scene.asked.at(-1)).toMatchObject({ history: [{ text: 'What do you know of me?' }] });
    expect(known(scene.asked.at(-1)!)).toBe('');
  });

  it('[T5] an answer prepared in secret is thrown away', async () => {
    open({ answer: conversation => `I know: ${known(conversation)}.` });
    scene.person('ann', 'Ann', { remember: true, memories: [CANDLES] });
    scene.say('ann', 'What do you know of me?');
    while (scene.asked.length === 0) await scene.advance(20);
    expect(scene.when('begin')).toBeUndefined();
    scene.session.remembered('ann', nothing);
    await scene.advance(4000);
    expect(scene.transcript.at(-1)).toBe('avatar: I know:.');
  });

  it('a deleted conversation is neither gone on with nor referred to', async () => {
    open(slowly(({ history }) => `After ${history.length}.`));
    scene.person('ann', 'Ann', { remember: true });
    scene.type('ann', 'I saw a whale.');
    const [deleted] = scene.log.keys();
    await scene.advance(4000);
    scene.type('ann', 'It sang.');
    await scene.advance(500);
    scene.session.strike(new Set(scene.log.keys()));
    await scene.advance(5000);
    expect(deleted).toBeDefined();
    expect(scene.transcript).toEqual(['ann: I saw a whale.', 'avatar: After 0.', 'ann: It sang.']);
    scene.type('ann', 'Hello?');
    await scene.advance(4000);
    expect(scene.transcript.at(-1)).toBe('avatar: After 0.');
  });
});

describe('how somebody feels', () => {
  it('is known to the dialogue, kept with their words, and seen in a listener’s face', async () => {
    open();
    scene.person('ann', 'Ann');
    scene.session.felt('ann', SAD);
    expect(scene.mood).toMatchObject({ emotion: 'sad' });
    scene.say('ann', 'It was a long week.');
    await scene.advance(6000);
    expect(scene.asked.at(-1)!.people).toMatchObject([{ identity: 'ann', feeling: SAD }]);
    expect([...scene.log.values()].find(({ role }) => role === 'user')).toMatchObject({ feeling: SAD });
  });

  it('does not change the face in the middle of an answer', async () => {
    open({ answer: () => 'One two three four five six seven eight nine ten.' });
    scene.person('ann', 'Ann');
    scene.say('ann', 'Please count to ten.');
    await scene.advance(4000);
    expect(scene.face).toBe('speaking');
    scene.session.felt('ann', SAD);
    expect(scene.mood?.emotion).toBe('neutral');
  });

  it('is forgotten when it is not sensed any more', async () => {
    open();
    scene.person('ann', 'Ann');
    scene.session.felt('ann', SAD);
    scene.session.felt('ann', null);
    expect(scene.mood?.emotion).toBe('neutral');
    scene.type('ann', 'Hello there.');
    await scene.advance(3000);
    expect(scene.asked.at(-1)!.people![0]).not.toHaveProperty('feeling');
  });
});
