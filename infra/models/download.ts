/** One large file over HTTP: goes on where an earlier try ended, is checked, and is there whole or not at all. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { OperatorError } from '../../telemetry/operator-error.ts';

export interface Wanted {
  address: string;
  bytes: number;
  sha256: string;
}

export interface DownloadOptions {
  /** Serves the same paths in the place of the address's own host. */
  mirror?: string | undefined;
  /** Told a line every few percent. */
  say(line: string): void;
  signal: AbortSignal;
  /** Nothing comes for so long: the try is over. */
  stallMs?: number;
}

const STALL_MS = 30_000;
const TELL_EVERY = 0.05;
const OK = 200;
const PARTIAL = 206;
const NOT_SATISFIABLE = 416;
const megabytes = (bytes: number) => Math.round(bytes / 1_000_000);

/** The address at a mirror: another host (and folder), the same path. Throws OperatorError. */
export function addressAt(address: string, mirror: string | undefined): string {
  if (mirror === undefined || mirror === '') return address;
  if (!URL.canParse(mirror)) throw new OperatorError(`VISAVIS_MODELS_MIRROR is no address: ${mirror}`);
  const { pathname, search } = new URL(address);
  return mirror.replace(/\/$/, '') + pathname + search;
}

/** Puts the file at `target`. Throws OperatorError; what has come is kept beside it for the next try. */
export async function download(wanted: Wanted, target: string, options: DownloadOptions): Promise<void> {
  const part = `${target}.part`;
  const address = addressAt(wanted.address, options.mirror);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  if (sizeOf(part) < wanted.bytes) await fetchRest(wanted, part, address, options);
  const size = sizeOf(part);
  if (size < wanted.bytes)
    throw new OperatorError(`${address} ended after ${megabytes(size)} MB; say it again to go on from there`);
  options.say('checking what has come');
  const sha256 = await hashOf(part);
  if (size !== wanted.bytes || sha256 !== wanted.sha256) {
    fs.rmSync(part);
    throw new OperatorError(`${address} is not the file that is known here (its SHA-256 is ${sha256}): it is not kept`);
  }
  fs.renameSync(part, target);
}

async function fetchRest(wanted: Wanted, part: string, address: string, options: DownloadOptions): Promise<void> {
  const { say, signal, stallMs = STALL_MS } = options;
  const from = sizeOf(part);
  const stalled = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stalled.abort(new Error(`nothing came for ${stallMs / 1000} s`)), stallMs);
  };
  wait();
  try {
    const response = await fetch(address, {
      signal: AbortSignal.any([signal, stalled.signal]),
      headers: from > 0 ? { range: `bytes=${from}-` } : {},
    });
    const { status, body } = response;
    if (status === NOT_SATISFIABLE) fs.rmSync(part, { force: true });
    if ((status !== OK && status !== PARTIAL) || body === null)
      throw new Error(`it answers with ${status} ${response.statusText}`.trim());
    const goesOn = from > 0 && status === PARTIAL;
    let come = goesOn ? from : 0;
    let told = come / wanted.bytes;
    if (goesOn) say(`going on after ${megabytes(from)} MB`);
    const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        wait();
        come += chunk.length;
        // Whoever sends more than was asked for may send for ever.
        if (come > wanted.bytes) throw new Error('it sends more than the file that is known here');
        if (come / wanted.bytes >= told + TELL_EVERY) {
          told = come / wanted.bytes;
          say(`${Math.round(told * 100)} % of ${megabytes(wanted.bytes)} MB`);
        }
        yield chunk;
      }
    };
    await pipeline(Readable.fromWeb(body as never), counted, fs.createWriteStream(part, { flags: goesOn ? 'a' : 'w' }));
  } catch (error) {
    signal.throwIfAborted();
    const reason = stalled.signal.aborted ? (stalled.signal.reason as Error) : (error as Error);
    const { cause } = reason as { cause?: Error };
    throw new OperatorError(
      `${address} cannot be had: ${cause?.message ?? reason.message}. Say it again to go on from there; VISAVIS_MODELS_MIRROR names a host that has the same paths; or put the file there yourself: ${part.replace(/\.part$/, '')}`,
    );
  } finally {
    clearTimeout(timer);
  }
}

const sizeOf = (file: string): number => fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(fs.createReadStream(file), hash);
  return hash.digest('hex');
}
