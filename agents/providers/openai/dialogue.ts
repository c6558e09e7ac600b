import OpenAI, { APIError, APIUserAbortError } from 'openai';
import type { Usage } from '../../base/meter.ts';
import type { Conversation, Dialogue, ReplyOptions, ReplyPart } from '../../think/ports.ts';
import { needsSight, type Sight } from '../../think/sight.ts';
import { rosterOf } from '../../think/situation.ts';
import type { Toolbox, TurnTools } from '../../think/toolbox.ts';
import { boundedFetch, Patience, tooMuch } from './bounded.ts';
import { categorised } from './errors.ts';
import { messagesOf, picturesOf } from './messages.ts';
import { TokenCount } from './token-count.ts';
import { CallGatherer, exchangeOf, toolSettings } from './tool-calls.ts';

export interface OpenAiConfig {
  apiKey: string;
  baseUrl?: string;
  model: string;
  maxTokens: number;
  /** For the first word, and between words. */
  firstTokenTimeoutMs: number;
  /** Told what each question took. */
  used?: (usage: Usage) => void;
}

/** An answer of so many tokens is no longer than this; what an endpoint writes beyond is not said, characters. */
const mostCharacters = (maxTokens: number) => Math.max(2000, maxTokens * 8);
/** What stands around one piece of an answer in a stream, bytes. */
const ENVELOPE_BYTES = 1024;
/** One such piece is no longer than this with all that stands around it. */
const PIECE_BYTES = 64 * 1024;
/** For all of an answer the endpoint is waited for no longer than this, whoever reads it apart. */
const ANSWER_MS = 60_000;

/** What is asked for one answer, and what came of it so far. */
interface Asking {
  messages: readonly OpenAI.ChatCompletionMessageParam[];
  pictures: readonly OpenAI.ChatCompletionMessageParam[];
  tools: TurnTools | undefined;
  /** What the tools were asked, and said. */
  exchanged: OpenAI.ChatCompletionMessageParam[];
}

/** Any OpenAI-compatible chat endpoint, streamed; its model may call the persona's tools. */
export class OpenAiDialogue implements Dialogue {
  readonly name = 'openai';
  readonly #client: OpenAI;
  readonly #config: OpenAiConfig;
  readonly #toolbox: Toolbox | undefined;
  /** The model was found to take no pictures. */
  #blind = false;
  /** The endpoint may be asked how many tokens it used. */
  #tellsUsage = true;

  constructor(config: OpenAiConfig, toolbox?: Toolbox) {
    this.#config = config;
    this.#toolbox = toolbox;
    this.#client = new OpenAI({
      apiKey: config.apiKey,
      ...(config.baseUrl !== undefined && { baseURL: config.baseUrl }),
      maxRetries: 0,
      fetch: boundedFetch(mostCharacters(config.maxTokens) * ENVELOPE_BYTES, PIECE_BYTES),
      // It would write what was said to the console [P1].
      logLevel: 'off',
    });
  }

  /** Pictures, where the question needs them and they are at hand at once. */
  async #sights({ turn, look }: Conversation, signal: AbortSignal): Promise<Sight[]> {
    if (look === undefined || this.#blind || !turn.some(({ text }) => needsSight(text))) return [];
    return look({ signal: AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]) }).catch(() => []);
  }

  async *reply(conversation: Conversation, options: ReplyOptions): AsyncGenerator<ReplyPart> {
    const { signal } = options;
    let left = mostCharacters(this.#config.maxTokens);
    try {
      const tools = this.#toolbox?.begin(conversation, options);
      const asking: Asking = {
        messages: messagesOf(conversation),
        pictures: picturesOf(await this.#sights(conversation, signal), rosterOf(conversation)),
        tools,
        exchanged: [],
      };
      while (true) {
        const mayCall = tools?.spent === false;
        const gatherer = new CallGatherer();
        let text = '';
        for await (const delta of this.#deltas(asking, signal)) {
          for (const call of delta.tool_calls ?? []) gatherer.add(call);
          if (typeof delta.content !== 'string' || delta.content === '') continue;
          const piece = delta.content.slice(0, left);
          left -= piece.length;
          text += piece;
          if (piece !== '') yield { type: 'text', text: piece };
          if (piece.length < delta.content.length) throw tooMuch();
        }
        const { calls } = gatherer;
        if (!mayCall || calls.length === 0) return;
        // Before whoever listens has spoken what was written so far.
        const answers = tools.run(calls);
        answers.catch(() => {});
        if (text.trim() !== '') yield { type: 'pause' };
        asking.exchanged.push(...exchangeOf(text, calls, await answers));
      }
    } catch (error) {
      signal.throwIfAborted();
      throw categorised(error);
    }
  }

  /** What the endpoint streams. It may take its time for the first piece and between pieces, but not too much. */
  async *#deltas(asking: Asking, signal: AbortSignal): AsyncGenerator<OpenAI.ChatCompletionChunk.Choice.Delta> {
    const patience = new Patience(this.#config.firstTokenTimeoutMs, ANSWER_MS);
    patience.wait();
    const count = new TokenCount(this.#config.used);
    try {
      const stream = await this.#ask(asking, AbortSignal.any([signal, patience.signal]));
      count.asked(asking);
      for await (const { choices, usage } of stream) {
        if (usage) count.told(usage);
        const delta = choices[0]?.delta;
        if (!delta?.content && !delta?.tool_calls) continue;
        count.answered(delta);
        // Whoever reads may take their time; the endpoint may not.
        patience.rest();
        yield delta;
        patience.wait();
      }
      signal.throwIfAborted();
      if (patience.signal.aborted) throw new APIUserAbortError();
    } finally {
      patience.end();
      count.close();
    }
  }

  async #ask(asking: Asking, signal: AbortSignal): Promise<AsyncIterable<OpenAI.ChatCompletionChunk>> {
    const { messages, pictures, tools, exchanged } = asking;
    const { model, maxTokens } = this.#config;
    const ask = (shown: Asking['pictures']) =>
      this.#client.chat.completions.create(
        {
          model,
          max_tokens: maxTokens,
          stream: true,
          ...(this.#tellsUsage && { stream_options: { include_usage: true } }),
          messages: [...messages, ...shown, ...exchanged],
          ...toolSettings(tools),
        },
        { signal },
      );
    const shown = this.#blind ? [] : pictures;
    try {
      return await ask(shown);
    } catch (error) {
      if (this.#tellsUsage && refusesUsage(error)) {
        this.#tellsUsage = false;
        return this.#ask(asking, signal);
      }
      if (shown.length === 0 || !takesNoPictures(error)) throw error;
      const answer = await ask([]);
      // Other reasons to refuse a picture (its content, its size) concern that one only.
      this.#blind ||= /image|picture|vision|multimodal|modalit/i.test((error as Error).message);
      return answer;
    }
  }
}

/** A picture that takes longer is done without. */
const LOOK_MS = 500;

/** An endpoint that does not know the wish to be told of tokens, and refuses what it does not know. */
const refusesUsage = (error: unknown) =>
  error instanceof APIError && error.status === 400 && /stream_options|include_usage/i.test(error.message);

/** An endpoint that takes no pictures says so with one of these. */
const takesNoPictures = (error: unknown) =>
  error instanceof APIError &&
  (error.status === 400 || error.status === 404 || error.status === 415 || error.status === 422);
