import type { Clock } from '../../base/clock.ts';
import { JsonSocket } from '../../base/json-socket.ts';
import { LISTEN_RATE } from '../../base/rates.ts';
import { StreamedRecognizer } from '../../listen/streamed.ts';

export interface DeepgramConfig {
  apiKey: string;
  baseUrl: string;
  model: string;
  language: string;
  timeoutMs: number;
  clock: Clock;
}

/** What of its messages is looked at; all of it may be missing. */
interface Message {
  type?: string;
  is_final?: boolean;
  from_finalize?: boolean;
  channel?: { alternatives?: { transcript?: string }[] };
}

/** Deepgram's live recognition. Who is done is decided on our side: it is told to finish what it has heard. */
export function deepgramRecognizer(config: DeepgramConfig): StreamedRecognizer {
  const { apiKey, baseUrl, model, language, timeoutMs, clock } = config;
  const url = new URL(`${baseUrl.replace(/\/$/, '').replace(/^http/, 'ws')}/v1/listen`);
  const asked = { model, language, encoding: 'linear16', sample_rate: String(LISTEN_RATE), channels: '1' };
  const how = { interim_results: 'true', smart_format: 'true', endpointing: 'false' };
  for (const [name, value] of Object.entries({ ...asked, ...how })) url.searchParams.set(name, value);
  return new StreamedRecognizer({
    clock,
    patienceMs: timeoutMs,
    async open(events, signal) {
      const socket = await JsonSocket.open(url.href, {
        headers: { authorization: `Token ${apiKey}` },
        signal,
        message: message => {
          const { type, is_final, from_finalize, channel } = message as Message;
          if (type !== 'Results') return;
          const text = channel?.alternatives?.[0]?.transcript ?? '';
          if (is_final === true) events.final(text);
          else events.partial(text);
          if (from_finalize === true) events.settled();
        },
      });
      return {
        over: socket.over,
        push: pcm => socket.sendSound(pcm),
        flush: () => socket.send({ type: 'Finalize' }),
        keepAlive: () => socket.send({ type: 'KeepAlive' }),
        close: () => {
          socket.send({ type: 'CloseStream' });
          socket.close();
        },
      };
    },
  });
}
