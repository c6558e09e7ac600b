import { z } from 'zod';
import { ask } from '../../../base/ask.ts';
import type { Clock } from '../../../base/clock.ts';
import { ProviderError } from '../../../base/errors.ts';
import { bytesOf } from '../../../base/samples.ts';
import type { TimedText } from '../../../speak/ports.ts';
import { SoundReader } from '../../../speak/sound-reader.ts';
import { StreamedSpeech, streamedCapabilities } from '../../../speak/streamed.ts';
import { WordsInText } from '../../../speak/words-in-text.ts';
import { escaped } from '../../../speak/xml.ts';
import { type CloudConfig, CloudCredentials } from './credentials.ts';

export interface CloudSpeechConfig extends CloudConfig {
  baseUrl: string;
  voice: string;
  /** For all of a sentence: it is made before it is sent. */
  firstSoundTimeoutMs: number;
  clock: Clock;
}

const RATE = 24_000;
/** A question has this many bytes at most, marks included. */
const MOST_BYTES = 5000;
const MAX_CHARACTERS = 800;
/** A character is spoken for no longer than this, s; of sound in base64. */
const MOST_ANSWER = (characters: number) => (10 + characters / 2) * RATE * 2 * 2;
/** Voices that know marks in their text; the newer ones know no markup at all. */
const KNOWS_MARKS = /-(?:Standard|Wavenet|Neural2|News|Casual|Polyglot)-/i;

const Answer = z.object({
  audioContent: z.string(),
  timepoints: z.array(z.object({ markName: z.string(), timeSeconds: z.number().default(0) })).default([]),
});
type Answer = z.infer<typeof Answer>;

/** Google Cloud Text-to-Speech: a sentence at once, with the time at which each word begins where the voice tells it. */
export function cloudSpeech(config: CloudSpeechConfig): StreamedSpeech {
  const { baseUrl, voice: usual, firstSoundTimeoutMs, clock } = config;
  const credentials = new CloudCredentials(config);
  return new StreamedSpeech({
    name: 'google',
    capabilities: streamedCapabilities(usual),
    rate: RATE,
    longest: MAX_CHARACTERS,
    async *ask(text, { voice, prosody, signal }) {
      const headers = (await credentials.headers(new URL(baseUrl).hostname))();
      const endpoint = { name: 'google', baseUrl, headers, clock, patienceMs: firstSoundTimeoutMs };
      const words = text.split(/\s+/).filter(Boolean);
      const marked = `<speak>${words.map((word, i) => `<mark name="${i}"/>${escaped(word)}`).join(' ')}</speak>`;
      const isMarked = KNOWS_MARKS.test(voice) && Buffer.byteLength(marked) < MOST_BYTES;
      const speakingRate = Math.min(2, Math.max(0.25, prosody.rate));
      const body = {
        input: isMarked ? { ssml: marked } : { text },
        voice: { languageCode: voice.split('-', 2).join('-'), name: voice },
        audioConfig: { audioEncoding: 'LINEAR16', sampleRateHertz: RATE, ...(speakingRate !== 1 && { speakingRate }) },
        ...(isMarked && { enableTimePointing: ['SSML_MARK'] }),
      };
      const question = { body, mostBytes: MOST_ANSWER(text.length), signal };
      const answer = await read(ask(endpoint, '/v1beta1/text:synthesize', question));
      const pcm = soundOf(answer);
      yield { bytes: bytesOf(pcm), whole: true, characters: timesOf(answer, words, text, pcm.length) };
    },
  });
}

async function read(bytes: AsyncIterable<Uint8Array>): Promise<Answer> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  try {
    return Answer.parse(JSON.parse(String(Buffer.concat(parts))));
  } catch (cause) {
    throw new ProviderError('internal', 'the answer is not what was promised', { retryable: false, cause });
  }
}

/** Its plain samples come as a WAV file. */
function soundOf({ audioContent }: Answer): Int16Array {
  const sound = new SoundReader(RATE);
  sound.add(Buffer.from(audioContent, 'base64'));
  sound.end();
  if (sound.sampleRate !== undefined && sound.sampleRate !== RATE)
    throw new ProviderError('internal', `google sends sound of ${sound.sampleRate} Hz`, { retryable: false });
  return sound.take(0);
}

/** A word lasts until the next begins; none where a mark is missing: then they are looked for in the sound. */
function timesOf({ timepoints }: Answer, words: readonly string[], text: string, length: number): TimedText[] {
  const starts = new Map(timepoints.map(({ markName, timeSeconds }) => [markName, Math.round(timeSeconds * RATE)]));
  const at = (i: number) => Math.min(length, i < words.length ? (starts.get(String(i)) ?? Number.NaN) : length);
  if (words.some((_, i) => !(at(i) <= at(i + 1)))) return [];
  const found = new WordsInText(text);
  return words.flatMap((word, i) => found.add(word, at(i), at(i + 1)));
}
