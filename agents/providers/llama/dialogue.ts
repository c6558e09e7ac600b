import { EMOTIONS } from '../../../protocol/timeline.ts';
import { ProviderError } from '../../base/errors.ts';
import type { Usage } from '../../base/meter.ts';
import type { Conversation, Dialogue, Persona, ReplyOptions, ReplyPart } from '../../think/ports.ts';
import type { Toolbox } from '../../think/toolbox.ts';
import { beginningOf, Excerpts, linesOf } from './lines.ts';
import type { LocalModel } from './local-model.ts';
import type { Line, Question } from './messages.ts';

/** How strongly a feeling is shown that the model chose. */
const INTENSITY = 0.7;
/** `(happy) `. */
const FEELING = /^\((\w+)\)\s*/;
const LONGEST_FEELING = 16;

export interface LlamaDialogueSettings {
  contextTokens: number;
  maxTokens: number;
  temperature: number;
  feelings: boolean;
  firstWordTimeoutMs: number;
}

/** A language model on this machine; it may call the persona's tools. */
export class LlamaDialogue implements Dialogue {
  readonly name = 'llama';
  readonly #model: LocalModel;
  readonly #settings: LlamaDialogueSettings;
  readonly #deps: { used(usage: Usage): void; toolbox?: Toolbox | undefined };
  readonly #excerpts = new Excerpts();

  constructor(
    model: LocalModel,
    settings: LlamaDialogueSettings,
    deps: { used(usage: Usage): void; toolbox?: Toolbox | undefined },
  ) {
    this.#model = model;
    this.#settings = settings;
    this.#deps = deps;
  }

  /** The model is loaded, and reads who it is, before somebody speaks. */
  prepare(persona: Persona): void {
    this.#model.warm([beginningOf(persona)]);
  }

  async *reply(conversation: Conversation, options: ReplyOptions): AsyncGenerator<ReplyPart> {
    const { contextTokens, maxTokens, temperature, feelings } = this.#settings;
    const tools = this.#deps.toolbox?.begin(conversation, options);
    const lines = linesOf(conversation, this.#excerpts, contextTokens - maxTokens);
    while (true) {
      const mayCall = tools?.spent === false;
      const question: Question = {
        lines,
        maxTokens,
        temperature,
        ...(mayCall ? { functions: tools.declared } : feelings && { feelings: EMOTIONS }),
      };
      const answer = this.#answer(question, options.signal);
      let text = '';
      let next = await answer.next();
      for (; next.done !== true; next = await answer.next()) {
        if (next.value.type === 'text') text += next.value.text;
        yield next.value;
      }
      const { calls } = next.value;
      if (!mayCall || calls.length === 0) return;
      const asked = tools.run(calls.map(({ name, params }) => ({ name, arguments: JSON.stringify(params ?? {}) })));
      asked.catch(() => {});
      if (text.trim() !== '') yield { type: 'pause' };
      const results = await asked;
      lines.push({
        type: 'model',
        text,
        calls: calls.map((call, i) => ({ ...call, result: results[i]! })),
      } satisfies Line);
    }
  }

  /** In time for the first word; the feeling that it begins with apart. */
  async *#answer(question: Question, signal: AbortSignal): AsyncGenerator<ReplyPart, { calls: readonly Call[] }> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(LATE), this.#settings.firstWordTimeoutMs);
    const answer = this.#model.ask(question, { signal: AbortSignal.any([signal, late.signal]) });
    let begun = question.feelings === undefined;
    let head = '';
    try {
      let next = await answer.next();
      for (; next.done !== true; next = await answer.next()) {
        clearTimeout(timer);
        if (begun) {
          yield { type: 'text', text: next.value };
          continue;
        }
        head += next.value;
        if (!/\)\s/.test(head) && head.length < LONGEST_FEELING) continue;
        begun = true;
        yield* headOf(head);
      }
      if (!begun) yield* headOf(head);
      const { calls, inputTokens, outputTokens } = next.value;
      this.#deps.used({ inputTokens, outputTokens });
      return { calls };
    } finally {
      clearTimeout(timer);
      await answer.return({ calls: [], inputTokens: 0, outputTokens: 0 });
    }
  }

  async close(): Promise<void> {
    await this.#model.close();
  }
}

type Call = { name: string; params: unknown };

const LATE = new ProviderError('network', 'the local model takes too long for its first word', { retryable: true });

function* headOf(head: string): Generator<ReplyPart> {
  const feeling = FEELING.exec(head);
  const emotion = EMOTIONS.find(each => each === feeling?.[1]);
  if (emotion !== undefined) yield { type: 'feeling', emotion, intensity: INTENSITY };
  const text = emotion === undefined ? head : head.slice(feeling![0].length);
  if (text !== '') yield { type: 'text', text };
}
