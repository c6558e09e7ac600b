import { type DuplexHost, LiveDuplex, voiceFor } from '../../../respond/live/duplex.ts';
import { GeminiLiveLine } from './line.ts';

const GOOGLE = 'https://generativelanguage.googleapis.com';
const pathOf = (version: string) => `/ws/google.ai.generativelanguage.${version}.GenerativeService.BidiGenerateContent`;

export interface GeminiLiveSettings {
  baseUrl?: string | undefined;
  apiKey?: string | undefined;
  apiVersion: string;
  model: string;
  voice: string;
  maxTokens: number;
  connectTimeoutMs: number;
  silenceTimeoutMs: number;
}

/** Gemini's Live API: it hears people and answers in sound. */
export function geminiLiveDuplex(settings: GeminiLiveSettings, { clock, toolbox, used }: DuplexHost): LiveDuplex {
  const { apiKey, baseUrl = GOOGLE, maxTokens, model } = settings;
  const url = `${baseUrl.replace(/\/$/, '').replace(/^http/, 'ws')}${pathOf(settings.apiVersion)}`;
  return new LiveDuplex({
    name: 'google',
    clock,
    toolbox,
    events: { used },
    // It decides itself what it keeps of an answer that was interrupted.
    cuts: 'none',
    speculates: true,
    openMs: settings.connectTimeoutMs,
    silentMs: settings.silenceTimeoutMs,
    lineFor: persona => (role, events, signal) =>
      GeminiLiveLine.open(
        {
          url,
          // Not in the address, which may be logged on the way.
          headers: apiKey === undefined ? {} : { 'x-goog-api-key': apiKey },
          model,
          voice: voiceFor(persona, ['google'], settings.voice),
          maxTokens,
          clock,
        },
        role,
        events,
        signal,
      ),
  });
}
