import { unlessAborted } from '../../base/cancellation.ts';
import { LISTEN_RATE } from '../../base/rates.ts';
import type { SpeechToText, Transcript } from '../../listen/ports.ts';
import { connecting, loadPlugin, made, ofPlugin, type Plugin, type PluginEars } from './plugin.ts';

export interface PluginRecognitionConfig {
  plugin: string;
  options: Record<string, unknown>;
  /** `stream`: of plugins that take no whole utterances. */
  how: 'whole' | 'stream';
  timeoutMs: number;
}

/** `SpeechEventType.FINAL_TRANSCRIPT`. */
const FINAL = 2;

/** A plugin's ears: it is given whole utterances. */
export class PluginRecognition implements SpeechToText {
  readonly #config: PluginRecognitionConfig;
  readonly #plugin: Plugin;
  readonly #ears: PluginEars;

  static async create(config: PluginRecognitionConfig, loaded?: Plugin): Promise<PluginRecognition> {
    return new PluginRecognition(config, loaded ?? (await loadPlugin(config.plugin)));
  }

  private constructor(config: PluginRecognitionConfig, plugin: Plugin) {
    this.#config = config;
    this.#plugin = plugin;
    this.#ears = made(plugin, config.plugin, 'STT', config.options);
  }

  async transcribe(pcm: Int16Array, { signal }: { signal: AbortSignal }): Promise<Transcript> {
    signal.throwIfAborted();
    if (pcm.length === 0) return { text: '' };
    const late = AbortSignal.timeout(this.#config.timeoutMs);
    const stop = AbortSignal.any([signal, late]);
    try {
      const frame = this.#plugin.newFrame(pcm, LISTEN_RATE);
      if (this.#config.how === 'stream') return { text: await this.#streamed(frame, stop) };
      const { alternatives } = await unlessAborted(this.#ears.recognize(frame, stop), stop);
      return { text: alternatives?.[0]?.text.trim() ?? '' };
    } catch (error) {
      signal.throwIfAborted();
      throw ofPlugin(error);
    }
  }

  async close(): Promise<void> {
    await this.#ears.close();
  }

  async #streamed(frame: Parameters<PluginEars['recognize']>[0], stop: AbortSignal): Promise<string> {
    const stream = this.#ears.stream({ connOptions: connecting(this.#config.timeoutMs) });
    const parts: string[] = [];
    try {
      stream.pushFrame(frame);
      stream.endInput();
      const reading = (async () => {
        for await (const { type, alternatives } of stream)
          if (type === FINAL) parts.push(alternatives?.[0]?.text ?? '');
      })();
      await unlessAborted(reading, stop);
      return parts.join(' ').trim();
    } finally {
      stream.close();
    }
  }
}
