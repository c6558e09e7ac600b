import { afterEach, describe, expect, it } from 'vitest';
import { Scene, type SceneOptions } from '../testing/scene.ts';
import { personaWith } from '../testing/tool-service.ts';
import type { Conversation, ReplyOptions, ReplyPart } from '../think/ports.ts';
import { WaitingDialogue } from '../think/waiting.ts';
import { TELL_MS } from './floor/machine.ts';

const WHAT = 'order {"id":"7"}';
const REMARK = 'One moment, I am looking.';
const ABOUT = 'About your order: it was sent on Monday.';
const { tools } = personaWith([
  { name: 'order', description: 'Looks up.', url: 'https://shop.example/orders' },
]).persona;

let scene: Scene;
afterEach(() => scene.close());

/**
 * A model that looks orders up, which takes so long, as a toolbox does it: nobody is waited for once somebody speaks,
 * and it goes on. Everything else it answers at once.
 */
function begin(tookMs: number, { persona, ...more }: SceneOptions = {}): Scene & { calledOff: number[] } {
  const calledOff: number[] = [];
  async function* answer(conversation: Conversation, options: ReplyOptions): AsyncGenerator<ReplyPart> {
    const { occasion, turn, lookups } = conversation;
    const said = turn.map(({ text }) => text).join(' ');
    if (occasion?.kind === 'found') yield { type: 'text', text: ABOUT };
    else if (!said.includes('order') || lookups?.told() !== undefined) yield { type: 'text', text: `You said ${said}` };
    else {
      options.asked?.();
      const stop = new AbortController();
      const outcome = scene.clock.wait(tookMs).then(() => {
        stop.signal.throwIfAborted();
        return '{"sent":"Monday"}';
      });
      const abort = (reason: unknown) => {
        calledOff.push(scene.clock.nowMs());
        stop.abort(reason);
      };
      const lookup = { what: WHAT, asker: turn.at(-1)!.speaker, outcome, abort };
      yield { type: 'text', text: `It says ${await lookups!.wait(lookup, options.signal)}.` };
    }
  }
  scene = new Scene({
    persona: { tools: tools!, waiting: [REMARK], stillWaiting: ['Still on it.'], ...persona },
    around: (dialogue, clock) => new WaitingDialogue(dialogue, { clock, waitingMs: 1500, stillWaitingMs: 9000 }),
    answer,
    ...more,
  });
  scene.person('ann', 'Ann');
  return Object.assign(scene, { calledOff });
}
const ask = async () => scene.advance(scene.say('ann', 'Where is my order seven?') + 400 - scene.clock.nowMs());
const saidTimes = (text: string) => scene.spoken.filter(each => each === text).length;

describe('while a tool takes long', () => {
  it('the avatar says so in the persona’s words, and is seen to look something up until it goes on', async () => {
    begin(6000);
    await ask();
    const asked = scene.clock.nowMs();
    await scene.advance(900);
    expect(scene.spoken).toEqual([]);
    await scene.advance(1500);
    expect(scene.spoken).toEqual([REMARK]);
    expect(scene.when('looking', asked)).toBeDefined();
    expect(scene.mood).toMatchObject({ state: 'thinking', gaze: { x: expect.any(Number) } });
    await scene.advance(5000);
    expect(scene.transcript.at(-1)).toMatch(/^avatar: One moment, I am looking\. It says /);
    expect(scene.when('speaking', scene.when('looking')!)).toBeDefined();
    await scene.advance(5000);
    expect(scene.events.at(-1)?.what).toBe('idle');
  });

  it('[T5] an answer in secret neither says nor shows anything of it', async () => {
    begin(20_000);
    // They go on before it is certain that they were done.
    scene.say('ann', 'Where is my order seven?');
    scene.say('ann', 'and the other thing that I had bought?', { startMs: 5 * 300 + 450 });
    await scene.advance(5 * 300 + 450 + 8 * 300);
    expect(scene.spoken).toEqual([]);
    expect(scene.when('looking')).toBeUndefined();
  });

  it('[T3] a cough changes nothing: it is still looked up, and told', async () => {
    begin(5000);
    await ask();
    await scene.advance(2500);
    scene.say('ann', 'uh-huh', { durationMs: 300 });
    await scene.advance(12_000);
    expect(scene.spoken.at(-1)).toContain('It says');
    expect(saidTimes(ABOUT)).toBe(0);
  });
});

