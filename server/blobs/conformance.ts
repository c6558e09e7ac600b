/** What every form of {@link Blobs} has to do, wherever it keeps them. */
import { Readable } from 'node:stream';
import { beforeEach, expect, it } from 'vitest';
import { type Blobs, textOf } from './port.ts';

/** @param make with nothing kept yet */
export function blobsConformance(make: () => Blobs | Promise<Blobs>): void {
  let blobs: Blobs;
  const put = (key: string, text: string) => blobs.put(key, Buffer.from(text));
  const read = async (key: string) => textOf(await blobs.get(key));
  beforeEach(async () => {
    blobs = await make();
  });

  it('gives back what was put, byte for byte, as bytes or as a stream', async () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) % 256);
    await blobs.put('a/picture.webp', bytes);
    await blobs.put('a/film.webm', Readable.from([bytes.subarray(0, 1000), bytes.subarray(1000)]));
    for (const key of ['a/picture.webp', 'a/film.webm']) {
      const blob = (await blobs.get(key))!;
      const parts: Buffer[] = [];
      for await (const part of blob.stream()) parts.push(part);
      expect(blob.size).toBe(bytes.length);
      expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    }
  });

  it('keeps nothing as well as something', async () => {
    await put('empty', '');
    expect([(await blobs.get('empty'))?.size, await read('empty')]).toEqual([0, '']);
  });

  it('has nothing where nothing was put: neither beside, above nor below', async () => {
    await put('a/b', 'x');
    for (const key of ['a', 'a/c', 'a/b/c', 'b']) expect(await blobs.get(key)).toBeUndefined();
  });

  it('puts one in place of another', async () => {
    await put('a/b', 'old');
    await put('a/b', 'new');
    expect(await read('a/b')).toBe('new');
    expect(await blobs.list('a')).toEqual(['b']);
  });

  it('shows a blob whole or not at all: one that does not come to its end changes nothing', async () => {
    await put('a/b', 'old');
    const broken = () =>
      Readable.from(
        (async function* () {
          yield Buffer.from('ne');
          expect(await read('a/b')).toBe('old');
          throw new Error('cut off');
        })(),
      );
    await expect(blobs.put('a/b', broken())).rejects.toThrow('cut off');
    await expect(blobs.put('a/c', broken())).rejects.toThrow('cut off');
    expect([await read('a/b'), await blobs.list('a')]).toEqual(['old', ['b']]);
  });

  it('puts nothing once it is told to stop', async () => {
    const stop = new AbortController();
    const endless = Readable.from(
      (async function* () {
        for (let i = 0; ; i++) {
          yield Buffer.from('more');
          if (i === 3) stop.abort();
          await new Promise(resolve => setImmediate(resolve));
        }
      })(),
    );
    await expect(blobs.put('a/b', endless, stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect([await blobs.get('a/b'), await blobs.list()]).toEqual([undefined, []]);
  });

  it('stops reading when it is told to', async () => {
    await put('a/b', 'text');
    const signal = AbortSignal.abort();
    await expect(textOf(await blobs.get('a/b'), signal)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('lists the names right below a prefix, in order', async () => {
    for (const key of ['b/2', 'b/1', 'a/x/deep', 'a.txt']) await put(key, 'x');
    expect(await blobs.list()).toEqual(['a', 'a.txt', 'b']);
    expect(await blobs.list('b')).toEqual(['1', '2']);
    expect(await blobs.list('a')).toEqual(['x']);
    expect([await blobs.list('c'), await blobs.list('b/1')]).toEqual([[], []]);
  });

  it('erases what a key begins, and nothing that only begins alike', async () => {
    for (const key of ['a/1', 'a/x/2', 'ab/1', 'b']) await put(key, 'x');
    await blobs.erase('a');
    await blobs.erase('b');
    await blobs.erase('b');
    await blobs.erase('nothing/at/all');
    expect(await blobs.get('a/1')).toBeUndefined();
    expect(await blobs.list()).toEqual(['ab']);
    await put('a/1', 'again');
    expect(await blobs.list('a')).toEqual(['1']);
  });

  it('is tidied without harm to what is kept, or is being put', async () => {
    await put('a/b', 'x');
    const slow = Readable.from(
      (async function* () {
        yield Buffer.from('whole');
        await blobs.tidy();
      })(),
    );
    await blobs.put('a/c', slow);
    expect([await read('a/b'), await read('a/c')]).toEqual(['x', 'whole']);
  });

  it('takes many at once', async () => {
    const keys = Array.from({ length: 20 }, (_, i) => `many/${i}`);
    await Promise.all(keys.map(key => put(key, key)));
    expect(await Promise.all(keys.map(read))).toEqual(keys);
  });

  it.each([
    '',
    '.',
    '..',
    '/',
    '/etc/passwd',
    '../outside',
    'a/../../outside',
    'a//b',
    'a/',
    '.hidden',
    'a/.hidden',
    'a\\b',
    'a\0b',
    'a b',
    'ü',
    'x'.repeat(200),
    'x/'.repeat(300),
  ])('[S1] keeps nothing under %j, and finds nothing there', async key => {
    await expect(put(key, 'x')).rejects.toThrow(RangeError);
    expect([await blobs.get(key), await blobs.list(key)]).toEqual([undefined, []]);
    await put('a/b', 'x');
    await blobs.erase(key);
    expect(await read('a/b')).toBe('x');
  });
}
