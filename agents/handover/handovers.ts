import { type Pattern, PatternReader } from '../safety/pattern.ts';
import { wordsOf } from '../safety/words.ts';
import { PersonaError, type PersonaSource } from '../think/persona-file.ts';
import type { Conversation, Dialogue, Persona, ReplyOptions, ReplyPart } from '../think/ports.ts';
import type { Toolbox, TurnTools } from '../think/toolbox.ts';
import { HAND_OVER } from '../think/tools/declaration.ts';

/** Pass for nothing in what people say to somebody whom they want to talk to. */
const FILLERS = new Set([
  'um',
  'uh',
  'er',
  'well',
  'just',
  'really',
  'please',
  'maybe',
  'now',
  'then',
  'again',
  'oh',
  'so',
]);
const NEGATIONS = new Set(['not', 'never', 'no', 'without']);

interface Rule {
  to: string;
  when: readonly Pattern[];
  say: string;
}

/** Who gives people to whom: by the rules of persona files, and by models, which are offered a tool for it. */
export class Handovers {
  /** By the persona that was read: a conversation keeps the rules it began with. */
  readonly #rules = new WeakMap<Persona, readonly Rule[]>();
  /** What a model has decided, by the turn that it answers: what else it is told, others may add. */
  readonly #decided = new WeakMap<Conversation['turn'], string>();
  readonly #find: (id: string) => Persona | undefined;

  /** @param find a persona as its file is now */
  constructor(find: (id: string) => Persona | undefined) {
    this.#find = find;
  }

  /** Reads a persona's rules. Throws PersonaError where one is wrong. */
  prepare({ persona, place }: PersonaSource): void {
    const reader = new PatternReader({ classes: {}, fillers: FILLERS, negations: NEGATIONS });
    const rules = (persona.handover ?? []).map(({ to, when, say }, i) => {
      if (to === persona.id)
        throw new PersonaError(`${place('handover', String(i), 'to')}: nobody gives people to themselves`);
      const patterns = when.map((source, j) => {
        try {
          return reader.read(source.toLowerCase());
        } catch (error) {
          throw new PersonaError(`${place('handover', String(i), 'when', String(j))}: ${(error as Error).message}`);
        }
      });
      return { to, when: patterns, say };
    });
    this.#rules.set(persona, rules);
  }

  /** To whom somebody is given for what they said; undefined: nobody. */
  ruleFor({ persona, turn }: Conversation): Rule | undefined {
    const lines = turn.map(({ text }) => wordsOf(text));
    return this.#rules
      .get(persona)
      ?.find(
        ({ to, when }) =>
          this.#find(to) !== undefined &&
          when.some(({ endsOf }) => lines.some(words => words.some((_, at) => endsOf(words, at).size > 0))),
      );
  }

  /** What a model has decided for this turn. */
  decided(conversation: Conversation): string | undefined {
    return this.#decided.get(conversation.turn);
  }

  /** Offers models the tool, where a persona names somebody. It only notes what is decided: nothing is done before the turn is over [T5]. */
  around(inner: Toolbox): Toolbox {
    return {
      begin: (conversation, options) => {
        const tools = inner.begin(conversation, options);
        const others = (conversation.persona.handover ?? []).flatMap(({ to }) => this.#find(to) ?? []);
        return others.length === 0 ? tools : this.#with(tools, others, conversation);
      },
    };
  }

  #with(tools: TurnTools | undefined, others: readonly Persona[], conversation: Conversation): TurnTools {
    const who = others.map(({ id, name, description }) => `${id} (${name}: ${description})`).join('; ');
    const decided = () => this.#decided.has(conversation.turn);
    const decide = (text: string): string => {
      const to = others.find(({ id }) => text.includes(JSON.stringify(id)));
      if (to === undefined) return `There is nobody of that id. There are: ${who}.`;
      this.#decided.set(conversation.turn, to.id);
      return `${to.name} takes over as soon as you have spoken. Say in one short sentence that you fetch ${to.name}.`;
    };
    return {
      declared: [
        ...(tools?.declared ?? []),
        {
          name: HAND_OVER,
          description: `Gives the person to somebody else in this call, who knows what was said so far. Only where they ask for it, or clearly need it. To whom: ${who}`,
          parameters: {
            type: 'object',
            properties: { to: { enum: others.map(({ id }) => id) } },
            required: ['to'],
          },
        },
      ],
      get spent() {
        return decided() || tools?.spent === true;
      },
      run: async calls => {
        const answers = (await tools?.run(calls.filter(({ name }) => name !== HAND_OVER))) ?? [];
        return calls.map(({ name, arguments: text }) =>
          name === HAND_OVER ? decide(text) : (answers.shift() ?? 'The tool failed: there is none of this name.'),
        );
      },
    };
  }
}

/** Answers what a rule is for with its words, and says behind an answer that it was the last. */
export class HandoverDialogue implements Dialogue {
  readonly name: string;
  readonly #inner: Dialogue;
  readonly #handovers: Handovers;

  constructor(inner: Dialogue, handovers: Handovers) {
    this.name = inner.name;
    this.#inner = inner;
    this.#handovers = handovers;
  }

  async *reply(conversation: Conversation, options: ReplyOptions): AsyncGenerator<ReplyPart> {
    const rule = this.#handovers.ruleFor(conversation);
    if (rule === undefined) yield* this.#inner.reply(conversation, options);
    else yield { type: 'text', text: rule.say };
    const to = rule?.to ?? this.#handovers.decided(conversation);
    if (to !== undefined) yield { type: 'handover', to };
  }
}
