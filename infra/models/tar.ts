/** As much of the tar format (POSIX ustar) as it takes to read named files out of a package that lies in memory. */

const BLOCK = 512;
const NAME = { at: 0, bytes: 100 };
const SIZE = { at: 124, bytes: 12 };

/** Contents of the wanted files, in the order asked for. Throws a RangeError where the archive is broken or lacks one. */
export function untarred(archive: Buffer, wanted: readonly string[]): Buffer[] {
  const found = new Map<string, Buffer>();
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const text = ({ at: from, bytes }: typeof NAME) =>
      archive.toString('latin1', at + from, at + from + bytes).split('\0', 1)[0]!;
    const name = text(NAME);
    // Two empty blocks are the end.
    if (name === '') break;
    const size = Number.parseInt(text(SIZE), 8);
    const from = at + BLOCK;
    if (!(size >= 0) || from + size > archive.length) throw new RangeError('the archive is cut off, or is none');
    if (wanted.includes(name)) found.set(name, archive.subarray(from, from + size));
    at = from + Math.ceil(size / BLOCK) * BLOCK;
  }
  return wanted.map(name => {
    const file = found.get(name);
    if (file === undefined) throw new RangeError(`the archive has no ${name}`);
    return file;
  });
}
