import type { Clock } from '../../base/clock.ts';
import { ProviderError } from '../../base/errors.ts';
import { JsonSocket } from '../../base/json-socket.ts';
import { LISTEN_RATE } from '../../base/rates.ts';
import { SoundPieces } from '../../listen/sound-pieces.ts';
import { type SpeechLine, StreamedRecognizer } from '../../listen/streamed.ts';

export interface AssemblyAiConfig {
  apiKey: string;
  baseUrl: string;
  model: string;
  timeoutMs: number;
  clock: Clock;
}

/** What of its messages is looked at; all of it may be missing. */
interface Message {
  type?: string;
  turn_order?: number;
  transcript?: string;
  end_of_turn?: boolean;
  turn_is_formatted?: boolean;
  error?: string;
  error_code?: number;
}

/** It takes pieces of 50 to 1000 ms. */
const PIECE = 0.06 * LISTEN_RATE;
const LEAST = 0.05 * LISTEN_RATE;

/**
 * AssemblyAI's streaming recognition. Who is done is decided on our side: it is told to end the turn that it hears. It
 * says nothing where it has heard no words: a turn that is ended without any is followed by none.
 */
export function assemblyAiRecognizer(config: AssemblyAiConfig): StreamedRecognizer {
  const { apiKey, baseUrl, model, timeoutMs, clock } = config;
  const url = new URL(`${baseUrl.replace(/\/$/, '').replace(/^http/, 'ws')}/v3/ws`);
  const asked = { sample_rate: String(LISTEN_RATE), encoding: 'pcm_s16le', speech_model: model };
  // Its own end of a turn is as far away as it lets itself be told.
  const how = { format_turns: 'true', min_turn_silence: '5000', max_turn_silence: '10000' };
  for (const [name, value] of Object.entries({ ...asked, ...how })) url.searchParams.set(name, value);
  return new StreamedRecognizer({
    clock,
    patienceMs: timeoutMs,
    async open(events, signal) {
      let flushes = 0;
      let told = -1;
      let stopWaiting = () => {};
      const settle = () => {
        stopWaiting();
        while (flushes > 0) {
          flushes--;
          events.settled();
        }
      };
      const socket = await JsonSocket.open(url.href, {
        headers: { authorization: apiKey },
        signal,
        message: message => {
          const {
            type,
            turn_order = 0,
            transcript = '',
            end_of_turn,
            turn_is_formatted,
            error,
            error_code,
          } = message as Message;
          if (error !== undefined) events.failed(problem(error_code));
          if (type !== 'Turn' || turn_order <= told) return;
          if (end_of_turn !== true) events.partial(transcript);
          // The same turn comes twice: plain, then as it is written.
          else if (turn_is_formatted === true) {
            told = turn_order;
            events.final(transcript);
            settle();
          }
        },
      });
      const pieces = new SoundPieces(pcm => socket.sendSound(pcm), { usual: PIECE, least: LEAST });
      const line: SpeechLine = {
        over: socket.over,
        push: pcm => pieces.push(pcm),
        flush: () => {
          pieces.flush();
          flushes++;
          socket.send({ type: 'ForceEndpoint' });
          stopWaiting();
          stopWaiting = clock.after(SILENT_MS, settle);
        },
        keepAlive: () => socket.send({ type: 'KeepAlive' }),
        close: () => {
          stopWaiting();
          socket.send({ type: 'Terminate' });
          socket.close();
        },
      };
      return line;
    },
  });
}

/** By its numbers; what is not named is about what it was sent. */
const QUOTA = { forGood: [4002, 4003], forNow: [3009, 4029, 4102] };
const AWAY = [3005, 3008, 4008, 4010, 4031];

function problem(code = 0): ProviderError {
  const message = `assemblyai says ${code}`;
  if (code === 4001) return new ProviderError('auth', message, { retryable: false });
  if (QUOTA.forGood.includes(code)) return new ProviderError('quota', message, { retryable: false });
  if (QUOTA.forNow.includes(code)) return new ProviderError('quota', message, { retryable: true });
  return AWAY.includes(code)
    ? new ProviderError('network', message, { retryable: true })
    : new ProviderError('bad-input', message, { retryable: false });
}

/** Where it says nothing for so long, it has heard no words. */
const SILENT_MS = 800;
