import { loadImage } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { astronautFile, drawn, hiddenFrame, pngBomb, withExif } from '../testing/pictures.ts';
import { sniff } from './sniff.ts';

const blank = (format: 'jpeg' | 'png' | 'webp') => drawn(70, 30, () => {}, format);

describe('sniffing', () => {
  it.each(['jpeg', 'png', 'webp'] as const)('tells a %s and its size by its bytes', async format => {
    expect(sniff(await blank(format))).toEqual({ type: format, width: 70, height: 30, ended: true });
  });

  it('finds the size behind what a camera writes first', async () => {
    expect(sniff(withExif(await astronautFile(), 6, 'x'.repeat(5000)))).toMatchObject({ width: 512, height: 512 });
  });

  it('reads lossless and extended WebP', () => {
    const webp = (kind: string, body: number[]) => {
      const file = Buffer.from([...Buffer.from('RIFF____WEBP'), ...Buffer.from(kind), 0, 0, 0, 0, ...body]);
      file.writeUInt32LE(file.length - 8, 4);
      return file;
    };
    const lossless = 69 | (29 << 14);
    expect(sniff(webp('VP8L', [0x2f, ...Buffer.from(Uint32Array.of(lossless).buffer)]))).toEqual({
      type: 'webp',
      width: 70,
      height: 30,
      ended: true,
    });
    expect(sniff(webp('VP8X', [0, 0, 0, 0, 69, 0, 0, 29, 0, 0]))).toMatchObject({ width: 70, height: 30 });
    expect(() => sniff(webp('VP8X', [0, 0, 0, 0, 255, 255, 255, 255, 255, 255]))).toThrow(/megapixels/);
  });

  it('keeps a picture that a phone has appended a film to', async () => {
    expect(sniff(Buffer.concat([await blank('jpeg'), Buffer.alloc(10_000, 7)]))).toMatchObject({ type: 'jpeg' });
  });

  it('sees through a small frame behind a hidden large one', async () => {
    // What decoders make of it, with a size that does no harm.
    expect(await loadImage(await hiddenFrame(900, 700))).toMatchObject({ width: 900, height: 700 });
    const evil = await hiddenFrame(12_000, 12_000);
    expect(() => sniff(evil)).toThrow(expect.objectContaining({ code: 'broken-image' }));
  });

  it('looks for the end of a JPEG behind the small picture that its camera put in front', async () => {
    const thumbnail = (await blank('jpeg')).toString('latin1');
    const photo = withExif(await astronautFile(), 1, thumbnail);
    expect(sniff(photo)).toMatchObject({ width: 512, height: 512 });
    expect(sniff(photo.subarray(0, photo.length * 0.6))).toMatchObject({ ended: false });
  });

  it.each([
    ['a JPEG without a frame', Buffer.from([0xff, 0xd8, 0xff, 0xd9])],
    ['a JPEG whose segment points behind its end', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff, 0, 0])],
    ['a JPEG of rubbish', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 2, 1, 2, 3, 4])],
    ['a PNG without pixels', pngBomb(0, 10)],
    ['a WebP of an unknown kind', Buffer.from('RIFF\x04\0\0\0WEBPABCD')],
  ])('%s is damaged', (_, file) => {
    expect(() => sniff(file)).toThrow(expect.objectContaining({ code: 'broken-image' }));
  });
});
