import { ProviderError } from '../base/errors.ts';

/** Of WAV, as `wFormatTag` says (RFC 2361); an extensible one says so in its sub-format. */
const [PCM, FLOAT, EXTENSIBLE] = [1, 3, 0xfffe];
/** More before the sound is no header. */
const MOST_HEADER_BYTES = 65_536;

interface Format {
  sampleRate: number;
  channels: number;
  /** Of one sample of one channel. */
  bytes: number;
  /** One sample at a byte position, -32768..32767. */
  read(all: DataView, at: number): number;
}

const PLAIN = (sampleRate: number): Format => ({
  sampleRate,
  channels: 1,
  bytes: 2,
  read: (all, at) => all.getInt16(at, true),
});

/**
 * Sound as a speech endpoint sends it, in pieces cut anywhere: plain 16-bit little-endian samples, or a WAV file with
 * integer or floating-point samples, whatever the endpoint calls it. Several channels become one.
 */
export class SoundReader {
  readonly #plainRate: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #format: Format | undefined;
  #plain = false;
  #chunks: Int16Array[] = [];
  #waiting = 0;
  /** Samples that were taken. */
  taken = 0;

  /** @param plainRate samples per second of sound without a header */
  constructor(plainRate: number) {
    this.#plainRate = plainRate;
  }

  /** Undefined until enough has come to tell. */
  get sampleRate(): number | undefined {
    return this.#format?.sampleRate;
  }

  /** How long all is that has come. */
  get seconds(): number {
    return (this.taken + this.#waiting) / (this.sampleRate ?? this.#plainRate);
  }

  /** It has no header: the bytes are samples. */
  get plain(): boolean {
    return this.#plain;
  }

  /** Throws ProviderError for what is compressed, or no sound. */
  add(more: Uint8Array): void {
    this.#bytes = this.#bytes.length === 0 ? more : Buffer.concat([this.#bytes, more]);
    this.#format ??= this.#begin(false);
    if (this.#format !== undefined) this.#convert(this.#format);
  }

  /** Nothing more comes: what was too little to tell is plain. */
  end(): void {
    this.#format ??= this.#begin(true);
    if (this.#format !== undefined) this.#convert(this.#format);
  }

  /** Everything but the last `hold` samples. */
  take(hold: number): Int16Array {
    const all = new Int16Array(this.#waiting);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    const count = Math.max(0, all.length - hold);
    this.#chunks = [all.slice(count)];
    this.#waiting = all.length - count;
    this.taken += count;
    return all.slice(0, count);
  }

  #begin(ended: boolean): Format | undefined {
    const bytes = this.#bytes;
    const magic = text(bytes, 0);
    if (bytes.length < 4 && !ended) return undefined;
    if (magic === 'RIFF' || magic === 'RF64') return this.#header(ended);
    const compressed = magic.startsWith('ID3')
      ? 'mp3'
      : ({ OggS: 'ogg', fLaC: 'flac' } as Record<string, string>)[magic];
    if (compressed !== undefined) throw refused(compressed);
    const frame = mp3FrameBytes(bytes, 0);
    if (frame !== undefined) {
      if (bytes.length < frame + 4 && !ended) return undefined;
      if (mp3FrameBytes(bytes, frame) !== undefined) throw refused('mp3');
    }
    this.#plain = true;
    return PLAIN(this.#plainRate);
  }

  /** Reads up to the sound of a WAV file. */
  #header(ended: boolean): Format | undefined {
    const bytes = this.#bytes;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let format: Format | undefined;
    let at = 12;
    while (at + 8 <= bytes.length) {
      const [name, size] = [text(bytes, at), view.getUint32(at + 4, true)];
      // Its size may be unknown while it is being made: the sound goes on to the end.
      if (name === 'data') {
        if (format === undefined) throw refused('a WAV file without a format');
        this.#bytes = bytes.subarray(at + 8);
        return format;
      }
      if (name === 'fmt ' && at + 8 + size <= bytes.length) format = formatOf(view, at + 8, size);
      at += 8 + size + (size % 2);
    }
    if (ended || bytes.length > MOST_HEADER_BYTES) throw refused('a WAV file without sound');
    return undefined;
  }

  #convert({ bytes, channels, read }: Format): void {
    const frame = bytes * channels;
    const count = Math.floor(this.#bytes.length / frame);
    if (count === 0) return;
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
    const pcm = new Int16Array(count);
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) sum += read(view, i * frame + channel * bytes);
      pcm[i] = Math.max(-32_768, Math.min(32_767, Math.round(sum / channels)));
    }
    this.#chunks.push(pcm);
    this.#waiting += count;
    this.#bytes = this.#bytes.slice(count * frame);
  }
}

function formatOf(view: DataView, at: number, size: number): Format {
  const told = size < 16 ? 0 : view.getUint16(at, true);
  const tag = told === EXTENSIBLE && size >= 26 ? view.getUint16(at + 24, true) : told;
  const [channels, sampleRate, bits] =
    size < 16 ? [0, 0, 0] : [view.getUint16(at + 2, true), view.getUint32(at + 4, true), view.getUint16(at + 14, true)];
  const read = READERS[`${tag}/${bits}`];
  if (read === undefined || channels < 1 || channels > 8 || sampleRate < 8000 || sampleRate > 192_000)
    throw refused(`WAV of kind ${tag} with ${bits} bits, ${channels} channels at ${sampleRate} Hz`);
  return { sampleRate, channels, bytes: bits / 8, read };
}

/** By kind and bits; each gives what 16 bits would. */
const READERS: Readonly<Record<string, Format['read']>> = {
  [`${PCM}/8`]: (all, at) => (all.getUint8(at) - 128) * 256,
  [`${PCM}/16`]: (all, at) => all.getInt16(at, true),
  [`${PCM}/24`]: (all, at) => all.getInt16(at + 1, true) + all.getUint8(at) / 256,
  [`${PCM}/32`]: (all, at) => all.getInt32(at, true) / 65_536,
  [`${FLOAT}/32`]: (all, at) => finite(all.getFloat32(at, true)) * 32_767,
  [`${FLOAT}/64`]: (all, at) => finite(all.getFloat64(at, true)) * 32_767,
};

const finite = (value: number): number => (Number.isFinite(value) ? value : 0);

/** Kilobit/s of MPEG 1 and of MPEG 2 and 2.5, layer III, by the header's index. */
const MP3_KBPS = [
  [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const;
const MP3_HZ = [44_100, 48_000, 32_000] as const;

/** Length of the MPEG layer III frame that begins here (ISO 11172-3, 2.4.1.3); undefined where none does. */
function mp3FrameBytes(bytes: Uint8Array, at: number): number | undefined {
  const [sync = 0, kind = 0, rates = 0] = bytes.subarray(at, at + 3);
  const version = (kind >> 3) & 3;
  if (sync !== 0xff || (kind & 0xe0) !== 0xe0 || version === 1 || ((kind >> 1) & 3) !== 1) return undefined;
  const kbps = MP3_KBPS[version === 3 ? 0 : 1][(rates >> 4) - 1];
  const hz = MP3_HZ[(rates >> 2) & 3];
  if (kbps === undefined || hz === undefined) return undefined;
  const rate = version === 3 ? hz : version === 2 ? hz / 2 : hz / 4;
  return Math.floor(((version === 3 ? 144_000 : 72_000) * kbps) / rate) + ((rates >> 1) & 1);
}

const text = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

const refused = (what: string) =>
  new ProviderError(
    'bad-input',
    `the endpoint sends ${what}, not 16-bit samples or WAV: set its format to pcm or wav`,
    {
      retryable: false,
    },
  );
