import zlib from 'node:zlib';

/**
 * As much of the zip format as it takes to read named files out of an archive that lies in memory (APPNOTE.TXT 6.3,
 * without encryption, several disks and zip64). An archive's names are only ever compared with the wanted ones: where
 * anything is written is never its to say.
 */

const END = { signature: 0x06054b50, bytes: 22, entries: 10, directory: 16 };
const DIRECTORY = {
  signature: 0x02014b50,
  bytes: 46,
  method: 10,
  packed: 20,
  size: 24,
  name: 28,
  extra: 30,
  comment: 32,
  header: 42,
};
const HEADER = { signature: 0x04034b50, bytes: 30, name: 26, extra: 28 };
const STORED = 0;
const DEFLATED = 8;
/** A comment behind the end may be this long. */
const COMMENT_BYTES = 0xffff;

/** Contents of the wanted files, in the order asked for. Throws a RangeError where the archive is broken or lacks one. */
export function unzipped(archive, wanted) {
  const found = new Map();
  for (const entry of entries(archive)) if (wanted.includes(entry.name)) found.set(entry.name, entry);
  return wanted.map(name => {
    const entry = found.get(name);
    if (entry === undefined) throw new RangeError(`the archive has no ${name}`);
    return contents(archive, entry);
  });
}

function* entries(archive) {
  const end = endRecord(archive);
  let at = archive.readUInt32LE(end + END.directory);
  for (let left = archive.readUInt16LE(end + END.entries); left > 0; left--) {
    expect(archive, at, DIRECTORY);
    const length = archive.readUInt16LE(at + DIRECTORY.name);
    const after = at + DIRECTORY.bytes + length;
    if (after > archive.length) throw new RangeError('the archive is cut off');
    yield {
      name: archive.toString('utf8', at + DIRECTORY.bytes, after),
      method: archive.readUInt16LE(at + DIRECTORY.method),
      packed: archive.readUInt32LE(at + DIRECTORY.packed),
      size: archive.readUInt32LE(at + DIRECTORY.size),
      header: archive.readUInt32LE(at + DIRECTORY.header),
    };
    at = after + archive.readUInt16LE(at + DIRECTORY.extra) + archive.readUInt16LE(at + DIRECTORY.comment);
  }
}

function endRecord(archive) {
  const least = Math.max(0, archive.length - END.bytes - COMMENT_BYTES);
  for (let at = archive.length - END.bytes; at >= least; at--)
    if (archive.readUInt32LE(at) === END.signature) return at;
  throw new RangeError('this is no archive, or one that is cut off');
}

function contents(archive, { name, method, packed, size, header }) {
  expect(archive, header, HEADER);
  const from =
    header + HEADER.bytes + archive.readUInt16LE(header + HEADER.name) + archive.readUInt16LE(header + HEADER.extra);
  if (from + packed > archive.length) throw new RangeError('the archive is cut off');
  const bytes = archive.subarray(from, from + packed);
  if (method !== STORED && method !== DEFLATED)
    throw new RangeError(`${name} is packed in a way that is not known here`);
  const file = method === STORED ? bytes : inflated(bytes, size);
  if (file.length !== size) throw new RangeError(`${name} has not the size that the archive says`);
  return file;
}

function inflated(bytes, size) {
  try {
    return zlib.inflateRawSync(bytes, { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    throw new RangeError(`a packed file cannot be read: ${error.message}`);
  }
}

function expect(archive, at, { signature, bytes }) {
  if (at + bytes > archive.length || archive.readUInt32LE(at) !== signature)
    throw new RangeError('the archive is broken');
}
