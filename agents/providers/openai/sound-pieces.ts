import { ProviderError } from '../../base/errors.ts';
import { Samples } from '../../base/samples.ts';

/** Of a WAV file as servers write them: what stands before the samples is no longer than this, bytes. */
const MOST_HEADER = 256;

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

/** The sound of an answer, and its words, out of one event of a stream. */
export interface AudioDelta {
  bytes: Buffer;
  words: string;
}

/**
 * What an event says in sound: OpenAI tells the words beside it (`transcript`), others as the text of the message.
 * @see https://platform.openai.com/docs/api-reference/chat/streaming
 */
export function readAudio(chunk: unknown, text: string): AudioDelta {
  const { choices } = fieldsOf(chunk);
  const delta = fieldsOf(fieldsOf(Array.isArray(choices) ? choices[0] : undefined).delta);
  const { data, transcript } = fieldsOf(delta.audio);
  return {
    bytes: typeof data === 'string' ? Buffer.from(data, 'base64') : Buffer.alloc(0),
    words: typeof transcript === 'string' ? transcript : text,
  };
}

/**
 * Samples out of the pieces of an answer: as they are, or each a WAV file of its own, or one file that begins with its
 * header. Samples at another rate are an error: an answer that is played too fast is worse than none.
 */
export class SoundPieces {
  readonly #rate: number;
  #samples = new Samples();

  constructor(rate: number) {
    this.#rate = rate;
  }

  add(bytes: Buffer): Int16Array {
    if (bytes.length < 44 || bytes.toString('latin1', 0, 4) !== 'RIFF') return this.#samples.add(bytes);
    const at = bytes.subarray(0, MOST_HEADER).indexOf('data', 12, 'latin1');
    const rate = bytes.readUInt32LE(24);
    if (at < 0 || rate !== this.#rate || bytes.readUInt16LE(22) !== 1 || bytes.readUInt16LE(34) !== 16)
      throw new ProviderError(
        'bad-input',
        `the endpoint sends sound in another form than ${this.#rate} samples a second, 16 bit, mono`,
        { retryable: false },
      );
    this.#samples = new Samples();
    return this.#samples.add(bytes.subarray(at + 8));
  }
}
