import fs from 'node:fs';
import path from 'node:path';
import type { RecordingEnd } from '../metrics/recordings.ts';
import { encodeStretch, FILES, type Manifest, type RecordedEvent } from './format.ts';

/** A disk that is this far behind is too slow: the recording ends, the call does not notice [C2]. */
const MAX_WAITING_BYTES = 4 * 2 ** 20;
/** What has come within this time is written together. */
const WRITE_EVERY_MS = 500;

/** Says how many bytes may still be written: it is told before they are, and answers whether they may be. */
export type Budget = (bytes: number) => boolean;

/** A file, and what is to be written to it next. */
interface File {
  stream?: fs.WriteStream;
  chunks: Buffer[];
}

/**
 * One recording that is being written. Nothing here waits or throws: what goes wrong ends the recording. Times are given
 * on the session's clock.
 */
export class Recording {
  readonly folder: string;
  readonly #startMs: number;
  readonly #budget: Budget;
  readonly #ended: (reason: RecordingEnd, error?: Error) => void;
  readonly #files = new Map<string, File>();
  readonly #people = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  /** Resolves when there is a folder, or cannot be one. */
  readonly #opening: Promise<void>;
  #open = false;
  #waitingBytes = 0;
  #closed = false;
  #closing: Promise<void> | undefined;

  /** @param ended told when it ends by itself */
  constructor(
    folder: string,
    manifest: Manifest,
    options: { startMs: number; budget: Budget; ended: (reason: RecordingEnd, error?: Error) => void },
  ) {
    this.folder = folder;
    this.#startMs = options.startMs;
    this.#budget = options.budget;
    this.#ended = options.ended;
    this.#opening = this.#makeFolder(manifest);
    this.#timer = setInterval(() => this.#flush(), WRITE_EVERY_MS);
    this.#timer.unref();
  }

  /** The number of a person in the names of files. */
  person(identity: string): number {
    const number = this.#people.get(identity) ?? this.#people.size;
    this.#people.set(identity, number);
    return number;
  }

  has(identity: string): boolean {
    return this.#people.has(identity);
  }

  /** ms from the start. */
  at(nowMs: number): number {
    return Math.max(0, Math.round((nowMs - this.#startMs) * 1000) / 1000);
  }

  event(event: RecordedEvent): void {
    this.#write(FILES.events, Buffer.from(`${JSON.stringify(event)}\n`));
  }

  /** Sound of a person, as it arrived. */
  heard(identity: string, pcm: Int16Array, audible: boolean, nowMs: number): void {
    const number = this.person(identity);
    // The samples first: an index never speaks of what is not there.
    if (audible) this.#write(FILES.audio(number), Buffer.from(pcm.slice().buffer));
    this.#write(FILES.index(number), encodeStretch({ ms: this.at(nowMs), samples: pcm.length, audible }));
  }

  /** Resolves when everything is on the disk, or could not be put there. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closed = true;
    await this.#opening;
    this.#flush();
    const streams = [...this.#files.values()].flatMap(({ stream }) => stream ?? []);
    await Promise.all(streams.map(stream => new Promise<void>(resolve => stream.end(() => resolve()))));
  }

  async #makeFolder(manifest: Manifest): Promise<void> {
    try {
      await fs.promises.mkdir(this.folder, { recursive: true, mode: 0o700 });
      const file = path.join(this.folder, FILES.manifest);
      await fs.promises.writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
      this.#open = true;
    } catch (error) {
      this.#end('failed', error as Error);
    }
  }

  #write(name: string, bytes: Buffer): void {
    if (this.#closed) return;
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > MAX_WAITING_BYTES) this.#end('slow-disk');
    else if (!this.#budget(bytes.length)) this.#end('full');
    else {
      const file = this.#files.get(name) ?? { chunks: [] };
      file.chunks.push(bytes);
      this.#files.set(name, file);
    }
  }

  #flush(): void {
    if (!this.#open) return;
    for (const [name, file] of this.#files) {
      if (file.chunks.length === 0) continue;
      file.stream ??= this.#create(name);
      const bytes = Buffer.concat(file.chunks.splice(0));
      file.stream.write(bytes, () => {
        this.#waitingBytes -= bytes.length;
      });
    }
  }

  #create(name: string): fs.WriteStream {
    const stream = fs.createWriteStream(path.join(this.folder, name), { flags: 'a', mode: 0o600 });
    return stream.on('error', error => this.#end('failed', error));
  }

  #end(reason: RecordingEnd, error?: Error): void {
    if (this.#closed) return;
    void this.close();
    this.#ended(reason, error);
  }
}
