import { randomUUID } from 'node:crypto';
import { RequestError } from '../../protocol/errors.ts';
import type { SentFile } from '../../protocol/files.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Blob, Blobs } from '../blobs/port.ts';
import type { RoomListener } from '../rooms/listeners.ts';
import type { Room, Seat } from '../rooms/room.ts';
import { fileNameOf, fileTypeOf } from './kinds.ts';

const MEGABYTE = 1024 * 1024;
const SWEEP_EVERY_MS = 10 * 60_000;

interface Kept {
  file: SentFile;
  /** Of the log, which shows it. */
  entryId: string;
  identity: string;
  atMs: number;
}
interface Shelf {
  /** Names the room among all that ever were. */
  key: string;
  files: Map<string, Kept>;
}

/** What people send each other in rooms: it goes with the room, with its entry, or after a time. Nothing outlives the server. */
export class Files {
  readonly #blobs: Blobs;
  readonly #settings: Settings['files'];
  readonly #nowMs: () => number;
  readonly #shelves = new Map<Room, Shelf>();
  #sweeping: NodeJS.Timeout | undefined;

  /** @param nowMs monotonic */
  constructor(blobs: Blobs, settings: Settings['files'], nowMs = () => performance.now()) {
    this.#blobs = blobs;
    this.#settings = settings;
    this.#nowMs = nowMs;
  }

  /** The largest one, bytes; 0 where none may be sent. */
  get mostBytes(): number {
    return this.#settings.enabled ? Math.floor(this.#settings.megabytes * MEGABYTE) : 0;
  }

  readonly listener: Partial<RoomListener> = {
    struck: (room, entryIds) => {
      for (const kept of this.#shelves.get(room)?.files.values() ?? [])
        if (entryIds.has(kept.entryId)) void this.#drop(room, kept);
    },
    ended: room => {
      const shelf = this.#shelves.get(room);
      this.#shelves.delete(room);
      if (shelf !== undefined) void this.#erase(shelf.key);
    },
  };

  /** Removes what an earlier run left, and from now on what is too old. */
  async open(): Promise<void> {
    for (const left of await this.#blobs.list()) await this.#blobs.erase(left);
    await this.#blobs.tidy();
    this.#sweeping = setInterval(() => this.sweep(), SWEEP_EVERY_MS).unref();
  }

  /** Removes what was sent too long ago. */
  sweep(): void {
    const sinceMs = this.#nowMs() - this.#settings.keepHours * 3600_000;
    for (const [room, { files }] of this.#shelves)
      for (const kept of files.values()) if (kept.atMs < sinceMs) void this.#drop(room, kept);
  }

  close(): void {
    clearInterval(this.#sweeping);
  }

  /** Shows a file to the people in a room. Throws RequestError where it may not be sent; then nothing is kept. */
  async send(room: Room, seat: Seat, name: string, data: Uint8Array): Promise<SentFile> {
    const type = fileTypeOf(data);
    if (type === undefined)
      throw new RequestError('bad-request', 'Pictures (JPEG, PNG, GIF, WebP), PDF and plain text can be sent.');
    const { identity } = seat.admission;
    this.#makeRoom(room, identity, data.byteLength);
    const file: SentFile = { id: randomUUID(), name: fileNameOf(name, type), type, bytes: data.byteLength };
    const kept: Kept = { file, entryId: randomUUID(), identity, atMs: this.#nowMs() };
    const shelf = this.#shelves.get(room) ?? { key: randomUUID(), files: new Map() };
    // Before it is written: what is on its way takes its share, too.
    this.#shelves.set(room, shelf);
    shelf.files.set(file.id, kept);
    try {
      await this.#blobs.put(`${shelf.key}/${file.id}`, data);
      if (room.closed || room.seats.get(identity) !== seat)
        throw new RequestError('room-closed', 'You are no longer in this room.');
      room.typed({
        ...{ id: kept.entryId, turnId: kept.entryId, speaker: identity, speakerName: seat.name, role: 'user' },
        ...{ source: 'text', text: file.name, final: true, audience: 'people', file, atMs: Date.now() },
      });
    } catch (error) {
      shelf.files.delete(file.id);
      await this.#erase(room.closed ? shelf.key : `${shelf.key}/${file.id}`);
      throw error;
    }
    return file;
  }

  /** A file that this person was shown; undefined where there is none, or no more. */
  async read(room: Room, seat: Seat, id: string): Promise<{ file: SentFile; blob: Blob } | undefined> {
    const shelf = this.#shelves.get(room);
    const kept = shelf?.files.get(id);
    if (shelf === undefined || kept === undefined || !room.shows(seat, kept.entryId)) return undefined;
    const blob = await this.#blobs.get(`${shelf.key}/${id}`);
    return blob && { file: kept.file, blob };
  }

  /** Throws `rate-limited` where there is no place for so much more. */
  #makeRoom(room: Room, identity: string, bytes: number): void {
    const { perPersonMegabytes, perRoomMegabytes, totalMegabytes } = this.#settings;
    const all = [...this.#shelves].flatMap(([of, { files }]) => [...files.values()].map(kept => ({ of, ...kept })));
    const sum = (kept: typeof all) => kept.reduce((total, { file }) => total + file.bytes, bytes);
    const here = all.filter(({ of }) => of === room);
    if (
      sum(here.filter(kept => kept.identity === identity)) > perPersonMegabytes * MEGABYTE ||
      sum(here) > perRoomMegabytes * MEGABYTE ||
      sum(all) > totalMegabytes * MEGABYTE
    )
      throw new RequestError('rate-limited', 'There is no more place for files in this call.');
  }

  async #drop(room: Room, { file }: Kept): Promise<void> {
    const shelf = this.#shelves.get(room);
    if (shelf?.files.delete(file.id)) await this.#erase(`${shelf.key}/${file.id}`);
  }

  /** What cannot be erased now is when the server starts again. */
  #erase(key: string): Promise<void> {
    return this.#blobs.erase(key).catch(() => {});
  }
}
