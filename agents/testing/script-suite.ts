import { expect, it } from 'vitest';
import { EMOTIONS } from '../../protocol/timeline.ts';
import { plainText } from '../speak/sentences.ts';
import type { Persona } from '../think/ports.ts';
import { preparedFor, Talk } from './talk.ts';

const TALK_LENGTH = 20;

/** What must never be spoken: the script's own signs. */
export const BROKEN = new RegExp(`undefined|null|ERR|[{}<>\\\\@|=]|\\((?:${EMOTIONS.join('|')})\\)`);

export const wordsOf = (text: string) => text.split(/\s+/).length;

/** What holds for every persona's script. */
export function itIsAScriptOfManners(
  persona: Persona,
  expected: { sentences: number; replies: number; awaited: number; wordsPerReply: number; wordsPerAnswer: number },
): void {
  it('knows only feelings that a face can show', () => {
    const tags = [...persona.script.matchAll(/^(?:- |.*=> )(?:\{random\})?\((\w+)\)/gm)].map(([, tag]) => tag);
    expect(tags.length).toBeGreaterThan(20);
    for (const tag of tags) expect(EMOTIONS).toContain(tag);
  });

  it('answers everything that its triggers are meant for', { timeout: 120_000 }, async () => {
    const sentences = triggersOf(persona).flatMap(trigger => examples(persona, trigger));
    expect(sentences.length).toBeGreaterThan(expected.sentences);
    const dialogue = preparedFor(persona);
    let talk = new Talk(persona, 'Sam', dialogue);
    let before = '';
    for (const [i, sentence] of sentences.entries()) {
      // The longer a talk, the more often the script is asked for something new.
      if (i % TALK_LENGTH === 0) {
        talk = new Talk(persona, 'Sam', dialogue);
        before = '';
      }
      const reply = await talk.say(sentence);
      expect(reply, sentence).toMatch(/[.?!]$/);
      expect(reply, sentence).not.toMatch(BROKEN);
      expect(reply, sentence).not.toBe(before);
      expect(plainText(reply), sentence).toBe(reply);
      expect(wordsOf(reply), `${sentence}: ${reply}`).toBeLessThanOrEqual(expected.wordsPerAnswer);
      before = reply;
    }
  });

  it('answers what it waits for, after each of its questions', { timeout: 120_000 }, async () => {
    const dialogue = preparedFor(persona);
    for (const { trigger, questions } of awaitedBy(persona))
      for (const question of questions) {
        const talk = new Talk(persona, 'Sam', dialogue);
        talk.heard(`${question.replaceAll('*', 'something')}?`);
        const [sentence] = examples(persona, trigger);
        const reply = await talk.say(sentence!);
        expect(reply, `${question}? ${sentence}`).toMatch(/[.?!]$/);
        expect(reply, `${question}? ${sentence}`).not.toMatch(BROKEN);
      }
  });

  it.runIf(persona.script.includes('{@<get about>}'))('can go on with every subject it speaks of', () => {
    const subjects = new Set(
      persona.script.split('\n').flatMap(line => /^[-*].*<set about=(.*?)>/.exec(line)?.[1] ?? []),
    );
    expect(subjects.size).toBeGreaterThan(5);
    for (const subject of subjects)
      expect(
        triggersOf(persona).some(trigger => new RegExp(`[(| ]${subject}[)| ]`).test(trigger)),
        subject,
      ).toBe(true);
  });

  it('is short in everything it may say', () => {
    // A story may be as long as an answer.
    const replies = persona.script
      .replace(/^\+ \S{1,20}phrase story\n(?:- .*\n)+/m, '')
      .split('\n')
      .filter(line => /^(- |\* .*=> )/.test(line))
      .flatMap(line => line.replace(/^- |^\* .*?=> |\{\/?random\}/g, '').split('|'))
      .map(reply => reply.replace(/<set .*?>>|<set .*?(?:\{\/(?:formal|person)\})?>|\(\w+\) ?/g, ''));
    expect(replies.length).toBeGreaterThan(expected.replies);
    for (const reply of replies) expect(wordsOf(reply), reply).toBeLessThanOrEqual(expected.wordsPerReply);
  });

  it('asks every question that its script waits to be answered', () => {
    const plain = (text: string) =>
      text
        .toLowerCase()
        .replace(/[^a-z*? ]/g, '')
        .trim();
    const replies = persona.script
      .replace(/^(?:[+%@!].*|\/\/.*|- )/gm, '')
      .replace(/\{\/?random\}|=>/g, '|')
      .replace(/<set .*?>(?=[^<>]*$|[^<>]*<(?!\/))|\(\w+\)/gm, '')
      // What is put in when it is said stands for itself in a question.
      .replace(/\{@[^}]*\}|<(?:get|bot) \w+>/g, '*');
    const asked = new Set(`${replies}\n${persona.greeting}`.split(/(?<=[.?!]) |[|\n>]/).map(plain));
    const awaited = awaitedBy(persona)
      .filter(({ waits }) => !waits.includes('@'))
      .flatMap(({ questions }) => questions);
    expect(awaited.length).toBeGreaterThan(expected.awaited);
    expect(awaited.filter(question => !asked.has(`${question}?`))).toEqual([]);
  });
}

/** All but those that give only words for a sentence. */
const triggersOf = ({ script }: Persona) =>
  [...script.matchAll(/^\+ (.*)$/gm)].map(([, trigger]) => trigger!).filter(trigger => !trigger.includes('}phrase '));

/** Triggers that answer a question of the persona's, with the questions. */
function awaitedBy(persona: Persona): { trigger: string; waits: string; questions: string[] }[] {
  return [...persona.script.matchAll(/^\+ (.*)\n% (.*)$/gm)]
    .filter(([, , previous]) => previous !== '*')
    .map(([, trigger, previous]) => ({
      trigger: trigger!,
      waits: previous!,
      questions: withArrays(persona, previous!)
        .replace(/^\((.*)\)$/, '$1')
        .split('|'),
    }));
}

const withArrays = ({ script }: Persona, text: string, some = (list: string) => list) =>
  text.replace(/@(\w+)/g, (_, name) => some(script.match(new RegExp(`! array ${name} = (.*)`))?.[1] ?? ''));

/** Sentences that a trigger is meant for: every alternative once, wildcards filled. */
function examples(persona: Persona, trigger: string): string[] {
  const alternatives = withArrays(
    persona,
    trigger.replace(/\{weight=\d+\}/, '').replace(/\[[^\]]*\]/g, ' '),
    list => list.split('|')[0]!,
  )
    .replace(/[*_]/g, 'coral')
    .replace(/#/g, '7');
  const longest = Math.max(
    1,
    ...[...alternatives.matchAll(/\(([^()]*)\)/g)].map(([, list]) => list!.split('|').length),
  );
  return Array.from({ length: longest }, (_, i) => {
    let sentence = alternatives;
    for (let open = true; open; ) {
      const next = sentence.replace(/\(([^()]*)\)/g, (_all, list: string) => {
        const choices = list.split('|');
        return choices[i % choices.length]!;
      });
      open = next !== sentence;
      sentence = next;
    }
    return sentence.replace(/\s+/g, ' ').trim();
  });
}
