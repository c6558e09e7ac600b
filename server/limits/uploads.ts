import type { FastifyReply, FastifyRequest } from 'fastify';

/** Uploads on their way: so many at once, each of which may take as much memory as one may be large, and so long [C2]. */
export class Uploads {
  readonly #most: number;
  readonly #withinMs: number;
  /** Each with what ends its reading. */
  readonly #reading = new Map<FastifyRequest, () => void>();

  constructor({ most, withinMs }: { most: number; withinMs: number }) {
    this.#most = most;
    this.#withinMs = withinMs;
  }

  get full(): boolean {
    return this.#reading.size >= this.#most;
  }

  /** Before a byte of the body is read. Who sends too slowly is cut off: they hold up the others. */
  begin(request: FastifyRequest, reply: FastifyReply): void {
    const slow = setTimeout(() => request.raw.destroy(), this.#withinMs);
    const over = () => {
      clearTimeout(slow);
      this.#reading.delete(request);
    };
    this.#reading.set(request, over);
    reply.raw.once('close', over);
  }

  /** All of it has come. */
  readonly read = async (request: FastifyRequest): Promise<void> => this.#reading.get(request)?.();
}
