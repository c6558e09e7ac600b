import type OpenAI from 'openai';
import type { TurnTools } from '../../think/toolbox.ts';
import { type ChatDelta, readChunk } from './chunks.ts';
import type { Parts } from './dialect.ts';
import { type AskedCall, exchangeOf, toolSettings } from './tool-calls.ts';

/** What is asked, whatever the wire. */
export interface Question {
  model: string;
  parts: Parts;
  messages: readonly OpenAI.ChatCompletionMessageParam[];
  /** What the tools were asked, and said, as {@link Wire.exchange} gave it. */
  exchanged: readonly object[];
  tools: TurnTools | undefined;
}

/** One of the two ways in which endpoints of OpenAI's kind are asked for an answer. */
export interface Wire {
  /** Events of the answer. */
  ask(client: OpenAI, question: Question, signal: AbortSignal): Promise<AsyncIterable<unknown>>;
  /** What one of them says. Throws ProviderError where it says that it failed. */
  read(event: unknown): ChatDelta;
  /** What was said, asked of the tools, and answered by them, for the next question. @param kept {@link ChatDelta.kept} */
  exchange(text: string, calls: readonly AskedCall[], answers: readonly string[], kept: readonly object[]): object[];
}

/** `/v1/chat/completions`, which nearly every server knows. */
export const chatWire: Wire = {
  ask: (client, { model, parts, messages, exchanged, tools }, signal) => {
    const all = [...messages, ...(exchanged as OpenAI.ChatCompletionMessageParam[])];
    return client.chat.completions.create(
      { model, ...parts, stream: true, messages: all, ...toolSettings(tools) },
      { signal },
    );
  },
  read: readChunk,
  exchange: exchangeOf,
};
