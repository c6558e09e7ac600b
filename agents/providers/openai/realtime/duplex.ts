import { type DuplexHost, LiveDuplex, voiceFor } from '../../../respond/live/duplex.ts';
import { headersOf, socketOf } from './address.ts';
import { type Dialect, TRAITS } from './dialect.ts';
import { RealtimeLine } from './line.ts';

const MINUTE_MS = 60_000;

export interface RealtimeSettings {
  /** As personas name it; by default `openai`. */
  vendor?: string;
  baseUrl?: string | undefined;
  apiKey?: string | undefined;
  model: string;
  voice: string;
  dialect: Dialect;
  auth: 'bearer' | 'api-key';
  maxTokens: number;
  reasoningEffort?: string | undefined;
  sessionMinutes: number;
  connectTimeoutMs: number;
  silenceTimeoutMs: number;
}

/** OpenAI's Realtime API, and servers that speak like it. */
export function realtimeDuplex(settings: RealtimeSettings, { clock, toolbox, used }: DuplexHost): LiveDuplex {
  const { dialect, maxTokens, model, reasoningEffort, vendor = 'openai' } = settings;
  const url = socketOf(settings.baseUrl, '/realtime');
  url.searchParams.set('model', model);
  const headers = headersOf(settings);
  return new LiveDuplex({
    name: vendor,
    clock,
    toolbox,
    events: { used },
    cuts: TRAITS[dialect].cuts ? 'exact' : 'none',
    speculates: true,
    openMs: settings.connectTimeoutMs,
    silentMs: settings.silenceTimeoutMs,
    lineFor: persona => (role, events, signal) =>
      RealtimeLine.open(
        {
          url: url.href,
          headers,
          dialect,
          session: { model, voice: voiceFor(persona, [vendor], settings.voice), maxTokens, reasoningEffort },
          clock,
          sessionMs: settings.sessionMinutes * MINUTE_MS,
        },
        role,
        events,
        signal,
      ),
  });
}
