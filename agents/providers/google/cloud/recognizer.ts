import type { Clock } from '../../../base/clock.ts';
import { ProviderError } from '../../../base/errors.ts';
import { GrpcConnection } from '../../../base/grpc.ts';
import { decoded, encoded } from '../../../base/protobuf.ts';
import { LISTEN_RATE } from '../../../base/rates.ts';
import { bytesOf } from '../../../base/samples.ts';
import { type SpeechLineEvents, StreamedRecognizer } from '../../../listen/streamed.ts';
import { TurnByTurn } from '../../../listen/turn-by-turn.ts';
import { type CloudConfig, CloudCredentials } from './credentials.ts';

export interface CloudRecognizerConfig extends CloudConfig {
  /** By default the location's. */
  baseUrl?: string | undefined;
  /** By default the service account's. */
  project?: string | undefined;
  location: string;
  model: string;
  languages: readonly string[];
  timeoutMs: number;
  clock: Clock;
}

/** It takes 15 KB of sound at once, bytes. */
const MOST_SOUND = 15_000;
/** Of its enumeration. */
const LINEAR16 = 1;

/**
 * Google Cloud Speech-to-Text, version 2: gRPC alone streams there. Who is done is decided on our side: a turn is a
 * stream, which is ended then. Field numbers are of google/cloud/speech/v2/cloud_speech.proto.
 */
export function cloudRecognizer(config: CloudRecognizerConfig): StreamedRecognizer {
  const { location, timeoutMs, clock } = config;
  const credentials = new CloudCredentials(config);
  const service = location === 'global' ? 'speech.googleapis.com' : `${location}-speech.googleapis.com`;
  return new StreamedRecognizer({
    clock,
    patienceMs: timeoutMs,
    async open(events, signal) {
      const project = config.project ?? (await credentials.project());
      if (project === undefined)
        throw new ProviderError('auth', 'set project: an API key does not tell it', { retryable: false });
      const recognizer = `projects/${project}/locations/${location}/recognizers/_`;
      const headers = await credentials.headers(service);
      const routing = { 'x-goog-request-params': `recognizer=${encodeURIComponent(recognizer)}` };
      const connection = await GrpcConnection.open(config.baseUrl ?? `https://${service}`, signal);
      const turns = new TurnByTurn(over => {
        const stream = connection.stream(
          '/google.cloud.speech.v2.Speech/StreamingRecognize',
          { ...headers(), ...routing },
          {
            message: message => tell(message, events),
            over: error => {
              if (error === undefined) over();
              else events.failed(error);
            },
          },
        );
        stream.send(encoded([3, recognizer], [6, question(config)]));
        return {
          sound: pcm => {
            const bytes = bytesOf(pcm);
            for (let at = 0; at < bytes.length; at += MOST_SOUND)
              stream.send(encoded([5, bytes.subarray(at, at + MOST_SOUND)]));
          },
          end: () => stream.end(),
        };
      }, events);
      return {
        over: connection.over,
        push: pcm => turns.push(pcm),
        flush: () => turns.flush(),
        close: () => connection.close(),
      };
    },
  });
}

/** StreamingRecognitionConfig. */
function question({ model, languages }: CloudRecognizerConfig): Buffer {
  const sound = encoded([1, LINEAR16], [2, LISTEN_RATE], [3, 1]);
  const features = encoded([4, true]);
  const config = encoded([2, features], [8, sound], [9, model], ...languages.map(language => [10, language] as const));
  return encoded([1, config], [2, encoded([2, true])]);
}

/** StreamingRecognizeResponse: what is final, and what may still change in several parts. */
function tell(message: Buffer, events: SpeechLineEvents): void {
  const results = decoded(message)
    .messages(6)
    .map(result => ({ text: result.messages(1)[0]?.text(1) ?? '', isFinal: result.isTrue(2) }));
  for (const { text, isFinal } of results) if (isFinal) events.final(text);
  const open = results.filter(({ isFinal }) => !isFinal);
  if (open.length > 0) events.partial(open.map(({ text }) => text.trim()).join(' '));
}
