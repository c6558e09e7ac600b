import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Logger } from 'pino';
import type { ConversationRecord, Journaled } from '../store/records.ts';
import { decode, encode, isSegment, segmentName } from './segments.ts';

/** Records of so long are written together; then they are on the disk. */
const GROUP_MS = 50;
/** While the disk takes nothing. */
const RETRY_MS = 1000;
/** A file that has grown so far is followed by another. */
const SEGMENT_BYTES = 1024 * 1024;
/** A file of so much is not kept when all of it is in the database. */
const DRAINED_BYTES = 64 * 1024;

/** More than anybody can say. */
const NUMBERS_PER_MS = 1000;

export interface JournalOptions {
  /** What may wait for the database; past that new records are dropped [C2]. */
  maxBytes: number;
  log: Logger;
  /** Something changed in what waits: `queued`, `bytes` or `dropped`. */
  onChange?: () => void;
  /** Another disk, in tests. */
  open?: (file: string) => Promise<Pick<fs.promises.FileHandle, 'write' | 'datasync' | 'close'>>;
}

interface Waiting extends Journaled {
  /** As it is put into the file; empty once it lies there. */
  line: string;
  bytes: number;
}

interface Segment {
  file: string;
  /** Highest place in it; 0 while it is empty. */
  last: number;
}

interface OpenSegment extends Segment {
  handle: Awaited<ReturnType<NonNullable<JournalOptions['open']>>>;
  size: number;
}

/**
 * What happened and is not in the database yet: in memory, and on the disk a moment later. Appending never waits and
 * never throws. Records are numbered, handed on in that order, and forgotten once they are stored. What a killed
 * process leaves on the disk is there when the journal is opened again.
 */
export class Journal {
  /** Of this journal among all that write into one database. */
  readonly id: string;
  readonly #folder: string;
  readonly #options: JournalOptions;
  readonly #queue: Waiting[] = [];
  readonly #sealed: Segment[];
  #unwritten: Waiting[] = [];
  #active: OpenSegment | undefined;
  #next: number;
  #stored = 0;
  #bytes = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #disk: Promise<void> = Promise.resolve();
  /** Why nothing can be put down at the moment. */
  #fault: string | undefined;
  #full = false;
  #closed = false;

  static async open(folder: string, options: JournalOptions): Promise<Journal> {
    await fs.promises.mkdir(folder, { recursive: true, mode: 0o700 });
    const id = await identity(path.join(folder, 'id'));
    const names = (await fs.promises.readdir(folder)).filter(isSegment).toSorted();
    const found: Journaled[] = [];
    const segments: Segment[] = [];
    let damaged = 0;
    for (const name of names) {
      const file = path.join(folder, name);
      const read = decode(await fs.promises.readFile(file, 'utf8'));
      damaged += read.damaged;
      found.push(...read.records);
      segments.push({ file, last: read.records.at(-1)?.seq ?? 0 });
    }
    if (damaged > 0)
      options.log.warn({ lines: damaged }, 'the journal was damaged: what could not be read is left out');
    // Beyond everything that a process before this one may have numbered: what it stored and was killed before it had
    // put it down, is known to the database only.
    const next = Math.max((found.at(-1)?.seq ?? 0) + 1, Date.now() * NUMBERS_PER_MS);
    return new Journal(folder, id, options, { found, segments, next });
  }

  private constructor(
    folder: string,
    id: string,
    options: JournalOptions,
    { found, segments, next }: { found: Journaled[]; segments: Segment[]; next: number },
  ) {
    this.#folder = folder;
    this.id = id;
    this.#options = options;
    this.#next = next;
    this.#sealed = segments;
    for (const each of found) {
      const bytes = encode(each).length;
      this.#queue.push({ ...each, line: '', bytes });
      this.#bytes += bytes;
    }
  }

  /** Records that are not in the database yet. */
  get queued(): number {
    return this.#queue.length;
  }
  get bytes(): number {
    return this.#bytes;
  }
  /** Records for which there was no room. */
  get dropped(): number {
    return this.#dropped;
  }
  /** The disk takes nothing: what waits, waits in memory only. */
  get fault(): string | undefined {
    return this.#fault;
  }
  /** Place of the latest record. */
  get last(): number {
    return this.#next - 1;
  }
  /** Whether everything up to this place is in the database. */
  isStored(seq: number): boolean {
    const [oldest] = this.#queue;
    return oldest === undefined || oldest.seq > seq;
  }

