import type { Clock } from '../../base/clock.ts';
import { ProviderError, type ProviderErrorCategory } from '../../base/errors.ts';
import { JsonSocket } from '../../base/json-socket.ts';
import { LISTEN_RATE } from '../../base/rates.ts';
import { bytesOf } from '../../base/samples.ts';
import { StreamedRecognizer } from '../../listen/streamed.ts';

export interface ScribeConfig {
  apiKey: string;
  baseUrl: string;
  model: string;
  language?: string | undefined;
  timeoutMs: number;
  clock: Clock;
}

/** A commit of less than this is refused; samples. */
const LEAST_COMMIT = 0.3 * LISTEN_RATE;

/** Messages after which it does not go on. */
const PROBLEMS: Readonly<Record<string, [category: ProviderErrorCategory, retryable: boolean]>> = {
  auth_error: ['auth', false],
  unaccepted_terms_error: ['auth', false],
  quota_exceeded: ['quota', false],
  rate_limited: ['quota', true],
  queue_overflow: ['network', true],
  resource_exhausted: ['network', true],
  session_time_limit_exceeded: ['network', true],
  transcriber_error: ['network', true],
  input_error: ['bad-input', false],
  invalid_request: ['bad-input', false],
  chunk_size_exceeded: ['bad-input', false],
  error: ['network', true],
};

function problem(type: string): ProviderError {
  const [category, retryable] = PROBLEMS[type]!;
  return new ProviderError(category, `elevenlabs says ${type}`, { retryable });
}

/** ElevenLabs' live recognition, Scribe. Who is done is decided on our side: what it has heard is committed then. */
export function scribeRecognizer(config: ScribeConfig): StreamedRecognizer {
  const { apiKey, baseUrl, model, language, timeoutMs, clock } = config;
  const url = new URL(`${baseUrl.replace(/\/$/, '').replace(/^http/, 'ws')}/v1/speech-to-text/realtime`);
  const asked = { model_id: model, audio_format: `pcm_${LISTEN_RATE}`, commit_strategy: 'manual' };
  for (const [name, value] of Object.entries({ ...asked, ...(language && { language_code: language }) }))
    url.searchParams.set(name, value);
  return new StreamedRecognizer({
    clock,
    patienceMs: timeoutMs,
    async open(events, signal) {
      let uncommitted = 0;
      const socket = await JsonSocket.open(url.href, {
        headers: { 'xi-api-key': apiKey },
        signal,
        message: ({ message_type, text }) => {
          const said = typeof text === 'string' ? text : '';
          if (message_type === 'partial_transcript') events.partial(said);
          else if (message_type === 'committed_transcript') {
            events.final(said);
            events.settled();
          } else if (message_type === 'insufficient_audio_activity' || message_type === 'commit_throttled')
            events.settled();
          else if (typeof message_type === 'string' && message_type in PROBLEMS) events.failed(problem(message_type));
        },
      });
      const send = (pcm: Int16Array, commit: boolean) => {
        const chunk = { audio_base_64: bytesOf(pcm).toString('base64'), commit, sample_rate: LISTEN_RATE };
        socket.send({ message_type: 'input_audio_chunk', ...chunk });
        uncommitted = commit ? 0 : uncommitted + pcm.length;
      };
      return {
        over: socket.over,
        push: pcm => send(pcm, false),
        // With a little silence, where there is too little.
        flush: () => send(new Int16Array(Math.max(0, LEAST_COMMIT - uncommitted)), true),
        close: () => socket.close(),
      };
    },
  });
}
