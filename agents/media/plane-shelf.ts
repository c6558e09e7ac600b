/** Decoded pictures of rigs that the face threads of one process share: 15 MB and more for each avatar and size. */
export class PlaneShelf {
  /** Folder of the rig -> key -> planes. */
  readonly #rigs = new Map<string, Map<string, { data: SharedArrayBuffer; users: Set<object> }>>();

  /** What is there of the rig in a folder. */
  of(folder: string): Map<string, SharedArrayBuffer> {
    return new Map([...(this.#rigs.get(folder) ?? [])].map(([key, { data }]) => [key, data]));
  }

  /** `user` draws from these; whoever comes later may. Of two that loaded the same at once, the first is kept. */
  use(user: object, folder: string, key: string, data: SharedArrayBuffer): void {
    const planes = this.#rigs.get(folder) ?? new Map<string, { data: SharedArrayBuffer; users: Set<object> }>();
    const entry = planes.get(key) ?? { data, users: new Set<object>() };
    this.#rigs.set(folder, planes.set(key, entry));
    entry.users.add(user);
  }

  /** `user` draws no more; what nobody uses is forgotten. */
  release(user: object): void {
    for (const [folder, planes] of this.#rigs) {
      for (const [key, { users }] of planes) if (users.delete(user) && users.size === 0) planes.delete(key);
      if (planes.size === 0) this.#rigs.delete(folder);
    }
  }
}