  /** False when there is no room for it: then it is lost, and counted. */
  append(record: ConversationRecord): boolean {
    if (this.#closed) return false;
    const line = encode({ seq: this.#next, record });
    const bytes = Buffer.byteLength(line);
    if (this.#bytes + bytes > this.#options.maxBytes) return this.#drop(record);
    const waiting = { seq: this.#next, record, line, bytes };
    this.#next += 1;
    this.#queue.push(waiting);
    this.#unwritten.push(waiting);
    this.#bytes += bytes;
    this.#schedule(GROUP_MS);
    this.#options.onChange?.();
    return true;
  }

  /** The oldest ones. */
  peek(limit: number): Journaled[] {
    return this.#queue.slice(0, limit);
  }

  /** Everything up to this place is in the database now. */
  release(seq: number): void {
    this.#stored = Math.max(this.#stored, seq);
    this.#next = Math.max(this.#next, seq + 1);
    let count = 0;
    for (const { seq: each, bytes } of this.#queue) {
      if (each > seq) break;
      this.#bytes -= bytes;
      count += 1;
    }
    this.#queue.splice(0, count);
    this.#full = false;
    this.#options.onChange?.();
    if (this.#sealed.some(({ last }) => last <= seq)) void this.#onDisk(() => this.#removeStored());
    if (this.#queue.length === 0 && (this.#active?.size ?? 0) > DRAINED_BYTES) void this.rotate();
  }

  /** Resolves when everything appended before has been put on the disk, or cannot be. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return this.#onDisk(() => this.#write());
  }

  /** Begins a new file, so that those whose records are all stored can go. */
  rotate(): Promise<void> {
    return this.#onDisk(async () => {
      if (this.#active !== undefined && this.#active.size > 0) await this.#seal(this.#active);
      await this.#removeStored();
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    await this.flush();
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.rotate();
    await this.#active?.handle.close();
    this.#active = undefined;
  }

  #drop({ type }: ConversationRecord): false {
    this.#dropped += 1;
    if (!this.#full)
      this.#options.log.error(
        { waiting: this.#queue.length, bytes: this.#bytes, type },
        'the journal is full: what is said is dropped until the database takes what waits (conversations.journalMegabytes)',
      );
    this.#full = true;
    this.#options.onChange?.();
    return false;
  }

  #schedule(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#onDisk(() => this.#write());
    }, ms);
  }

  /** One thing at a time; what fails is told by `#failed` and tried again. */
  #onDisk(work: () => Promise<void>): Promise<void> {
    this.#disk = this.#disk.then(work).catch(error => this.#failed(error));
    return this.#disk;
  }

  async #write(): Promise<void> {
    // What the database has already needs no other place.
    const lines = this.#unwritten.filter(({ seq }) => seq > this.#stored);
    this.#unwritten = [];
    if (lines.length === 0) return;
    try {
      this.#active ??= await this.#begin(lines[0]!.seq);
      const active = this.#active;
      const bytes = Buffer.from(lines.map(({ line }) => line).join(''));
      // At its place: an attempt that failed half-way is written over.
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await active.handle.write(bytes, done, bytes.length - done, active.size + done);
        done += bytesWritten;
      }
      await active.handle.datasync();
      active.size += bytes.length;
      active.last = lines.at(-1)!.seq;
      for (const each of lines) each.line = '';
      if (this.#fault !== undefined) this.#options.log.info('the journal is on the disk again');
      this.#fault = undefined;
      if (active.size >= SEGMENT_BYTES) await this.#seal(active);
    } catch (error) {
      this.#unwritten = [...lines.filter(({ line }) => line !== ''), ...this.#unwritten];
      throw error;
    }
  }

  #failed(error: unknown): void {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
    if (this.#fault === undefined)
      this.#options.log.error(
        { reason },
        'the journal cannot be put on the disk: what is said is kept in memory until it can',
      );
    this.#fault = reason;
    if (!this.#closed) this.#schedule(RETRY_MS);
    this.#options.onChange?.();
  }

  async #begin(seq: number): Promise<OpenSegment> {
    const file = path.join(this.#folder, segmentName(seq));
    const open = this.#options.open ?? ((name: string) => fs.promises.open(name, 'w', 0o600));
    return { file, last: 0, size: 0, handle: await open(file) };
  }

  async #seal({ file, last, handle }: OpenSegment): Promise<void> {
    this.#active = undefined;
    this.#sealed.push({ file, last });
    await handle.close();
  }

  async #removeStored(): Promise<void> {
    for (const segment of [...this.#sealed]) {
      if (segment.last > this.#stored) continue;
      await fs.promises.rm(segment.file, { force: true });
      this.#sealed.splice(this.#sealed.indexOf(segment), 1);
    }
  }
}

async function identity(file: string): Promise<string> {
  const known = (await fs.promises.readFile(file, 'utf8').catch(() => '')).trim();
  if (known !== '') return known;
  const id = randomUUID();
  await fs.promises.writeFile(file, `${id}\n`);
  return id;
}
