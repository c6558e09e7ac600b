import type { Clock } from '../../base/clock.ts';
import type { MouthMark } from '../../speak/mouth-marks.ts';
import type { TimedText } from '../../speak/ports.ts';
import { SpeechLines } from '../../speak/speech-lines.ts';
import { type SpokenPart, StreamedSpeech, streamedCapabilities } from '../../speak/streamed.ts';
import { WordsInText } from '../../speak/words-in-text.ts';
import { type AzureMessage, AzureSocket, jsonOf, requestId, samplesOf } from './azure-socket.ts';
import { ssmlOf } from './ssml.ts';

export interface AzureSpeechConfig {
  apiKey?: string | undefined;
  baseUrl: string;
  voice: string;
  /** For the first sound, and between pieces of it. */
  firstSoundTimeoutMs: number;
  clock: Clock;
}

const RATE = 24_000;
/** It speaks for ten minutes at most. */
const MAX_CHARACTERS = 3000;

/** What of its metadata is looked at; all of it may be missing. */
interface Metadata {
  Type?: string;
  Data?: { Offset?: number; Duration?: number; VisemeId?: number; text?: { Text?: string } };
}

/**
 * Azure's visemes by their number, each as one of the sounds that it stands for (CMU). In order: silence; æ ə ʌ; ɑ; ɔ;
 * ɛ ʊ; ɝ; j i ɪ; w u; o; aʊ; ɔɪ; aɪ; h; ɹ; l; s z; ʃ tʃ dʒ ʒ; ð; f v; d t n θ; k g ŋ; p b m.
 */
const VISEMES = 'pau ah aa ao eh er iy uw ow aw oy ay hh r l s sh th f d k p'.split(' ');

/** Azure's speech over connections that are kept, with the time of each word and what the mouth does. */
export function azureSpeech(config: AzureSpeechConfig): StreamedSpeech {
  const { apiKey, baseUrl, voice: usual, firstSoundTimeoutMs, clock } = config;
  const url = `${baseUrl.replace(/\/$/, '').replace(/^http/, 'ws')}/tts/cognitiveservices/websocket/v1`;
  const lines = new SpeechLines<AzureSocket, AzureMessage>({
    name: 'azure',
    clock,
    patienceMs: firstSoundTimeoutMs,
    open: (message, signal) => AzureSocket.open(url, { apiKey, signal, message }),
  });
  return new StreamedSpeech({
    name: 'azure',
    capabilities: streamedCapabilities(usual),
    rate: RATE,
    longest: MAX_CHARACTERS,
    async *ask(text, { voice, prosody, signal }) {
      const id = requestId();
      const words = new WordsInText(text);
      // It cannot be called off: the connection is closed then.
      const messages = lines.say(
        {
          ask: line => {
            line.send('synthesis.context', id, CONTEXT);
            line.send('ssml', id, ssmlOf(text, voice, prosody.rate));
          },
          isLast: ({ path, requestId }) => path === 'turn.end' && requestId === id,
        },
        signal,
      );
      for await (const message of messages) {
        if (message.requestId !== id) continue;
        if (message.path === 'audio') yield { bytes: message.body };
        else if (message.path === 'audio.metadata') yield timesOf(message, words);
      }
    },
    close: () => lines.close(),
  });
}

const CONTEXT = {
  synthesis: {
    audio: {
      metadataOptions: {
        bookmarkEnabled: false,
        punctuationBoundaryEnabled: false,
        sentenceBoundaryEnabled: false,
        sessionEndEnabled: false,
        visemeEnabled: true,
        wordBoundaryEnabled: true,
      },
      outputFormat: `raw-${RATE / 1000}khz-16bit-mono-pcm`,
    },
    language: { autoDetection: false },
  },
};

function timesOf(message: AzureMessage, words: WordsInText): SpokenPart {
  const { Metadata } = jsonOf(message);
  const characters: TimedText[] = [];
  const mouth: MouthMark[] = [];
  for (const { Type, Data = {} } of Array.isArray(Metadata) ? (Metadata as Metadata[]) : []) {
    const sample = samplesOf(Data.Offset ?? 0, RATE);
    const end = samplesOf((Data.Offset ?? 0) + (Data.Duration ?? 0), RATE);
    const phone = VISEMES[Data.VisemeId ?? -1];
    if (Type === 'Viseme' && phone !== undefined) mouth.push({ phone, sample });
    else if (Type === 'WordBoundary') characters.push(...words.add(Data.text?.Text ?? '', sample, end));
  }
  return { characters, mouth };
}
