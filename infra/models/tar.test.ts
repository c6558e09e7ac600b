import { describe, expect, it } from 'vitest';
import { untarred } from './tar.ts';

const BLOCK = 512;

/** An archive of these files, as a packer would write it. */
function archive(files: Record<string, string>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, text]) => {
    const head = Buffer.alloc(BLOCK);
    head.write(name, 0);
    head.write(`${text.length.toString(8).padStart(11, '0')}\0`, 124);
    const body = Buffer.alloc(Math.ceil(text.length / BLOCK) * BLOCK);
    body.write(text);
    return [head, body];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

describe('an archive of npm', () => {
  const files = { 'package/a.bin': 'one', 'package/long.bin': 'x'.repeat(1500), 'package/b.bin': '' };

  it('gives the files that are asked for, in that order', () => {
    const wanted = ['package/b.bin', 'package/long.bin', 'package/a.bin'];
    expect(untarred(archive(files), wanted).map(String)).toEqual(['', 'x'.repeat(1500), 'one']);
  });

  it('is refused where it lacks one, is cut off, or is none', () => {
    expect(() => untarred(archive(files), ['package/c.bin'])).toThrow(/has no package\/c.bin/);
    expect(() => untarred(archive(files).subarray(0, 2000), ['package/long.bin'])).toThrow(RangeError);
    expect(() => untarred(Buffer.alloc(3 * BLOCK, 'no archive'), ['x'])).toThrow(RangeError);
    expect(() => untarred(Buffer.alloc(0), ['x'])).toThrow(RangeError);
  });

  it('never says where anything is written: names that lead elsewhere are names like others', () => {
    expect(untarred(archive({ '../../etc/passwd': 'x', 'package/a': 'y' }), ['package/a']).map(String)).toEqual(['y']);
  });
});
