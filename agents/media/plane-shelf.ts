/** Decoded pictures of rigs that the face threads of one process share: 15 MB and more for each avatar and size. */
export class PlaneShelf {
  readonly #planes = new Map<string, { data: SharedArrayBuffer; users: Set<object> }>();

  /** What is there of one rig: those whose key begins with its folder's name. */
  of(rig: string): Map<string, SharedArrayBuffer> {
    const found = [...this.#planes].filter(([key]) => key.startsWith(`${rig}-`));
    return new Map(found.map(([key, { data }]) => [key, data]));
  }

  /** `user` draws from these; whoever comes later may. Of two that loaded the same at once, the first is kept. */
  use(user: object, key: string, data: SharedArrayBuffer): void {
    const entry = this.#planes.get(key) ?? { data, users: new Set() };
    this.#planes.set(key, entry);
    entry.users.add(user);
  }

  /** `user` draws no more; what nobody uses is forgotten. */
  release(user: object): void {
    for (const [key, { users }] of this.#planes) if (users.delete(user) && users.size === 0) this.#planes.delete(key);
  }
}
