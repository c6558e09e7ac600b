import type { SpeakOptions, Speech, TextToSpeech } from '../speak/ports.ts';
import { cacheKey, type DiskCache } from './disk-cache.ts';

/** Changes with the layout of entries, and with what makes speech of a sentence. */
const VERSION = 2;

/** What became of a question to a cache. */
export type CacheOutcome = 'hit' | 'miss' | 'skip';

/**
 * A voice that remembers what it said: the sound, its phones and its mouth. A sentence is kept once the turn it belongs
 * to is certain, and only where whoever asks says that it may be. Owns neither voice nor cache.
 */
export class CachedSpeech implements TextToSpeech {
  readonly capabilities: TextToSpeech['capabilities'];
  readonly #inner: TextToSpeech;
  readonly #cache: DiskCache;
  readonly #provider: string;
  readonly #count: (outcome: CacheOutcome) => void;

  /** @param provider everything about the voice that is not asked for with a sentence: vendor, model, address */
  constructor(inner: TextToSpeech, cache: DiskCache, provider: string, count: (outcome: CacheOutcome) => void) {
    this.capabilities = inner.capabilities;
    this.#inner = inner;
    this.#cache = cache;
    this.#provider = provider;
    this.#count = count;
  }

  async *speak(sentence: string, options: SpeakOptions): AsyncGenerator<Speech> {
    const { voice, prosody, design = {}, signal, keep } = options;
    if (keep === undefined) {
      this.#count('skip');
      yield* this.#inner.speak(sentence, options);
      return;
    }
    const { rate, pitch, range, energy = 1, breath = 0, pauses = 1 } = prosody;
    const manner = [rate, pitch, range, energy, breath, pauses].map(value => value.toFixed(3));
    const designed = Object.entries(design).sort();
    const key = cacheKey('speech', VERSION, this.#provider, voice, manner, designed, sentence);
    const before = await this.#cache.get(key);
    signal.throwIfAborted();
    const known = before === undefined ? undefined : decode(before);
    this.#count(known === undefined ? 'miss' : 'hit');
    if (known !== undefined) {
      yield* known;
      return;
    }
    const spoken: Speech[] = [];
    for await (const speech of this.#inner.speak(sentence, options)) {
      spoken.push({ ...speech, pcm: speech.pcm.slice() });
      yield speech;
    }
    // Never, if the turn is thrown away [T5].
    void keep.then(() => this.#cache.put(key, encode(spoken)));
  }

  async close(): Promise<void> {}
}

/** Length of the description, the description as JSON, then the samples of each stretch. */
function encode(spoken: readonly Speech[]): Uint8Array {
  const stretches = spoken.map(({ pcm, ...rest }) => ({ ...rest, samples: pcm.length }));
  const text = Buffer.from(JSON.stringify(stretches));
  const head = Buffer.alloc(4);
  head.writeUInt32LE(text.length);
  const sound = spoken.map(({ pcm }) => Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength));
  return Buffer.concat([head, text, ...sound]);
}

/** Undefined for what cannot be read. */
function decode(content: Uint8Array): Speech[] | undefined {
  try {
    const bytes = Buffer.from(content);
    let at = 4 + bytes.readUInt32LE(0);
    const stretches = JSON.parse(bytes.toString('utf8', 4, at)) as (Omit<Speech, 'pcm'> & { samples: number })[];
    return stretches.map(({ samples, ...rest }) => {
      const pcm = new Int16Array(samples);
      bytes.copy(Buffer.from(pcm.buffer), 0, at, at + samples * 2);
      at += samples * 2;
      return { ...rest, pcm };
    });
  } catch {
    return undefined;
  }
}
