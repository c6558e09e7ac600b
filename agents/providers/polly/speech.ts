import { z } from 'zod';
import { ask, type Endpoint, jsonLines } from '../../base/ask.ts';
import type { Clock } from '../../base/clock.ts';
import type { SpokenPart } from '../../speak/streamed.ts';
import { StreamedSpeech, streamedCapabilities } from '../../speak/streamed.ts';
import { WordsInText } from '../../speak/words-in-text.ts';
import { escaped } from '../../speak/xml.ts';
import { type AwsAccount, signedHeaders } from './signing.ts';

export interface PollyConfig {
  account: AwsAccount;
  region: string;
  baseUrl: string;
  engine: string;
  voice: string;
  /** For the first sound, and between pieces of it. */
  firstSoundTimeoutMs: number;
  clock: Clock;
}

/** The richest that it sends as plain samples. */
const RATE = 16_000;
/** It takes 3000 that are paid for, and twice as many with markup. */
const MAX_CHARACTERS = 2000;
const PATH = '/v1/speech';
/** A character is spoken for no longer than this, s. */
const MOST_BYTES = (characters: number) => (10 + characters / 2) * RATE * 2;
/** What is told of a character, its visemes and its share of a word. */
const MOST_MARKS = (characters: number) => 10_000 + characters * 400;
/** A word that nothing follows is taken to last so long. */
const LAST_WORD_S = 0.3;

const Mark = z.object({ time: z.number(), type: z.string(), value: z.string().default('') });
type Mark = z.infer<typeof Mark>;

/** Amazon's visemes, each as one of the sounds that it stands for (CMU). */
const VISEMES: Readonly<Record<string, string>> = {
  p: 'p',
  t: 'd',
  S: 'sh',
  T: 'th',
  f: 'f',
  k: 'k',
  r: 'r',
  s: 's',
  u: 'uw',
  '@': 'ax',
  a: 'aa',
  e: 'eh',
  E: 'eh',
  i: 'iy',
  o: 'ow',
  O: 'ao',
  sil: 'pau',
};

/** Amazon Polly: its sound, and beside it, asked for at the same time, the time of each word and what the mouth does. */
export function pollySpeech(config: PollyConfig): StreamedSpeech {
  const { account, region, baseUrl, engine, voice: usual, firstSoundTimeoutMs, clock } = config;
  const { host } = new URL(baseUrl);
  const post = (body: object, mostBytes: number, signal: AbortSignal) => {
    const who = { account, region, service: 'polly', unixMs: clock.unixMs() };
    const endpoint: Endpoint = {
      name: 'polly',
      baseUrl,
      headers: signedHeaders({ host, path: PATH, body: JSON.stringify(body) }, who),
      clock,
      patienceMs: firstSoundTimeoutMs,
      // It says so with a 400.
      means: (_, text) => (/throttl|rate exceeded|too many requests/i.test(text) ? 'quota' : undefined),
    };
    return ask(endpoint, PATH, { body, mostBytes, signal });
  };
  return new StreamedSpeech({
    name: 'polly',
    capabilities: streamedCapabilities(usual),
    rate: RATE,
    longest: MAX_CHARACTERS,
    async *ask(text, { voice, prosody, signal }) {
      const percent = Math.round(Math.min(2, Math.max(0.5, prosody.rate)) * 100);
      const ssml = `<speak><prosody rate="${percent}%">${escaped(text)}</prosody></speak>`;
      const said = percent === 100 ? { TextType: 'text', Text: text } : { TextType: 'ssml', Text: ssml };
      const question = { Engine: engine, VoiceId: voice, ...said };
      // Whatever ends this hangs up on both.
      const stop = new AbortController();
      const ending = AbortSignal.any([signal, stop.signal]);
      try {
        const marks = marksOf(engine, types =>
          post({ ...question, OutputFormat: 'json', SpeechMarkTypes: types }, MOST_MARKS(text.length), ending),
        );
        // It may fail while nobody waits for it.
        marks.catch(() => {});
        const sound = post(
          { ...question, OutputFormat: 'pcm', SampleRate: String(RATE) },
          MOST_BYTES(text.length),
          ending,
        );
        let told: Promise<readonly Mark[]> | undefined = marks;
        for await (const bytes of sound) {
          yield { bytes, ...(told && partOf(await told, text)) };
          told = undefined;
        }
      } finally {
        stop.abort(signal.reason);
      }
    },
  });
}

async function marksOf(engine: string, post: (types: string[]) => AsyncIterable<Uint8Array>): Promise<readonly Mark[]> {
  const marks: Mark[] = [];
  if (engine === 'generative') return marks;
  for await (const mark of jsonLines(post(['word', 'viseme']), Mark)) marks.push(mark);
  return marks;
}

/** A word lasts until the next one, or the next silence, begins. */
function partOf(marks: readonly Mark[], text: string): SpokenPart {
  const at = (ms: number) => Math.round((ms * RATE) / 1000);
  const found = new WordsInText(text);
  const mouth = marks.flatMap(({ type, time, value }) => {
    const phone = type === 'viseme' ? VISEMES[value] : undefined;
    return phone === undefined ? [] : [{ phone, sample: at(time) }];
  });
  const ends = marks.filter(({ type, value }) => type === 'word' || value === 'sil').map(({ time }) => time);
  const characters = marks.flatMap(({ type, time, value }) => {
    if (type !== 'word') return [];
    const end = ends.find(each => each > time);
    return found.add(value, at(time), end === undefined ? at(time) + LAST_WORD_S * RATE : at(end));
  });
  return { characters, mouth };
}
