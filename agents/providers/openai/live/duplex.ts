import { type DuplexHost, LiveDuplex, voiceFor } from '../../../respond/live/duplex.ts';
import { headersOf, socketOf } from '../realtime/address.ts';
import { LiveLine } from './line.ts';

export interface LiveSettings {
  baseUrl?: string | undefined;
  apiKey?: string | undefined;
  model: string;
  voice: string;
  auth: 'bearer' | 'api-key';
  connectTimeoutMs: number;
  silenceTimeoutMs: number;
}

/** OpenAI's Live API: a model that listens while it speaks, and decides itself when it does. */
export function liveDuplex(settings: LiveSettings, { clock, toolbox, used }: DuplexHost): LiveDuplex {
  const url = socketOf(settings.baseUrl, '/live/sessions').href;
  const headers = headersOf(settings);
  return new LiveDuplex({
    name: 'openai',
    clock,
    toolbox,
    events: { used },
    // It is told in words what was heard.
    cuts: 'coarse',
    // What it begins before it is asked waits here: nothing is gained by asking sooner.
    speculates: false,
    openMs: settings.connectTimeoutMs,
    silentMs: settings.silenceTimeoutMs,
    lineFor: persona => (role, events, signal) =>
      LiveLine.open(
        { url, headers, model: settings.model, voice: voiceFor(persona, ['openai'], settings.voice), clock },
        role,
        events,
        signal,
      ),
  });
}
