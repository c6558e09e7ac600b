import { type DuplexHost, LiveDuplex, voiceFor } from '../../respond/live/duplex.ts';
import { boundedFetch } from './bounded.ts';
import { clientOf } from './client.ts';
import { ChatSoundLine } from './sound-line.ts';

/** An answer of five minutes, encoded, with what stands around it. */
const MOST_BYTES = 64 * 2 ** 20;
/** One piece of it. */
const PIECE_BYTES = 4 * 2 ** 20;

export interface ChatSoundSettings {
  /** As personas name it. */
  vendor: string;
  baseUrl?: string | undefined;
  apiKey?: string | undefined;
  model: string;
  voice: string;
  maxTokens: number;
  format: 'pcm16' | 'wav';
  audioAs: 'base64' | 'data-url';
  connectTimeoutMs: number;
  silenceTimeoutMs: number;
}

/** Models that hear and speak behind a chat endpoint: OpenAI's for audio, Qwen-Omni, and what vLLM-Omni serves. */
export function chatSoundDuplex(settings: ChatSoundSettings, { clock, toolbox, used }: DuplexHost): LiveDuplex {
  const { apiKey, baseUrl, vendor, model, maxTokens, format, audioAs } = settings;
  const endpoint = { ...(apiKey !== undefined && { apiKey }), ...(baseUrl !== undefined && { baseUrl }) };
  const client = clientOf(endpoint, boundedFetch(MOST_BYTES, PIECE_BYTES));
  return new LiveDuplex({
    name: vendor,
    clock,
    toolbox,
    events: { used },
    // It is told each time what was said, as far as it was heard.
    cuts: 'exact',
    speculates: true,
    openMs: settings.connectTimeoutMs,
    silentMs: settings.silenceTimeoutMs,
    lineFor: persona => async (role, events) =>
      new ChatSoundLine(
        { client, model, voice: voiceFor(persona, [vendor], settings.voice), maxTokens, format, audioAs },
        role,
        events,
      ),
  });
}
