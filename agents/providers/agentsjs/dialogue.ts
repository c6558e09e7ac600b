import { untilAborted } from '../../base/cancellation.ts';
import type { Clock } from '../../base/clock.ts';
import type { Usage } from '../../base/meter.ts';
import { Patience } from '../../base/patience.ts';
import type { Conversation, Dialogue, ReplyOptions, ReplyPart } from '../../think/ports.ts';
import { messagesOf } from '../openai/messages.ts';
import { connecting, loadPlugin, made, ofPlugin, type Plugin, type PluginModel } from './plugin.ts';

export interface PluginDialogueConfig {
  plugin: string;
  options: Record<string, unknown>;
  firstTokenTimeoutMs: number;
  clock: Clock;
  used(usage: Usage): void;
}

/** For all of an answer. */
const ANSWER_MS = 60_000;
const MOST_CHARACTERS = 8000;

/** A plugin's language model: in words alone, without tools. */
export class PluginDialogue implements Dialogue {
  readonly name = 'agentsjs';
  readonly #config: PluginDialogueConfig;
  readonly #plugin: Plugin;
  readonly #model: PluginModel;

  static async create(config: PluginDialogueConfig, loaded?: Plugin): Promise<PluginDialogue> {
    return new PluginDialogue(config, loaded ?? (await loadPlugin(config.plugin)));
  }

  private constructor(config: PluginDialogueConfig, plugin: Plugin) {
    this.#config = config;
    this.#plugin = plugin;
    this.#model = made(plugin, config.plugin, 'LLM', config.options);
  }

  async *reply(conversation: Conversation, { signal }: ReplyOptions): AsyncGenerator<ReplyPart> {
    const { firstTokenTimeoutMs, clock, used } = this.#config;
    const chatCtx = this.#plugin.newContext();
    for (const { role, content } of messagesOf(conversation))
      if (role === 'system' || role === 'user' || role === 'assistant')
        chatCtx.addMessage({ role, content: String(content) });
    const patience = new Patience(firstTokenTimeoutMs, ANSWER_MS, clock);
    const stop = AbortSignal.any([signal, patience.signal]);
    const stream = this.#model.chat({ chatCtx, connOptions: connecting(firstTokenTimeoutMs) });
    let left = MOST_CHARACTERS;
    patience.wait();
    try {
      for await (const { delta, usage } of untilAborted(stream, stop)) {
        patience.rest();
        if (usage !== undefined) used({ inputTokens: usage.promptTokens, outputTokens: usage.completionTokens });
        const text = (delta?.content ?? '').slice(0, left);
        left -= text.length;
        if (text !== '') yield { type: 'text', text };
        if (left === 0) return;
        patience.wait();
      }
    } catch (error) {
      signal.throwIfAborted();
      throw ofPlugin(error);
    } finally {
      patience.end();
      stream.close();
    }
  }

  async close(): Promise<void> {
    await this.#model.aclose();
  }
}
