import type OpenAI from 'openai';
import { APIError, APIUserAbortError } from 'openai';
import type { Usage } from '../../base/meter.ts';
import { Patience } from '../../base/patience.ts';
import type { Sleeper } from '../../base/sleeper.ts';
import type { Conversation, Dialogue, ReplyOptions, ReplyPart } from '../../think/ports.ts';
import { needsSight, type Sight } from '../../think/sight.ts';
import { rosterOf } from '../../think/situation.ts';
import type { Toolbox, TurnTools } from '../../think/toolbox.ts';
import { asEvents, boundedFetch, tooMuch } from './bounded.ts';
import type { ChatDelta } from './chunks.ts';
import { clientOf, type EndpointConfig } from './client.ts';
import { Dialect } from './dialect.ts';
import { categorised } from './errors.ts';
import { messagesOf, picturesOf } from './messages.ts';
import { responsesWire } from './responses.ts';
import { sleeperOf } from './sleeping.ts';
import { TokenCount } from './token-count.ts';
import { CallGatherer } from './tool-calls.ts';
import { chatWire, type Wire } from './wire.ts';

export interface OpenAiConfig extends EndpointConfig {
  model: string;
  /** By default `chat`. */
  api?: 'chat' | 'responses';
  maxTokens: number;
  /** Of models that reason. */
  reasoningEffort?: 'none' | 'minimal' | 'low' | 'medium' | 'high';
  /** For the first sign of life, and between signs. */
  firstTokenTimeoutMs: number;
  /** How long its first answer after a rest may take; absent or 0: it is always there. */
  coldStartMs?: number | undefined;
  /** Told what each question took. */
  used?: (usage: Usage) => void;
}

/** An answer of so many tokens is no longer than this; what an endpoint writes beyond is not said, characters. */
const mostCharacters = (maxTokens: number) => Math.max(2000, maxTokens * 8);
/** What stands around one piece of an answer in a stream, bytes. */
const ENVELOPE_BYTES = 1024;
/** One such piece is no longer than this with all that stands around it; some repeat the question. */
const PIECE_BYTES = { chat: 64 * 1024, responses: 2 ** 20 };
/** For all of an answer the endpoint is waited for no longer than this, whoever reads it apart. */
const ANSWER_MS = 60_000;

/** What is asked for one answer, and what came of it so far. */
interface Asking {
  messages: readonly OpenAI.ChatCompletionMessageParam[];
  pictures: readonly OpenAI.ChatCompletionMessageParam[];
  tools: TurnTools | undefined;
  /** What the tools were asked, and said. */
  exchanged: object[];
}

/** Any OpenAI-compatible chat endpoint, streamed; its model may call the persona's tools. */
export class OpenAiDialogue implements Dialogue {
  readonly name = 'openai';
  readonly #client: OpenAI;
  readonly #config: OpenAiConfig;
  readonly #toolbox: Toolbox | undefined;
  /** The model was found to take no pictures. */
  #blind = false;
  readonly #dialect: Dialect;
  readonly #sleeper: Sleeper | undefined;
  readonly #wire: Wire;

  constructor(config: OpenAiConfig, toolbox?: Toolbox) {
    this.#config = config;
    this.#toolbox = toolbox;
    this.#dialect = new Dialect(config.model, config.reasoningEffort);
    const { api = 'chat', maxTokens } = config;
    this.#wire = api === 'chat' ? chatWire : responsesWire;
    this.#sleeper = sleeperOf(config, config.firstTokenTimeoutMs);
    const mostBytes = mostCharacters(maxTokens) * ENVELOPE_BYTES;
    this.#client = clientOf(config, asEvents(boundedFetch(mostBytes, PIECE_BYTES[api])));
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
      await this.#sleeper?.ready(signal);
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
        const kept: object[] = [];
        let text = '';
        for await (const delta of this.#deltas(asking, signal)) {
          for (const call of delta.calls) gatherer.add(call);
          if (delta.kept !== undefined) kept.push(delta.kept);
          const piece = delta.text.slice(0, left);
          left -= piece.length;
          text += piece;
          if (piece !== '') yield { type: 'text', text: piece };
          if (piece.length < delta.text.length) throw tooMuch();
        }
        const { calls } = gatherer;
        if (!mayCall || calls.length === 0) return;
        // Before whoever listens has spoken what was written so far.
        const answers = tools.run(calls);
        answers.catch(() => {});
        if (text.trim() !== '') yield { type: 'pause' };
        asking.exchanged.push(...this.#wire.exchange(text, calls, await answers, kept));
      }
    } catch (error) {
      signal.throwIfAborted();
      const failure = categorised(error, this.#config.model);
      throw this.#sleeper?.failed(failure) ?? failure;
    }
  }

  /** Somebody may ask it soon. */
  rouse(): void {
    this.#sleeper?.rouse();
  }

  close(): void {
    this.#sleeper?.close();
  }

  /** What the endpoint streams. It may take its time for the first piece and between pieces, but not too much. */
  async *#deltas(asking: Asking, signal: AbortSignal): AsyncGenerator<ChatDelta> {
    const patience = new Patience(this.#config.firstTokenTimeoutMs, ANSWER_MS);
    patience.wait();
    const count = new TokenCount(this.#config.used);
    try {
      const stream = await this.#ask(asking, AbortSignal.any([signal, patience.signal]));
      count.asked(asking);
      for await (const chunk of stream) {
        const delta = this.#wire.read(chunk);
        if (delta.usage !== undefined) count.told(delta.usage);
        if (delta.text === '' && delta.calls.length === 0 && !delta.thinking) continue;
        count.answered(delta);
        this.#sleeper?.answered();
        // Whoever reads may take their time; the endpoint may not. Thinking is a sign of life.
        patience.rest();
        if (delta.text !== '' || delta.calls.length > 0 || delta.kept !== undefined) yield delta;
        patience.wait();
      }
      signal.throwIfAborted();
      if (patience.signal.aborted) throw new APIUserAbortError();
    } finally {
      patience.end();
      count.close();
    }
  }

  async #ask(asking: Asking, signal: AbortSignal): Promise<AsyncIterable<unknown>> {
    const { messages, pictures, tools, exchanged } = asking;
    const { model, maxTokens } = this.#config;
    const shown = this.#blind ? [] : pictures;
    const isChat = this.#wire === chatWire;
    const parts = this.#dialect.parts({ maxTokens, stream: isChat, thoughts: !isChat && tools !== undefined });
    try {
      const question = { model, parts, messages: [...messages, ...shown], exchanged, tools };
      return await this.#wire.ask(this.#client, question, signal);
    } catch (error) {
      if (this.#dialect.learn(error, parts)) return this.#ask(asking, signal);
      if (shown.length > 0 && takesNoPictures(error)) {
        const answer = await this.#ask({ ...asking, pictures: [] }, signal);
        // Other reasons to refuse a picture (its content, its size) concern that one only.
        this.#blind ||= /image|picture|vision|multimodal|modalit/i.test((error as Error).message);
        return answer;
      }
      if (this.#dialect.simplify(error)) return this.#ask(asking, signal);
      throw error;
    }
  }
}

/** A picture that takes longer is done without. */
const LOOK_MS = 500;

/** An endpoint that takes no pictures says so with one of these. */
const takesNoPictures = (error: unknown) =>
  error instanceof APIError &&
  (error.status === 400 || error.status === 404 || error.status === 415 || error.status === 422);
