import type { Directory, Owner } from './port.ts';

/** There is one server: it may have every room. */
export class LocalDirectory implements Directory {
  readonly #rooms = new Set<string>();

  async claim(room: string): Promise<boolean> {
    this.#rooms.add(room);
    return true;
  }
  async owner(room: string): Promise<Owner | undefined> {
    return this.#rooms.has(room) ? { ours: true } : undefined;
  }
  async release(room: string): Promise<void> {
    this.#rooms.delete(room);
  }
}
