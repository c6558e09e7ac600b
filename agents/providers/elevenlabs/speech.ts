import { z } from 'zod';
import { ask, type Endpoint, jsonLines } from '../../base/ask.ts';
import type { Clock } from '../../base/clock.ts';
import type { TimedText } from '../../speak/ports.ts';
import { StreamedSpeech, streamedCapabilities } from '../../speak/streamed.ts';
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
export function elevenLabsSpeech(config: ElevenLabsConfig): StreamedSpeech {
  const { apiKey, baseUrl, model, voice: usual, stability, similarity, firstSoundTimeoutMs, clock } = config;
  const endpoint: Endpoint = {
    name: 'elevenlabs',
    baseUrl,
    headers: { 'xi-api-key': apiKey },
    clock,
    patienceMs: firstSoundTimeoutMs,
    means: (_, text) => (isUnpaid(text) ? 'quota' : undefined),
  };
  return new StreamedSpeech({
    name: 'elevenlabs',
    capabilities: streamedCapabilities(usual),
    rate: RATE,
    longest: MAX_CHARACTERS,
    async *ask(text, { voice, prosody, signal }) {
      const path = `/v1/text-to-speech/${encodeURIComponent(voice)}/stream/with-timestamps?output_format=pcm_${RATE}`;
      const speed = Math.min(1.2, Math.max(0.7, prosody.rate));
      const body = {
        text,
        model_id: model,
        voice_settings: { stability, similarity_boost: similarity, ...(speed !== 1 && { speed }) },
      };
      const bytes = ask(endpoint, path, { body, mostBytes: MOST_BYTES(text.length), signal });
      for await (const { audio_base64, alignment, normalized_alignment } of jsonLines(bytes, Line))
        yield {
          bytes: Buffer.from(audio_base64, 'base64'),
          characters: timed(alignment ?? normalized_alignment),
        };
    },
  });
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