describe('somebody who speaks while a tool takes long', () => {
  it('is answered, and told what was found when nobody speaks', async () => {
    begin(7000);
    await ask();
    await scene.advance(2500);
    const end = scene.say('ann', 'What is your name?');
    await scene.advance(end + 1500 - scene.clock.nowMs());
    expect(scene.spoken.at(-1)).toBe('You said What is your name?');
    await scene.advance(10_000);
    expect(saidTimes(ABOUT)).toBe(1);
    const found = scene.asked.at(-1)!;
    expect(found.occasion).toMatchObject({
      kind: 'found',
      identity: 'ann',
      findings: [{ what: WHAT, outcome: '{"sent":"Monday"}' }],
    });
    expect(found.history.map(({ text }) => text)).toContain('What is your name?');
    expect(scene.transcript.at(-1)).toBe(`avatar: ${ABOUT}`);
    expect(scene.session.history.at(-1)?.text).toBe(ABOUT);
  });

  it('before a word was said of it is answered to both, and the model knows that it is under way', async () => {
    begin(9000, { persona: { waiting: [] } });
    await ask();
    const end = scene.say('ann', 'What is your name?', { startMs: 3000 });
    await scene.advance(end + 1500 - scene.clock.nowMs());
    const { turn, lookups } = scene.asked.at(-1)!;
    expect(turn.map(({ text }) => text)).toEqual(['Where is my order seven?', 'What is your name?']);
    expect(lookups?.told()).toContain(WHAT);
    await scene.advance(12_000);
    expect(saidTimes(ABOUT)).toBe(1);
  });

  it('is not spoken over: what was found waits until they, and the answer to them, are done', async () => {
    begin(4000);
    await ask();
    await scene.advance(2500);
    const end = scene.say(
      'ann',
      'While you are at it I would like to tell you that the weather is very nice here today.',
    );
    await scene.advance(end - 200 - scene.clock.nowMs());
    expect(saidTimes(ABOUT)).toBe(0);
    await scene.advance(1500);
    expect(saidTimes(ABOUT)).toBe(0);
    const before = scene.clock.nowMs();
    await scene.advance(20_000);
    expect(saidTimes(ABOUT)).toBe(1);
    const answered = scene.when('done', before)!;
    const told = scene.events.find(({ what, atMs }) => what === 'begin' && atMs >= answered)!;
    expect(told.atMs - answered).toBeGreaterThanOrEqual(TELL_MS);
  });

  it('over what was found, before a word of it was heard, is told of it once more', async () => {
    begin(5000, { ttsMs: 500 });
    await ask();
    await scene.advance(2500);
    const end = scene.say('ann', 'Never mind that.');
    await scene.advance(end + 2000 - scene.clock.nowMs());
    while (scene.asked.at(-1)?.occasion === undefined) await scene.advance(20);
    // The telling is being made.
    const again = scene.say('ann', 'What is your name?');
    await scene.advance(again + 15_000 - scene.clock.nowMs());
    expect(scene.asked.filter(({ occasion }) => occasion?.kind === 'found')).toHaveLength(2);
    expect(scene.transcript.filter(line => line === `avatar: ${ABOUT}`)).toHaveLength(1);
  });

  it('by typing is answered and told, too', async () => {
    begin(6000);
    await ask();
    await scene.advance(2500);
    scene.type('ann', 'And who are you?');
    await scene.advance(15_000);
    expect(scene.spoken).toContain('You said And who are you?');
    expect(saidTimes(ABOUT)).toBe(1);
  });

  it('[L1] to finish the same sentence has it looked up anew, for all of it', async () => {
    const { calledOff } = begin(5000);
    const end = scene.say('ann', 'Where is my order seven?');
    scene.say('ann', 'and the other order?', { startMs: end + 1000 });
    await scene.advance(20_000);
    expect(calledOff.length).toBeGreaterThan(0);
    expect(saidTimes(ABOUT)).toBe(0);
    expect(scene.transcript.at(-1)).toContain('It says');
  });
});

describe('what is looked up', () => {
  it('is not told to others once who asked for it has left', async () => {
    const { calledOff } = begin(6000);
    scene.person('bob', 'Bob');
    await ask();
    await scene.advance(2500);
    scene.type('bob', 'And who are you?');
    await scene.advance(500);
    scene.session.left('ann');
    await scene.advance(15_000);
    expect(calledOff).toHaveLength(1);
    expect(saidTimes(ABOUT)).toBe(0);
  });

  it('is forgotten with what was erased, also where it was still waited for', async () => {
    begin(6000);
    await ask();
    await scene.advance(2500);
    const entry = [...scene.log.values()].find(({ text }) => text.includes('order'))!;
    scene.session.strike(new Set([entry.id]));
    await scene.advance(15_000);
    expect(saidTimes(ABOUT)).toBe(0);
  });

  it('[C1] ends with the conversation', async () => {
    const { calledOff } = begin(6000);
    await ask();
    await scene.advance(2500);
    scene.close();
    await scene.advance(10_000);
    expect(calledOff.length).toBeGreaterThan(0);
    expect(scene.clock.pending).toBe(0);
  });
});
