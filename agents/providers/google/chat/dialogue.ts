import { z } from 'zod';
import { ask, type Endpoint } from '../../../base/ask.ts';
import type { Clock } from '../../../base/clock.ts';
import { ProviderError, type ProviderErrorCategory } from '../../../base/errors.ts';
import type { Usage } from '../../../base/meter.ts';
import { eventData } from '../../../base/sse.ts';
import type { Conversation, Dialogue, ReplyOptions, ReplyPart } from '../../../think/ports.ts';
import { needsSight, type Sight } from '../../../think/sight.ts';
import type { Toolbox, TurnTools } from '../../../think/toolbox.ts';
import { type Content, contentsOf, type Part } from './messages.ts';

export interface GeminiConfig {
  apiKey?: string | undefined;
  baseUrl: string;
  apiVersion: string;
  model: string;
  maxTokens: number;
  thinking?: 'minimal' | 'low' | 'medium' | 'high' | undefined;
  /** For the first sign of life, and between signs. */
  firstTokenTimeoutMs: number;
  clock: Clock;
  used(usage: Usage): void;
}

/** A picture that takes longer is done without. */
const LOOK_MS = 500;
const MOST_BYTES = 4 * 2 ** 20;
/** More calls in one answer are not made [C2]. */
const MOST_CALLS = 16;

const Chunk = z.object({
  candidates: z
    .array(
      z.object({
        content: z.object({ parts: z.array(z.looseObject({})).optional() }).optional(),
        finishReason: z.string().optional(),
      }),
    )
    .optional(),
  promptFeedback: z.object({ blockReason: z.string().optional() }).optional(),
  usageMetadata: z
    .object({
      promptTokenCount: z.number().optional(),
      candidatesTokenCount: z.number().optional(),
      thoughtsTokenCount: z.number().optional(),
    })
    .optional(),
});

/** Reasons to end that are not ours to hide: nothing of it was said, or it broke off. */
const HELD_BACK = new Set(['SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII']);

/** Gemini by `streamGenerateContent`; it may call the persona's tools, and be shown pictures. */
export class GeminiDialogue implements Dialogue {
  readonly name = 'google';
  readonly #config: GeminiConfig;
  readonly #endpoint: Endpoint;
  readonly #toolbox: Toolbox | undefined;

  constructor(config: GeminiConfig, toolbox?: Toolbox) {
    this.#config = config;
    this.#toolbox = toolbox;
    const { apiKey, baseUrl, clock, firstTokenTimeoutMs } = config;
    this.#endpoint = {
      name: 'google',
      baseUrl: baseUrl.replace(/\/$/, ''),
      ...(apiKey !== undefined && { headers: { 'x-goog-api-key': apiKey } }),
      clock,
      patienceMs: firstTokenTimeoutMs,
      means,
    };
  }

  async *reply(conversation: Conversation, options: ReplyOptions): AsyncGenerator<ReplyPart> {
    const { signal } = options;
    const tools = this.#toolbox?.begin(conversation, options);
    const { system, contents } = contentsOf(conversation, await sights(conversation, signal));
    while (true) {
      const own: Part[] = [];
      let spoke = false;
      for await (const part of this.#parts(system, contents, tools, signal)) {
        own.push(part);
        if (part.text === undefined || part.text === '' || part.thought === true) continue;
        spoke = true;
        yield { type: 'text', text: part.text };
      }
      const calls = own.flatMap(({ functionCall }) => functionCall ?? []).slice(0, MOST_CALLS);
      if (calls.length === 0 || tools === undefined || tools.spent) return;
      const asked = calls.map(({ name = '', args = {} }) => ({ name, arguments: JSON.stringify(args) }));
      const outputs = tools.run(asked);
      outputs.catch(() => {});
      if (spoke) yield { type: 'pause' };
      const answers = await outputs;
      // As it said it: newer models want their signatures back.
      contents.push({ role: 'model', parts: own });
      contents.push({
        role: 'user',
        parts: calls.map(({ id, name = '' }, i) => ({
          functionResponse: { ...(id !== undefined && { id }), name, response: { output: answers[i]! } },
        })),
      });
    }
  }

  async *#parts(
    system: string,
    contents: readonly Content[],
    tools: TurnTools | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Part> {
    const { apiVersion, model, maxTokens, thinking, used } = this.#config;
    const body = {
      systemInstruction: { parts: [{ text: system }] },
      contents,
      generationConfig: {
        maxOutputTokens: maxTokens,
        ...(thinking !== undefined && { thinkingConfig: { thinkingLevel: thinking } }),
      },
      ...(tools !== undefined && {
        tools: [
          {
            functionDeclarations: tools.declared.map(({ parameters, ...tool }) => ({
              ...tool,
              parametersJsonSchema: parameters,
            })),
          },
        ],
        ...(tools.spent && { toolConfig: { functionCallingConfig: { mode: 'NONE' } } }),
      }),
    };
    const path = `/${apiVersion}/models/${encodeURIComponent(model)}:streamGenerateContent?alt=sse`;
    let usage: z.output<typeof Chunk>['usageMetadata'];
    try {
      for await (const data of eventData(ask(this.#endpoint, path, { body, mostBytes: MOST_BYTES, signal }))) {
        const { candidates = [], promptFeedback, usageMetadata } = chunkOf(data);
        usage = usageMetadata ?? usage;
        if (promptFeedback?.blockReason !== undefined) throw refused(promptFeedback.blockReason);
        for (const part of candidates[0]?.content?.parts ?? []) yield part as Part;
        const reason = candidates[0]?.finishReason;
        if (reason !== undefined && HELD_BACK.has(reason)) throw refused(reason);
      }
    } finally {
      if (usage !== undefined) {
        const { promptTokenCount = 0, candidatesTokenCount = 0, thoughtsTokenCount = 0 } = usage;
        used({ inputTokens: promptTokenCount, outputTokens: candidatesTokenCount + thoughtsTokenCount });
      }
    }
  }
}

async function sights({ turn, look }: Conversation, signal: AbortSignal): Promise<Sight[]> {
  if (look === undefined || !turn.some(({ text }) => needsSight(text))) return [];
  return look({ signal: AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]) }).catch(() => []);
}

const refused = (reason: string) =>
  new ProviderError('bad-input', `google holds its answer back: ${reason}`, { retryable: false });

/** It answers a wrong key as it answers a wrong question. */
const means = (status: number, text: string): ProviderErrorCategory | undefined =>
  status === 400 && /API key/i.test(text) ? 'auth' : undefined;

function chunkOf(data: string): z.output<typeof Chunk> {
  try {
    return Chunk.parse(JSON.parse(data));
  } catch (cause) {
    throw new ProviderError('internal', 'the answer is not what was promised', { retryable: false, cause });
  }
}
