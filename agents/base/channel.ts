/**
 * Hands on what is pushed to the one who reads, in order. It has no bound of its own: who pushes waits for room
 * elsewhere [C2].
 */
export class Channel<T> implements AsyncIterable<T> {
  #waiting: T[] = [];
  #end: { error?: unknown } | undefined;
  #wake = () => {};

  push(item: T): void {
    this.#waiting.push(item);
    this.#wake();
  }

  /** After what waits, no more comes. */
  end(): void {
    this.#end ??= {};
    this.#wake();
  }

  /** After what waits, whoever reads gets this error. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    while (true) {
      while (this.#waiting.length > 0) yield this.#waiting.shift()!;
      if (this.#end !== undefined) {
        if ('error' in this.#end) throw this.#end.error;
        return;
      }
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
  }
}
