/** Arrival time less RTP time of a stream: grows or shrinks when sender's and receiver's clocks, or two streams, drift. */
export class Transit {
  readonly #ticksPerMs: number;
  #last: number | undefined;
  /** RTP time since the first packet, unwrapped. */
  #ticks = 0;
  #least: number | undefined;

  constructor(rate: number) {
    this.#ticksPerMs = rate / 1000;
  }

  packet(timestamp: number, atMs: number): void {
    // Times count modulo 2^32; the first packet's is kept as it is, so that two streams stay comparable.
    this.#ticks = this.#last === undefined ? timestamp : this.#ticks + ((timestamp - this.#last) | 0);
    this.#last = timestamp;
    const transitMs = atMs - this.#ticks / this.#ticksPerMs;
    this.#least = Math.min(this.#least ?? Number.POSITIVE_INFINITY, transitMs);
  }

  /** The least since the last call: the quickest packet waited nowhere. */
  takeMs(): number | undefined {
    const least = this.#least;
    this.#least = undefined;
    return least;
  }

  /** Another stream takes this one's place. */
  restart(): void {
    [this.#last, this.#least] = [undefined, undefined];
  }
}
