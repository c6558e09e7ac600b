import OpenAI, { APIUserAbortError } from 'openai';
import { instructionsFor } from '../../think/instructions.ts';
import type { Conversation, Dialogue, ReplyOptions, ReplyPart } from '../../think/ports.ts';
import { situationOf } from '../../think/situation.ts';
import { categorised } from './errors.ts';

export interface OpenAiConfig {
  apiKey: string;
  baseUrl?: string;
  model: string;
  maxTokens: number;
  /** For the first word, and between words. */
  firstTokenTimeoutMs: number;
}

/** Any OpenAI-compatible chat endpoint, streamed. */
export class OpenAiDialogue implements Dialogue {
  readonly name = 'openai';
  readonly #client: OpenAI;
  readonly #config: OpenAiConfig;

  constructor(config: OpenAiConfig) {
    this.#config = config;
    this.#client = new OpenAI({
      apiKey: config.apiKey,
      ...(config.baseUrl !== undefined && { baseURL: config.baseUrl }),
      maxRetries: 0,
      // It would write what was said to the console [P1].
      logLevel: 'off',
    });
  }

  async *reply(conversation: Conversation, { signal }: ReplyOptions): AsyncGenerator<ReplyPart> {
    const slow = new AbortController();
    const wait = () => setTimeout(() => slow.abort(), this.#config.firstTokenTimeoutMs);
    let timer = wait();
    try {
      const stream = await this.#client.chat.completions.create(
        {
          model: this.#config.model,
          max_tokens: this.#config.maxTokens,
          stream: true,
          messages: messages(conversation),
        },
        { signal: AbortSignal.any([signal, slow.signal]) },
      );
      for await (const chunk of stream) {
        const text = chunk.choices[0]?.delta.content;
        if (!text) continue;
        // Whoever reads may take their time; the endpoint may not.
        clearTimeout(timer);
        yield { type: 'text', text };
        timer = wait();
      }
      signal.throwIfAborted();
      if (slow.signal.aborted) throw new APIUserAbortError();
    } catch (error) {
      signal.throwIfAborted();
      throw categorised(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

function messages(conversation: Conversation): OpenAI.ChatCompletionMessageParam[] {
  const { persona, history, turn } = conversation;
  // One system message, what never changes first: some endpoints take no second, and many remember a beginning.
  const situation = situationOf(conversation);
  const system = instructionsFor(persona) + (situation === '' ? '' : `\n\n${situation}`);
  return [
    { role: 'system', content: system },
    // Endpoints want to be asked something.
    ...(turn.length > 0 ? [] : [{ role: 'user' as const, content: '(The call begins.)' }]),
    ...[...history, ...turn].map(
      ({ role, name, text }): OpenAI.ChatCompletionMessageParam =>
        role === 'user' ? { role: 'user', content: `${name}: ${text}` } : { role: 'assistant', content: text },
    ),
  ];
}
