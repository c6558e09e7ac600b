import { z } from 'zod';
import { ask, jsonLines } from '../../base/ask.ts';
import type { Clock } from '../../base/clock.ts';
import { ProviderError } from '../../base/errors.ts';
import { Samples } from '../../base/samples.ts';
import { Growing } from '../../speak/growing.ts';
import { pieces } from '../../speak/pieces.ts';
import type { Prosody, Speech, TextToSpeech, TimedText } from '../../speak/ports.ts';
import { isUnpaid } from './errors.ts';

export interface ElevenLabsConfig {
  apiKey: string;
  baseUrl: string;
  model: string;
  voice: string;
  stability: number;
  similarity: number;
  /** For the first sound, and between pieces of it. */
  firstSoundTimeoutMs: number;
  clock: Clock;
}

const RATE = 24_000;
/** Flash takes 40 000, others 10 000 and 5000. */
const MAX_CHARACTERS = 4000;
/** A character is spoken for no longer than this, s; of sound in base64, with its times. */
const MOST_BYTES = (characters: number) => (10 + characters / 2) * RATE * 2 * 2;

const Alignment = z.object({
  characters: z.array(z.string()),
  character_start_times_seconds: z.array(z.number()),
  character_end_times_seconds: z.array(z.number()),
});
type Alignment = z.infer<typeof Alignment>;
const Line = z.object({
  audio_base64: z.string(),
  alignment: Alignment.nullish(),
  normalized_alignment: Alignment.nullish(),
});

/** ElevenLabs' speech, streamed with the time of each character, which the lips follow. */
export class ElevenLabsSpeech implements TextToSpeech {
  readonly capabilities: TextToSpeech['capabilities'];
  readonly #config: ElevenLabsConfig;
  readonly #closed = new AbortController();

  constructor(config: ElevenLabsConfig) {
    this.#config = config;
    this.capabilities = {
      phones: false,
      prosody: false,
      voices: { known: [config.voice], closed: false },
      reads: 'written',
    };
  }

  async *speak(
    sentence: string,
    { voice, prosody, signal }: { voice: string; prosody: Prosody; signal: AbortSignal },
  ): AsyncGenerator<Speech> {
    signal.throwIfAborted();
    this.#closed.signal.throwIfAborted();
    for (const text of pieces(sentence, MAX_CHARACTERS))
      if (text !== '') yield* this.#say(text, voice, prosody, signal);
  }

  async close(): Promise<void> {
    this.#closed.abort(new ProviderError('internal', 'the voice is closed', { retryable: false }));
  }

  async *#say(text: string, voice: string, prosody: Prosody, signal: AbortSignal): AsyncGenerator<Speech> {
    const { apiKey, baseUrl, model, stability, similarity, firstSoundTimeoutMs, clock } = this.#config;
    const endpoint = {
      name: 'elevenlabs',
      baseUrl,
      headers: { 'xi-api-key': apiKey },
      clock,
      patienceMs: firstSoundTimeoutMs,
      means: (_: number, text: string) => (isUnpaid(text) ? ('quota' as const) : undefined),
    };
    const path = `/v1/text-to-speech/${encodeURIComponent(voice)}/stream/with-timestamps?output_format=pcm_${RATE}`;
    const speed = Math.min(1.2, Math.max(0.7, prosody.rate));
    const body = {
      text,
      model_id: model,
      voice_settings: { stability, similarity_boost: similarity, ...(speed !== 1 && { speed }) },
    };
    const ending = AbortSignal.any([signal, this.#closed.signal]);
    const samples = new Samples();
    const growing = new Growing(text, RATE);
    const bytes = ask(endpoint, path, { body, mostBytes: MOST_BYTES(text.length), signal: ending });
    for await (const { audio_base64, alignment, normalized_alignment } of jsonLines(bytes, Line)) {
      growing.add(samples.add(Buffer.from(audio_base64, 'base64')), timed(alignment ?? normalized_alignment));
      const speech = growing.take();
      if (speech !== undefined) yield speech;
    }
    const rest = growing.rest();
    if (rest !== undefined) yield rest;
    else if (growing.taken === 0) throw new ProviderError('internal', 'elevenlabs sent no sound', { retryable: true });
  }
}

/** Characters by their samples; what has no time is left out. */
function timed(alignment: Alignment | null | undefined): TimedText[] {
  const at = (seconds: number | undefined) => Math.round((seconds ?? 0) * RATE);
  return (alignment?.characters ?? []).map((text, i) => ({
    text,
    startSample: at(alignment?.character_start_times_seconds[i]),
    endSample: at(alignment?.character_end_times_seconds[i]),
  }));
}
