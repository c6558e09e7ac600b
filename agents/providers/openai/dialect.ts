import { APIError } from 'openai';

/** OpenAI's models that reason before they answer, and can be asked to do so as little as possible. */
const REASONS = /^(?:gpt-(?:[5-9]|\d\d)|o\d)/;
/** From the least: no model knows all of them. */
const EFFORTS = ['none', 'minimal', 'low'] as const;
type Effort = (typeof EFFORTS)[number] | 'medium' | 'high';

/** Optional parts of a question, with the words by which an endpoint refuses them. */
const REFUSED = {
  max_completion_tokens: /max_completion_tokens/i,
  max_tokens: /max_tokens/i,
  reasoning_effort: /reasoning/i,
  stream_options: /stream_options|include_usage/i,
  temperature: /temperature/i,
  include: /\binclude\b|encrypted_content/i,
} as const;
type Part = keyof typeof REFUSED;

/** What stands beside the model and the messages, by the names that it has for chat endpoints. */
export interface Parts {
  max_completion_tokens?: number;
  max_tokens?: number;
  reasoning_effort?: Effort;
  stream_options?: { include_usage: true };
  temperature?: number;
  include?: ['reasoning.encrypted_content'];
}

export interface PartsWanted {
  maxTokens: number;
  stream?: boolean;
  temperature?: number;
  /** What it thinks is to come along, so that it need not think again after a tool. */
  thoughts?: boolean;
}

/**
 * How a chat endpoint wants to be asked. It is asked as OpenAI's newest models are; what it refuses it is not asked
 * again. Every endpoint knows `max_tokens` or `max_completion_tokens`; models that reason take no other than the latter.
 */
export class Dialect {
  readonly #dropped = new Set<Part>();
  #efforts: Effort[];
  /** It refused something without saying what: it is asked for the least. */
  #plain = false;

  /** @param effort absent: the least that a model which reasons lets itself be asked for */
  constructor(model: string, effort?: Effort) {
    this.#efforts = effort !== undefined ? [effort] : REASONS.test(model) ? [...EFFORTS] : [];
  }

  parts({ maxTokens, stream = false, temperature, thoughts = false }: PartsWanted): Parts {
    const [effort] = this.#efforts;
    return {
      ...(this.#knows('max_completion_tokens')
        ? { max_completion_tokens: maxTokens }
        : this.#knows('max_tokens') && { max_tokens: maxTokens }),
      ...(this.#knows('reasoning_effort') && effort !== undefined && { reasoning_effort: effort }),
      ...(stream && this.#knows('stream_options') && { stream_options: { include_usage: true } }),
      ...(temperature !== undefined && this.#knows('temperature') && { temperature }),
      ...(thoughts && effort !== undefined && this.#knows('include') && { include: ['reasoning.encrypted_content'] }),
    };
  }

  /** Whether the question may be asked once more, in other words: something optional in it was refused. */
  learn(error: unknown, asked: object): boolean {
    if (!(error instanceof APIError) || (error.status !== 400 && error.status !== 422)) return false;
    const said = `${error.param ?? ''} ${error.message}`;
    const parts = (Object.keys(REFUSED) as Part[]).filter(part => part in asked);
    const part = parts.find(each => error.param === each) ?? parts.find(each => REFUSED[each].test(said));
    if (part === 'reasoning_effort') this.#efforts.shift();
    else if (part !== undefined) this.#dropped.add(part);
    return part !== undefined;
  }

  /** For an endpoint that does not say what it refuses: true once. */
  simplify(error: unknown): boolean {
    if (this.#plain || !(error instanceof APIError) || error.status !== 422) return false;
    this.#plain = true;
    for (const part of [
      'max_completion_tokens',
      'reasoning_effort',
      'stream_options',
      'temperature',
      'include',
    ] as const)
      this.#dropped.add(part);
    return true;
  }

  #knows(part: Part): boolean {
    return !this.#dropped.has(part);
  }
}
