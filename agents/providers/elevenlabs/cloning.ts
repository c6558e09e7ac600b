import { z } from 'zod';
import { type Endpoint, exchange, jsonOf } from '../../base/ask.ts';
import type { Clock } from '../../base/clock.ts';
import { ProviderError } from '../../base/errors.ts';
import type { VoiceCloning } from '../../cloning/port.ts';
import { isUnpaid } from './errors.ts';

export interface ElevenLabsCloningConfig {
  apiKey: string;
  baseUrl: string;
  removeNoise: boolean;
  timeoutMs: number;
  clock: Clock;
}

const MOST_BYTES = 64 * 1024;
/** An account has some hundred voices, each told with its samples and settings. */
const MOST_LIST_BYTES = 8 * 2 ** 20;
/** What there is no more of, or may be no more of. */
const FULL = /voice_limit_reached|voice_add_edit_limit_reached|can_not_use_instant_voice_cloning/;
const GONE = /voice_not_found|voice_does_not_exist/;

const Added = z.object({ voice_id: z.string().min(1).max(200), requires_verification: z.boolean().default(false) });
const Voices = z.object({ voices: z.array(z.object({ voice_id: z.string(), name: z.string().nullish() })) });

/** ElevenLabs' instant voice cloning. */
export class ElevenLabsCloning implements VoiceCloning {
  readonly #config: ElevenLabsCloningConfig;

  constructor(config: ElevenLabsCloningConfig) {
    this.#config = config;
  }

  async make({ name, wav }: { name: string; wav: Uint8Array }, { signal }: { signal: AbortSignal }): Promise<string> {
    signal.throwIfAborted();
    const form = new FormData();
    form.set('name', name);
    form.set('remove_background_noise', String(this.#config.removeNoise));
    form.set('files', new Blob([wav as Uint8Array<ArrayBuffer>], { type: 'audio/wav' }), 'recording.wav');
    // As bytes: a form that fetch reads piece by piece fails, where nobody can catch it, when the request is called off.
    const encoded = new Response(form);
    const headers = { 'content-type': encoded.headers.get('content-type') ?? '' };
    const body = await encoded.bytes();
    const request = { method: 'POST', headers, body, mostBytes: MOST_BYTES, signal } as const;
    const { voice_id, requires_verification } = await jsonOf(
      exchange(this.#endpoint(), '/v1/voices/add', request),
      Added,
    );
    // It cannot be spoken with before its owner has proved themself there.
    if (requires_verification)
      throw new ProviderError('bad-input', 'elevenlabs wants this voice to be verified', { retryable: false });
    return voice_id;
  }

  async forget({ name, voice }: { name: string; voice?: string }, { signal }: { signal: AbortSignal }): Promise<void> {
    signal.throwIfAborted();
    for (const id of voice === undefined ? await this.#called(name, signal) : [voice]) await this.#remove(id, signal);
  }

  async #called(name: string, signal: AbortSignal): Promise<string[]> {
    const request = { method: 'GET', mostBytes: MOST_LIST_BYTES, signal } as const;
    const { voices } = await jsonOf(exchange(this.#endpoint(), '/v1/voices', request), Voices);
    return voices.filter(each => each.name === name).map(({ voice_id }) => voice_id);
  }

  async #remove(id: string, signal: AbortSignal): Promise<void> {
    let gone = false;
    const endpoint = this.#endpoint((status, text) => {
      gone = status === 404 || GONE.test(text);
    });
    const request = { method: 'DELETE', mostBytes: MOST_BYTES, signal } as const;
    try {
      for await (const _ of exchange(endpoint, `/v1/voices/${encodeURIComponent(id)}`, request));
    } catch (error) {
      if (!gone) throw error;
    }
  }

  #endpoint(refused: (status: number, text: string) => void = () => {}): Endpoint {
    const { apiKey, baseUrl, timeoutMs, clock } = this.#config;
    return {
      name: 'elevenlabs',
      baseUrl: baseUrl.replace(/\/$/, ''),
      headers: { 'xi-api-key': apiKey },
      clock,
      patienceMs: timeoutMs,
      means: (status, text) => {
        refused(status, text);
        return isUnpaid(text) || FULL.test(text) ? 'quota' : undefined;
      },
    };
  }
}
