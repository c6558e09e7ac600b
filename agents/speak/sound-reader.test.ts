import { describe, expect, it } from 'vitest';
import { ProviderError } from '../base/errors.ts';
import { SoundReader } from './sound-reader.ts';

const SAMPLES = [0, 1000, -1000, 32_767, -32_768, 5];

/** A WAV file of these samples. */
function wav(
  { tag = 1, bits = 16, rate = 22_050, channels = 1, before = Buffer.alloc(0), size = 0 } = {},
  samples = SAMPLES,
): Buffer {
  const data = Buffer.alloc((samples.length * channels * bits) / 8);
  const write = (sample: number, at: number) => {
    if (tag === 3) bits === 64 ? data.writeDoubleLE(sample / 32_767, at) : data.writeFloatLE(sample / 32_767, at);
    else if (bits === 8) data.writeUInt8((sample >> 8) + 128, at);
    else if (bits === 24) data.writeIntLE(sample * 256, at, 3);
    else if (bits === 32) data.writeInt32LE(sample * 65_536, at);
    else data.writeInt16LE(sample, at);
  };
  for (const [i, sample] of samples.entries())
    for (let channel = 0; channel < channels; channel++) write(sample, ((i * channels + channel) * bits) / 8);
  const head = Buffer.alloc(36);
  head.write('RIFF', 0);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(tag, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt16LE(bits, 34);
  const chunk = Buffer.alloc(8);
  chunk.write('data');
  chunk.writeUInt32LE(size || data.length, 4);
  return Buffer.concat([head, before, chunk, data]);
}

function read(bytes: Uint8Array, size = bytes.length) {
  const reader = new SoundReader(24_000);
  for (let at = 0; at < bytes.length; at += size) reader.add(bytes.slice(at, at + size));
  reader.end();
  return { pcm: [...reader.take(0)], rate: reader.sampleRate };
}

describe('sound from an endpoint', () => {
  it.each([1, 2, 3, 7, 1000])('without a header is plain samples, in pieces of %i bytes', size => {
    const bytes = Buffer.alloc(SAMPLES.length * 2);
    for (const [i, sample] of SAMPLES.entries()) bytes.writeInt16LE(sample, i * 2);
    expect(read(bytes, size)).toEqual({ pcm: SAMPLES, rate: 24_000 });
  });

  it.each([1, 3, 50, 1000])('may be WAV, which tells its rate, in pieces of %i bytes', size => {
    expect(read(wav(), size)).toEqual({ pcm: SAMPLES, rate: 22_050 });
    expect(read(wav({ rate: 48_000, channels: 2 }), size)).toEqual({ pcm: SAMPLES, rate: 48_000 });
  });

  it.each([
    [1, 24],
    [1, 32],
    [3, 32],
    [3, 64],
  ])('may be WAV of kind %i with %i bits', (tag, bits) => {
    const { pcm } = read(wav({ tag, bits }));
    for (const [i, sample] of SAMPLES.entries()) expect(Math.abs(pcm[i]! - sample)).toBeLessThanOrEqual(1);
  });

  it('may be WAV of 8 bits', () => {
    expect(read(wav({ bits: 8 }, [0, 256, -256])).pcm).toEqual([0, 256, -256]);
  });

  it('may be WAV with more in its header, and of a length that nobody knows yet', () => {
    const list = Buffer.concat([Buffer.from('LIST'), Buffer.from([3, 0, 0, 0]), Buffer.from('abc\0')]);
    expect(read(wav({ before: list, size: 0xffff_ffff }), 5)).toEqual({ pcm: SAMPLES, rate: 22_050 });
  });

  it('that is loud beyond 16 bits, or no number, stays within them', () => {
    const file = wav({ tag: 3, bits: 32 }, [0, 0, 0]);
    file.writeFloatLE(7, file.length - 12);
    file.writeFloatLE(Number.NaN, file.length - 8);
    file.writeFloatLE(-7, file.length - 4);
    expect(read(file).pcm).toEqual([32_767, 0, -32_768]);
  });

  it.each<[string, Uint8Array]>([
    ['an mp3 file with a title', Buffer.from('ID3\x04more of it')],
    ['an mp3 stream', Buffer.concat([frame(), frame()])],
    ['an Ogg file', Buffer.from('OggS\0\0\0\0')],
    ['a FLAC file', Buffer.from('fLaC\0\0\0\0')],
    ['WAV that is compressed', wav({ tag: 85 })],
    ['WAV at no rate', wav({ rate: 1 })],
    ['WAV without channels', wav({ channels: 0 }, [])],
    ['WAV without sound', wav().subarray(0, 36)],
  ])('is refused as %s, in words', (_, bytes) => {
    for (const size of [1, 1000]) {
      expect(() => read(bytes, size)).toThrow(ProviderError);
      expect(() => read(bytes, size)).toThrow(/set its format to pcm or wav/);
    }
  });

  it('is no mp3 because two of its bytes look like it', () => {
    const bytes = Buffer.alloc(4000);
    bytes.writeUInt16BE(0xfffb, 0);
    bytes.writeUInt8(0x90, 2);
    expect(read(bytes).pcm).toHaveLength(2000);
  });
});

/** An MPEG 1 layer III frame, 128 kbit/s at 44.1 kHz: 417 bytes. */
function frame(): Buffer {
  const bytes = Buffer.alloc(417);
  bytes.set([0xff, 0xfb, 0x90, 0x00]);
  return bytes;
}
