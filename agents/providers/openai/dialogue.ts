import OpenAI, { APIError, APIUserAbortError } from 'openai';
import { instructionsFor } from '../../think/instructions.ts';
import type { Conversation, Dialogue, ReplyOptions, ReplyPart } from '../../think/ports.ts';
import { needsSight, type Sight } from '../../think/sight.ts';
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
  /** The model was found to take no pictures. */
  #blind = false;

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

  /** Pictures, where the question needs them and they are at hand at once. */
  async #sights({ turn, look }: Conversation, signal: AbortSignal): Promise<Sight[]> {
    if (look === undefined || this.#blind || !turn.some(({ text }) => needsSight(text))) return [];
    return look({ signal: AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]) }).catch(() => []);
  }

  async #ask(conversation: Conversation, sights: readonly Sight[], signal: AbortSignal) {
    const ask = (shown: readonly Sight[]) =>
      this.#client.chat.completions.create(
        {
          model: this.#config.model,
          max_tokens: this.#config.maxTokens,
          stream: true,
          messages: messages(conversation, shown),
        },
        { signal },
      );
    try {
      return await ask(sights);
    } catch (error) {
      if (sights.length === 0 || !takesNoPictures(error)) throw error;
      this.#blind = true;
      return ask([]);
    }
  }

  async *reply(conversation: Conversation, { signal }: ReplyOptions): AsyncGenerator<ReplyPart> {
    const slow = new AbortController();
    const wait = () => setTimeout(() => slow.abort(), this.#config.firstTokenTimeoutMs);
    let timer = wait();
    try {
      const either = AbortSignal.any([signal, slow.signal]);
      const stream = await this.#ask(conversation, await this.#sights(conversation, either), either);
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

/** A picture that takes longer is done without. */
const LOOK_MS = 500;

/** An endpoint that takes no pictures says so with one of these. */
const takesNoPictures = (error: unknown) =>
  error instanceof APIError &&
  (error.status === 400 || error.status === 404 || error.status === 415 || error.status === 422);

function messages(conversation: Conversation, sights: readonly Sight[]): OpenAI.ChatCompletionMessageParam[] {
  const { persona, history, turn } = conversation;
  // One system message, what never changes first: some endpoints take no second, and many remember a beginning.
  const situation = situationOf(conversation);
  const system = instructionsFor(persona) + (situation === '' ? '' : `\n\n${situation}`);
  const seen = sights.length === 0 ? [] : [{ role: 'user' as const, content: pictures(sights) }];
  return [
    { role: 'system', content: system },
    // Endpoints want to be asked something.
    ...(turn.length > 0 ? [] : [{ role: 'user' as const, content: '(The call begins.)' }]),
    ...[...history, ...turn].map(
      ({ role, name, text }): OpenAI.ChatCompletionMessageParam =>
        role === 'user' ? { role: 'user', content: `${name}: ${text}` } : { role: 'assistant', content: text },
    ),
    ...seen,
  ];
}

const pictures = (sights: readonly Sight[]): OpenAI.ChatCompletionContentPart[] =>
  sights.flatMap(({ name, source, jpeg }): OpenAI.ChatCompletionContentPart[] => [
    { type: 'text', text: `(${name}’s ${source} at this moment:)` },
    {
      type: 'image_url',
      image_url: { url: `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`, detail: 'low' },
    },
  ]);
