import type OpenAI from 'openai';
import type { Usage } from '../../base/meter.ts';
import type { ChatDelta } from './chunks.ts';

/** Of English; other languages take more tokens, and the estimate is too low for them. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * What one question took: as the endpoint says, or estimated where it does not, or was cut short before it could. A
 * question that was refused took nothing.
 */
export class TokenCount {
  readonly #used: ((usage: Usage) => void) | undefined;
  #told: object | undefined;
  #asked: { messages: readonly OpenAI.ChatCompletionMessageParam[]; exchanged: readonly unknown[] } | undefined;
  #answered = 0;

  constructor(used?: (usage: Usage) => void) {
    this.#used = used;
  }

  asked(asked: { messages: readonly OpenAI.ChatCompletionMessageParam[]; exchanged: readonly unknown[] }): void {
    this.#asked = asked;
  }
  answered({ text, calls }: ChatDelta): void {
    this.#answered += text.length;
    for (const call of calls) this.#answered += call.arguments?.length ?? 0;
  }
  told(usage: object): void {
    this.#told = usage;
  }

  /** There is nothing more to count. */
  close(): void {
    if (this.#used === undefined || this.#asked === undefined) return;
    if (this.#told !== undefined) this.#used(usageOf(this.#told));
    else {
      const { messages, exchanged } = this.#asked;
      this.#used({
        inputTokens: tokensIn(JSON.stringify([...messages, ...exchanged]).length),
        outputTokens: tokensIn(this.#answered),
        estimated: true,
      });
    }
  }
}

/** As an endpoint tells it. */
export const usageOf = ({ prompt_tokens, completion_tokens }: Partial<OpenAI.CompletionUsage>): Usage => ({
  inputTokens: countOf(prompt_tokens),
  outputTokens: countOf(completion_tokens),
});

/** An endpoint may tell anything. */
const countOf = (told: unknown): number => (Number.isSafeInteger(told) ? Math.max(0, told as number) : 0);

const tokensIn = (characters: number): number => Math.ceil(characters / CHARACTERS_PER_TOKEN);
