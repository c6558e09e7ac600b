import { afterEach, expect, it } from 'vitest';
import { numbersFor } from '../../settings/emergency.ts';
import { Answers } from '../safety/answers.ts';
import { Guard } from '../safety/dialogue.ts';
import { Hearing } from '../safety/hearing.ts';
import { Honesty } from '../safety/honesty.ts';
import { guarded } from '../safety/responder.ts';
import { Scene } from '../testing/scene.ts';
import type { Conversation, ReplyPart } from '../think/ports.ts';

const guard = new Guard(new Hearing(['en']), new Answers(numbersFor('GB')), new Honesty());

async function* answer(conversation: Conversation): AsyncIterable<ReplyPart> {
  yield* guard.answer(conversation) ?? [{ type: 'text', text: 'The script answers.' }];
}

let scene: Scene;
afterEach(() => scene.close());

it('an operator is told of somebody in danger, once, with a serious face', async () => {
  scene = new Scene({ answer });
  scene.person('ann', 'Ann');
  const endMs = scene.say('ann', 'I fell and I cannot get up.');
  await scene.advance(endMs + 3000);
  expect(scene.concerns).toEqual(['fall: I fell and I cannot get up.']);
  expect(scene.mood).toMatchObject({ emotion: 'sad' });
  await scene.advance(20_000);
  const nextMs = scene.say('ann', 'Nobody is here.') - scene.clock.nowMs();
  await scene.advance(nextMs + 20_000);
  expect(scene.concerns).toHaveLength(1);
  expect(scene.transcript.at(-1)).toMatch(/999/);
});

it('[T5] nobody is told of what was only the beginning of a sentence', async () => {
  scene = new Scene({ answer });
  scene.person('ann', 'Ann');
  const endMs = scene.say('ann', 'I want to die');
  // She goes on before her turn is certain: both are one utterance.
  scene.say('ann', 'my hair green.', { startMs: endMs + 250 });
  await scene.advance(endMs + 6000);
  expect(scene.concerns.filter(told => told !== 'self-harm: I want to die')).toEqual([]);
});

it('a model that hears and speaks itself does not answer somebody in danger', async () => {
  const heard: string[] = [];
  scene = new Scene({
    answer,
    responder: usual =>
      guarded(
        {
          ...usual,
          name: 'duplex',
          capabilities: { ears: true, speculates: false, cuts: 'coarse' },
          async *respond({ turn }) {
            heard.push(...turn.map(({ text }) => text));
          },
          say: (...said) => usual.say(...said),
        },
        usual,
        guard,
      ),
  });
  scene.person('ann', 'Ann');
  scene.type('ann', 'My chest hurts.');
  await scene.advance(4000);
  expect(heard).toEqual([]);
  expect(scene.concerns).toEqual(['medical: My chest hurts.']);
});
