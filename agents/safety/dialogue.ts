import { kindOf } from '../../protocol/dangers.ts';
import type { Conversation, Dialogue, FeelingPart, ReplyOptions, ReplyPart } from '../think/ports.ts';
import type { Answers } from './answers.ts';
import { careIn, type Step } from './care.ts';
import type { Hearing } from './hearing.ts';
import type { Honesty } from './honesty.ts';
import type { Opinion, SecondOpinion } from './second-opinion.ts';

/** Calm and serious; the voice takes its time. */
const CONCERNED: FeelingPart = { type: 'feeling', emotion: 'sad', intensity: 0.4, arousal: 0 };
const RELIEVED: FeelingPart = { type: 'feeling', emotion: 'happy', intensity: 0.3, arousal: 0.25 };

/** Looks at what people said before anybody answers it. */
export class Guard {
  readonly #hearing: Hearing | undefined;
  readonly #answers: Answers;
  readonly honesty: Honesty;

  /** @param hearing absent: nobody listens for danger */
  constructor(hearing: Hearing | undefined, answers: Answers, honesty: Honesty) {
    this.#hearing = hearing;
    this.#answers = answers;
    this.honesty = honesty;
  }

  /** Whether somebody listens for danger. */
  get listens(): boolean {
    return this.#hearing !== undefined;
  }

  /** What is to be said instead of what a script or a model would say; undefined: they answer. */
  answer(conversation: Conversation): ReplyPart[] | undefined {
    const step = this.#step(conversation);
    const asked = this.honesty.answer(conversation);
    if (step === undefined) return asked === undefined ? undefined : [{ type: 'text', text: asked }];
    const { persona, occasion, people = [], turn } = conversation;
    const who = occasion?.identity ?? turn.at(-1)?.speaker;
    const name = people.find(({ identity }) => identity === who)?.name ?? '';
    const language = this.#answers.languageFor(step.care.language, persona.language);
    const text = this.#answers.answer(step, language, name);
    return [
      ...(step.begins ? [{ type: 'concern' as const, kind: kindOf(step.care.topic) }] : []),
      step.over ? RELIEVED : CONCERNED,
      { type: 'text', text: asked === undefined ? text : `${asked} ${text}` },
    ];
  }

  /** The beginning of the answer to a danger that a model has found. */
  begin({ kind, other }: Opinion, { persona }: Conversation): ReplyPart[] {
    const language = this.#answers.languageFor(persona.language?.split('-')[0] ?? 'en', persona.language);
    return [{ type: 'concern', kind }, CONCERNED, { type: 'text', text: this.#answers.first(kind, other, language) }];
  }

  /** Whether it answers itself. */
  answers(conversation: Conversation): boolean {
    return this.answer(conversation) !== undefined;
  }

  #step(conversation: Conversation): Step | undefined {
    return this.#hearing && careIn(conversation, this.#hearing, this.#answers);
  }
}

/**
 * Stands before every script and every model: somebody in danger is answered by what is known to help, and stayed with;
 * who asks whether they talk to a machine is told so, and no answer claims otherwise. Where a model is there, it is asked
 * about words that hint at danger, while the answer is begun that is said if there is none.
 */
export class SafeDialogue implements Dialogue {
  readonly name: string;
  readonly #inner: Dialogue;
  readonly #guard: Guard;
  readonly #second: SecondOpinion | undefined;

  constructor(inner: Dialogue, guard: Guard, second?: SecondOpinion) {
    this.name = inner.name;
    this.#inner = inner;
    this.#guard = guard;
    this.#second = second;
  }

  async *reply(conversation: Conversation, options: ReplyOptions): AsyncGenerator<ReplyPart> {
    const parts = this.#guard.answer(conversation);
    if (parts !== undefined) yield* parts;
    else if (this.#second?.isHinted(conversation)) yield* this.#unlessInDanger(conversation, options, this.#second);
    else yield* this.#checked(conversation, options);
  }

  #checked(conversation: Conversation, options: ReplyOptions): AsyncGenerator<ReplyPart> {
    return this.#guard.honesty.checked(this.#inner.reply(conversation, options), conversation);
  }

  async *#unlessInDanger(
    conversation: Conversation,
    options: ReplyOptions,
    second: SecondOpinion,
  ): AsyncGenerator<ReplyPart> {
    const calledOff = new AbortController();
    const signal = AbortSignal.any([options.signal, calledOff.signal]);
    const answer = this.#checked(conversation, { ...options, signal });
    const begun = answer.next();
    begun.catch(() => {});
    try {
      const opinion = await second.ask(conversation, options);
      if (opinion !== undefined) {
        calledOff.abort(new Error('somebody is in danger'));
        yield* this.#guard.begin(opinion, conversation);
        return;
      }
      for (let next = await begun; next.done !== true; next = await answer.next()) yield next.value;
    } finally {
      await answer.return(undefined).catch(() => {});
    }
  }
}
