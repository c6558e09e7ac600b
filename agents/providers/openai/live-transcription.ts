import type { Clock } from '../../base/clock.ts';
import { ProviderError } from '../../base/errors.ts';
import { JsonSocket } from '../../base/json-socket.ts';
import type { Usage } from '../../base/meter.ts';
import { LISTEN_RATE } from '../../base/rates.ts';
import { bytesOf } from '../../base/samples.ts';
import { StreamedRecognizer } from '../../listen/streamed.ts';
import { Resampler } from '../../speak/resample.ts';
import { headersOf, socketOf } from './realtime/address.ts';
import { ofProblem } from './realtime/problems.ts';

export interface LiveTranscriptionConfig {
  baseUrl?: string | undefined;
  apiKey?: string | undefined;
  model: string;
  language?: string | undefined;
  prompt?: string | undefined;
  timeoutMs: number;
  clock: Clock;
  used?: (usage: Usage) => void;
}

/** What it hears. */
const RATE = 24_000;
/** Less than this cannot be committed; samples. */
const LEAST_COMMIT = 0.1 * RATE;

/** What of its events is looked at; all of it may be missing. */
interface Event {
  type?: string;
  item_id?: string;
  delta?: string;
  transcript?: string;
  usage?: { type?: string; seconds?: number; input_tokens?: number; output_tokens?: number };
  error?: { type?: string; code?: string; message?: string };
}
const WORDS = 'conversation.item.input_audio_transcription';

/**
 * OpenAI's Realtime API as a recognizer (`intent=transcription`). Who is done is decided on our side: what it has heard is
 * committed then.
 */
export function liveTranscription(config: LiveTranscriptionConfig): StreamedRecognizer {
  const { model, language, prompt, timeoutMs, clock, used } = config;
  const url = socketOf(config.baseUrl, '/realtime');
  url.searchParams.set('intent', 'transcription');
  const transcription = { model, ...(language && { language }), ...(prompt && { prompt }) };
  const session = {
    type: 'transcription',
    audio: { input: { format: { type: 'audio/pcm', rate: RATE }, transcription, turn_detection: null } },
  };
  return new StreamedRecognizer({
    clock,
    patienceMs: timeoutMs,
    async open(events, signal) {
      const ready = Promise.withResolvers<void>();
      ready.promise.catch(() => {});
      /** What was said so far of each stretch that is not whole yet. */
      const saying = new Map<string, string>();
      let close = () => {};
      const whole = (id: string, text: string) => {
        saying.delete(id);
        events.final(text);
        events.settled();
      };
      const take = ({ type, item_id = '', delta = '', transcript = '', usage, error }: Event) => {
        if (type === 'session.updated') ready.resolve();
        else if (type === `${WORDS}.delta`) {
          saying.set(item_id, (saying.get(item_id) ?? '') + delta);
          events.partial([...saying.values()].join(' '));
        } else if (type === `${WORDS}.completed`) {
          if (usage?.seconds !== undefined) used?.({ audioSeconds: usage.seconds });
          else if (usage !== undefined)
            used?.({ inputTokens: usage.input_tokens ?? 0, outputTokens: usage.output_tokens ?? 0 });
          whole(item_id, transcript);
        } else if (type === `${WORDS}.failed`) whole(item_id, saying.get(item_id) ?? '');
        else if (type === 'error') {
          const problem = ofProblem(error);
          ready.reject(problem ?? new ProviderError('bad-input', 'refused', { retryable: false }));
          if (problem !== undefined && !problem.retryable) close();
        }
      };
      const socket = await JsonSocket.open(url.href, {
        headers: headersOf({ apiKey: config.apiKey, auth: 'bearer' }),
        signal,
        message: message => take(message as Event),
      });
      close = () => socket.close();
      void socket.over.then(gone => ready.reject(gone ?? new ProviderError('network', 'closed', { retryable: true })));
      const stop = () => ready.reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      let resampler = new Resampler(LISTEN_RATE, RATE);
      let uncommitted = 0;
      const send = (pcm: Int16Array) => {
        if (pcm.length === 0) return;
        uncommitted += pcm.length;
        socket.send({ type: 'input_audio_buffer.append', audio: bytesOf(pcm).toString('base64') });
      };
      socket.send({ type: 'session.update', session });
      try {
        await ready.promise;
      } catch (problem) {
        socket.close();
        throw problem;
      } finally {
        signal.removeEventListener('abort', stop);
      }
      return {
        over: socket.over,
        push: pcm => send(resampler.push(pcm)),
        flush: () => {
          send(resampler.flush());
          resampler = new Resampler(LISTEN_RATE, RATE);
          // With a little silence, where there is too little.
          send(new Int16Array(Math.max(0, LEAST_COMMIT - uncommitted)));
          uncommitted = 0;
          socket.send({ type: 'input_audio_buffer.commit' });
        },
        close: () => socket.close(),
      };
    },
  });
}
