import type { Clock } from '../../../base/clock.ts';
import type { Usage } from '../../../base/meter.ts';
import { LiveDuplex, voiceFor } from '../../../respond/live/duplex.ts';
import type { Toolbox } from '../../../think/toolbox.ts';
import type { Dialect } from './dialect.ts';
import { RealtimeLine } from './line.ts';

const OPENAI = 'https://api.openai.com/v1';
const MINUTE_MS = 60_000;

export interface RealtimeSettings {
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

export interface RealtimeHost {
  clock: Clock;
  toolbox?: Toolbox | undefined;
  used(usage: Usage): void;
}

/** OpenAI's Realtime API, and servers that speak like it. */
export function realtimeDuplex(settings: RealtimeSettings, { clock, toolbox, used }: RealtimeHost): LiveDuplex {
  const { apiKey, auth, baseUrl = OPENAI, dialect, maxTokens, model, reasoningEffort } = settings;
  const url = new URL(`${baseUrl.replace(/\/$/, '').replace(/^http/, 'ws')}/realtime`);
  url.searchParams.set('model', model);
  const headers: Record<string, string> =
    apiKey === undefined ? {} : auth === 'bearer' ? { authorization: `Bearer ${apiKey}` } : { 'api-key': apiKey };
  return new LiveDuplex({
    name: 'openai',
    clock,
    toolbox,
    events: { used },
    cuts: 'exact',
    speculates: true,
    openMs: settings.connectTimeoutMs,
    silentMs: settings.silenceTimeoutMs,
    lineFor: persona => (role, events, signal) =>
      RealtimeLine.open(
        {
          url: url.href,
          headers,
          dialect,
          session: { model, voice: voiceFor(persona, ['openai'], settings.voice), maxTokens, reasoningEffort },
          clock,
          sessionMs: settings.sessionMinutes * MINUTE_MS,
        },
        role,
        events,
        signal,
      ),
  });
}
