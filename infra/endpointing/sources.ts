/**
 * Recordings of people from packages that anybody can have, with what they mean for the end of a turn:
 * - `ami/`: test data of the Python package pyannote.audio 3.1.1 (source distribution, `tests/data`): half minutes of
 *   meetings from the AMI corpus (CC BY 4.0), with who speaks when.
 * - `prompts/`: Debian's asterisk-core-sounds-en-g722 and asterisk-core-sounds-en (CC BY-SA 3.0): a speaker's
 *   announcements and pieces of announcements, with their texts.
 * - `sphinx/`: Debian's pocketsphinx-testdata (BSD): sentences read from a book, cards, commands.
 */
import fs from 'node:fs';
import path from 'node:path';
import { Decoder, Demuxer } from 'node-av/api';
import { LISTEN_RATE } from '../../agents/base/rates.ts';
import { completeness } from '../../agents/listen/witness/completeness.ts';

/** A recording, and where in it somebody has the floor. */
export interface Recording {
  name: string;
  /** 16 kHz mono. */
  pcm: Int16Array;
  /** Who speaks from when to when, seconds; absent: one person, all of it. */
  speakers?: { who: string; fromS: number; toS: number }[];
  /** Whether the person is done when it ends; undefined where that cannot be told. */
  ends: boolean | undefined;
}

/** @param folder with the packages' contents as `fetch.sh` lays them */
export async function* recordings(folder: string): AsyncGenerator<Recording> {
  yield* meetings(path.join(folder, 'ami'));
  yield* prompts(path.join(folder, 'prompts'));
  yield* sphinx(path.join(folder, 'sphinx'));
}

function* meetings(folder: string): Generator<Recording> {
  const said = new Map<string, Recording['speakers']>();
  for (const file of fs.readdirSync(folder).filter(name => name.endsWith('.rttm')))
    for (const line of fs.readFileSync(path.join(folder, file), 'utf8').split('\n')) {
      const [, name, , from, length, , , who] = line.split(/\s+/);
      if (name === undefined || who === undefined) continue;
      const fromS = Number(from);
      said.set(name, [...(said.get(name) ?? []), { who, fromS, toS: fromS + Number(length) }]);
    }
  for (const [name, speakers] of [...said].toSorted())
    yield { name: `ami/${name}`, pcm: readWav(path.join(folder, `${name}.wav`)), speakers: speakers!, ends: undefined };
}

async function* prompts(folder: string): AsyncGenerator<Recording> {
  const texts = fs.readFileSync(path.join(folder, 'core-sounds-en.txt'), 'utf8').split('\n');
  for (const line of texts) {
    const colon = line.indexOf(': ');
    const [name, text] = [line.slice(0, colon), line.slice(colon + 2).trim()];
    const file = path.join(folder, `${name}.g722`);
    if (colon < 0 || line.startsWith(';') || text.startsWith('[') || !fs.existsSync(file)) continue;
    const pcm = await decoded(file);
    // A piece that is put before another ("You have") ends in its middle; others may or may not.
    const ends =
      /[.!?]["']?$/.test(text) && !text.endsWith('..') ? true : completeness(text) === 'trailing' ? false : undefined;
    yield { name: `prompts/${name}`, pcm, ends };
  }
}

function* sphinx(folder: string): Generator<Recording> {
  const book = path.join(folder, 'librivox');
  for (const file of fs
    .readdirSync(book)
    .filter(name => name.endsWith('.wav'))
    .toSorted())
    yield { name: `sphinx/${file}`, pcm: readWav(path.join(book, file)), ends: undefined };
}

async function decoded(file: string): Promise<Int16Array> {
  const demuxer = await Demuxer.open(file);
  const stream = demuxer.audio()!;
  const decoder = await Decoder.create(stream);
  const pieces: Buffer[] = [];
  for await (const frame of decoder.frames(demuxer.packets(stream.index)))
    if (frame !== null) pieces.push(Buffer.from(frame.data![0]!.subarray(0, frame.nbSamples * 2)));
  decoder.close();
  await demuxer.close();
  const bytes = Buffer.concat(pieces);
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** Mono, 16 kHz, as integers of 16 bits or as floating-point numbers. */
export function readWav(file: string): Int16Array {
  const bytes = fs.readFileSync(file);
  let at = 12;
  let isFloat = false;
  while (bytes.toString('latin1', at, at + 4) !== 'data') {
    if (bytes.toString('latin1', at, at + 4) === 'fmt ') {
      isFloat = bytes.readUInt16LE(at + 8) === 3;
      if (bytes.readUInt32LE(at + 12) !== LISTEN_RATE) throw new Error(`${file}: not 16 kHz`);
    }
    at += 8 + bytes.readUInt32LE(at + 4);
  }
  const from = at + 8;
  const length = Math.min(bytes.readUInt32LE(at + 4), bytes.length - from);
  const copy = bytes.buffer.slice(bytes.byteOffset + from, bytes.byteOffset + from + length);
  if (!isFloat) return new Int16Array(copy, 0, length >> 1);
  return Int16Array.from(new Float32Array(copy, 0, length >> 2), sample =>
    Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))),
  );
}
