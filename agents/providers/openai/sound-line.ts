import type OpenAI from 'openai';
import { untilAborted } from '../../base/cancellation.ts';
import { LISTEN_RATE } from '../../base/rates.ts';
import type { LineCall, LineEvents, LinePiece, ModelLine, Role, Told } from '../../respond/live/port.ts';
import { wavOf } from '../../speak/wav.ts';
import { readChunk } from './chunks.ts';
import { categorised } from './errors.ts';
import { readAudio, SoundPieces } from './sound-pieces.ts';
import { usageOf } from './token-count.ts';
import { CallGatherer, exchangeOf } from './tool-calls.ts';

const RATE = 24_000;
/** An endpoint makes one answer of no more sound than this, samples: whoever sends more has lost its way [C2]. */
const MOST_SAMPLES = 300 * RATE;

export interface ChatSoundConfig {
  client: OpenAI;
  model: string;
  voice: string;
  maxTokens: number;
  /** The form of sound that is asked for: OpenAI streams `pcm16` only, others know `wav` only. */
  format: 'pcm16' | 'wav';
  /** Whether what is heard is sent as bare base64, or as the address of data. */
  audioAs: 'base64' | 'data-url';
}

type Message = OpenAI.ChatCompletionMessageParam;

/**
 * A chat endpoint that takes sound and answers in it. It remembers nothing: with each question it is told all that was
 * said, in words, and is sent the sound of what was said last.
 */
export class ChatSoundLine implements ModelLine {
  readonly rate = RATE;
  readonly endsMs = Number.POSITIVE_INFINITY;
  readonly remembers = 'nothing';
  readonly over: Promise<undefined>;
  readonly #config: ChatSoundConfig;
  readonly #events: LineEvents;
  readonly #closed = new AbortController();
  #close: () => void;
  #role: Role;
  #heard: Int16Array[] = [];
  /** What the question that is asked at present was about. */
  #asked: Int16Array[] = [];
  #told: Message[] = [];
  #exchanged: Message[] = [];
  #calls: readonly LineCall[] = [];
  #said = '';

  constructor(config: ChatSoundConfig, role: Role, events: LineEvents) {
    this.#config = config;
    this.#events = events;
    this.#role = role;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.over = promise;
    this.#close = () => resolve(undefined);
  }

  /** Each question begins with it. */
  be(role: Role): void {
    this.#role = role;
    this.#told = [];
    this.#exchanged = [];
  }

  hear(pcm: Int16Array): void {
    this.#heard.push(pcm);
  }

  unhear(): void {
    this.#heard = [];
  }

  again(): void {
    this.#heard.unshift(...this.#asked.splice(0));
  }

  tell(told: readonly Told[]): void {
    this.#told.push(...told.map(messageOf));
  }

  answer(signal: AbortSignal): AsyncIterable<LinePiece> {
    if (this.#exchanged.length === 0) this.#asked = this.#heard.splice(0);
    const messages = [...this.#told, ...this.#sound(), ...this.#exchanged];
    const declared = this.#role.tools.map(tool => ({ type: 'function' as const, function: tool }));
    const tools = declared.length === 0 ? {} : { tools: declared };
    return this.#ask([{ role: 'system', content: this.#role.instructions }, ...messages], tools, signal);
  }

  results(results: readonly { id: string; output: string }[]): void {
    const outputs = this.#calls.map(({ id }) => results.find(result => result.id === id)?.output ?? '');
    this.#exchanged.push(...exchangeOf(this.#said, this.#calls, outputs));
  }

  read(text: string, signal: AbortSignal): AsyncIterable<LinePiece> {
    const content = 'Read the text out, word by word, exactly as it is written. Add nothing, leave nothing out.';
    const messages: Message[] = [
      { role: 'system', content },
      { role: 'user', content: text },
    ];
    return this.#ask(messages, {}, signal);
  }

  close(): void {
    this.#closed.abort();
    this.#close();
  }

  #sound(): Message[] {
    const samples = this.#asked.reduce((sum, { length }) => sum + length, 0);
    if (samples === 0) return [];
    const all = new Int16Array(samples);
    let at = 0;
    for (const piece of this.#asked) {
      all.set(piece, at);
      at += piece.length;
    }
    const base64 = wavOf(all, LISTEN_RATE).toString('base64');
    const data = this.#config.audioAs === 'base64' ? base64 : `data:;base64,${base64}`;
    return [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data, format: 'wav' } }] }];
  }

  async *#ask(
    messages: Message[],
    tools: Pick<OpenAI.ChatCompletionCreateParams, 'tools'>,
    signal: AbortSignal,
  ): AsyncGenerator<LinePiece, void, undefined> {
    const { client, model, voice, maxTokens, format } = this.#config;
    const own = new AbortController();
    const all = AbortSignal.any([signal, own.signal, this.#closed.signal]);
    const gatherer = new CallGatherer();
    const pieces = new SoundPieces(RATE);
    let samples = 0;
    this.#said = '';
    this.#calls = [];
    try {
      const stream = await client.chat.completions.create(
        {
          model,
          messages,
          modalities: ['text', 'audio'],
          audio: { voice, format },
          max_completion_tokens: maxTokens,
          stream: true,
          stream_options: { include_usage: true },
          ...tools,
        },
        { signal: all },
      );
      for await (const chunk of untilAborted(stream, all)) {
        const { text, calls, usage } = readChunk(chunk);
        for (const call of calls) gatherer.add(call);
        const { bytes, words } = readAudio(chunk, text);
        this.#said += words;
        if (words !== '') yield { type: 'words', text: words };
        const pcm = bytes.length === 0 ? undefined : pieces.add(bytes);
        if (pcm !== undefined && pcm.length > 0) yield { type: 'sound', item: 'answer', pcm };
        samples += pcm?.length ?? 0;
        if (samples > MOST_SAMPLES) break;
        if (usage !== undefined) this.#events.used(usageOf(usage));
      }
      yield { type: 'whole' };
      this.#calls = gatherer.calls;
      if (this.#calls.length > 0) yield { type: 'calls', calls: this.#calls };
    } catch (error) {
      signal.throwIfAborted();
      throw categorised(error, model);
    } finally {
      own.abort();
    }
  }
}

function messageOf(told: Told): Message {
  if ('sight' in told) {
    const { jpeg, source } = told.sight;
    const url = `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`;
    return {
      role: 'user',
      content: [
        { type: 'text', text: `(${told.who}’s ${source} at this moment:)` },
        { type: 'image_url', image_url: { url, detail: 'low' } },
      ],
    };
  }
  return { role: told.role === 'avatar' ? 'assistant' : told.role, content: told.text };
}
