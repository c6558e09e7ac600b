import { describe, expect, it } from 'vitest';
import { numbersFor } from '../../settings/emergency.ts';
import { PERSONA } from '../testing/scene.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import type { Conversation, Dialogue, Exchange, ReplyPart } from '../think/ports.ts';
import { Answers } from './answers.ts';
import { cases } from './cases.ts';
import { Guard, SafeDialogue } from './dialogue.ts';
import { Hearing } from './hearing.ts';
import { Honesty } from './honesty.ts';
import { SecondOpinion } from './second-opinion.ts';

const guard = new Guard(new Hearing(), new Answers(numbersFor('US')), new Honesty());
/** Found by no pattern; it hints at danger. */
const UNUSUAL = 'It feels as if somebody parked a lorry on my chest since breakfast.';

const said = (text: string): Exchange => ({ role: 'user', speaker: 'ann', name: 'Ann', text });
const conversation = (text: string, history: readonly Exchange[] = []): Conversation => ({
  persona: PERSONA,
  history,
  turn: [said(text)],
});

/** A model that answers this, and what it was asked. */
function model(answer: string | Error | Promise<string>) {
  const asked: Conversation[] = [];
  const dialogue: Dialogue = {
    name: 'model',
    async *reply(question, { signal }) {
      asked.push(question);
      if (answer instanceof Error) throw answer;
      const stopped = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      yield { type: 'text', text: await Promise.race([answer, stopped]) };
    },
  };
  return { asked, dialogue };
}

const usual: Dialogue = {
  name: 'usual',
  async *reply() {
    yield { type: 'text', text: 'How nice.' };
  },
};

async function reply(judge: Dialogue, asked: Conversation, clock = new VirtualClock()): Promise<ReplyPart[]> {
  const safe = new SafeDialogue(usual, guard, new SecondOpinion(judge, clock));
  const parts: ReplyPart[] = [];
  const options = { signal: new AbortController().signal, committed: Promise.resolve() };
  for await (const part of safe.reply(asked, options)) parts.push(part);
  return parts;
}
const text = (parts: readonly ReplyPart[]) => parts.map(part => (part.type === 'text' ? part.text : '')).join('');

describe('a model’s opinion of what no pattern has found', () => {
  it('comes before the answer where it finds danger, and those who are to know are told', async () => {
    expect(guard.answers(conversation(UNUSUAL))).toBe(false);
    const parts = await reply(model('medical').dialogue, conversation(UNUSUAL));
    expect(parts[0]).toEqual({ type: 'concern', kind: 'medical' });
    expect(text(parts)).toMatch(/911/);
    expect(text(parts)).not.toContain('How nice.');
  });

  it('is the beginning of care: the next turns stay with the person', async () => {
    const first = text(await reply(model('medical').dialogue, conversation(UNUSUAL)));
    const history = [said(UNUSUAL), { role: 'avatar' as const, speaker: 'mo', name: 'Mo', text: first }];
    expect(guard.answers(conversation('ok what now', history))).toBe(true);
  });

  it.each([
    'none',
    'None. It is a figure of speech.',
    'I am not sure',
    'medically speaking, no',
    '',
  ])('changes nothing where it is "%s"', async answer => {
    expect(text(await reply(model(answer).dialogue, conversation(UNUSUAL)))).toBe('How nice.');
  });

  it('changes nothing where the model fails, or takes too long', async () => {
    expect(text(await reply(model(new Error('gone')).dialogue, conversation(UNUSUAL)))).toBe('How nice.');
    const clock = new VirtualClock();
    const slow = reply(model(new Promise(() => {})).dialogue, conversation(UNUSUAL), clock);
    await clock.advance(1500);
    expect(text(await slow)).toBe('How nice.');
  });

  it('is not asked for where nothing hints at danger, nor where the patterns have found it', async () => {
    const judge = model('none');
    await reply(judge.dialogue, conversation('What a lovely day, and we went to the park.'));
    await reply(judge.dialogue, conversation('my chest hurts and I cannot breathe'));
    expect(judge.asked).toEqual([]);
  });

  it('sees one message, nothing of the conversation, and none of the persona’s tools', async () => {
    const judge = model('none');
    await reply(judge.dialogue, conversation(UNUSUAL, [said('Something private.')]));
    const [asked] = judge.asked;
    expect(asked!.history).toEqual([]);
    expect(asked!.persona.tools).toBeUndefined();
    expect(asked!.turn.map(each => each.text)).toEqual([`Message: ${JSON.stringify(UNUSUAL)}`]);
  });

  it('ends with its turn', async () => {
    const reason = new Error('somebody goes on');
    const second = new SecondOpinion(model(new Promise(() => {})).dialogue, new VirtualClock());
    const controller = new AbortController();
    const options = { signal: controller.signal, committed: Promise.resolve() };
    const asked = second.ask(conversation(UNUSUAL), options);
    controller.abort(reason);
    await expect(asked).rejects.toBe(reason);
  });

  it('is asked for of three in four phrasings of danger that there are', () => {
    const second = new SecondOpinion(usual, new VirtualClock());
    const dangers = [...cases('dangers').dangers, ...cases('languages').dangers];
    const hinted = dangers.filter(each => second.isHinted(conversation(each.text)));
    expect(hinted.length / dangers.length).toBeGreaterThan(0.75);
  });
});
