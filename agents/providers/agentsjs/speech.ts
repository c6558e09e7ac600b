import type { Clock } from '../../base/clock.ts';
import { ProviderError } from '../../base/errors.ts';
import { StreamedSpeech, streamedCapabilities } from '../../speak/streamed.ts';
import { connecting, loadPlugin, made, ofPlugin, type Plugin, type PluginVoice } from './plugin.ts';

export interface PluginSpeechConfig {
  plugin: string;
  options: Record<string, unknown>;
  /** What the plugin calls the voice among its options. */
  voiceOption: string;
  voice: string;
  timeoutMs: number;
  clock: Clock;
}

const MOST_CHARACTERS = 2000;

/** A plugin's voice: its sound is handed on as it comes, and the lips are fitted to it. */
export async function pluginSpeech(config: PluginSpeechConfig, loaded?: Plugin): Promise<StreamedSpeech> {
  const { plugin: name, options, voiceOption, voice: usual, timeoutMs, clock } = config;
  const plugin = loaded ?? (await loadPlugin(name));
  const voices = new Map<string, PluginVoice>();
  const voiced = (voice: string): PluginVoice => {
    const known = voices.get(voice);
    if (known !== undefined) return known;
    const chosen = voice === '' ? {} : { [voiceOption]: voice };
    const one = made(plugin, name, 'TTS', { ...options, ...chosen });
    voices.set(voice, one);
    return one;
  };
  const rate = voiced(usual).sampleRate;
  return new StreamedSpeech({
    name,
    capabilities: streamedCapabilities(usual),
    rate,
    longest: MOST_CHARACTERS,
    untimed: { clock },
    async *ask(text, { voice, signal }) {
      try {
        for await (const { frame } of voiced(voice).synthesize(text, connecting(timeoutMs), signal)) {
          if (frame.sampleRate !== rate || frame.channels !== 1)
            throw new ProviderError('bad-input', `${name} sends sound in another form than it says`, {
              retryable: false,
            });
          yield { bytes: new Uint8Array(frame.data.buffer, frame.data.byteOffset, frame.data.byteLength) };
        }
      } catch (error) {
        signal.throwIfAborted();
        throw ofPlugin(error);
      }
    },
    close: () => {
      for (const each of voices.values()) void each.close();
    },
  });
}
