import type { Embedder } from '../../knowledge/ports.ts';
import { boundedFetch } from './bounded.ts';
import { clientOf, type EndpointConfig } from './client.ts';
import { categorised } from './errors.ts';

export interface OpenAiEmbeddingsConfig extends EndpointConfig {
  model: string;
  near: number;
}

/** Of some hundred passages, each some thousand numbers, as text. */
const MOST_BYTES = 64 * 2 ** 20;

/** Vectors of any OpenAI-compatible embeddings endpoint. */
export class OpenAiEmbeddings implements Embedder {
  readonly identity: string;
  readonly near: number;
  readonly #client: ReturnType<typeof clientOf>;
  readonly #model: string;

  constructor({ model, near, ...endpoint }: OpenAiEmbeddingsConfig) {
    this.identity = `openai ${endpoint.baseUrl ?? ''} ${model}`;
    this.near = near;
    this.#model = model;
    this.#client = clientOf(endpoint, boundedFetch(MOST_BYTES));
  }

  async embed(texts: readonly string[], { signal }: { signal: AbortSignal }): Promise<Float32Array[]> {
    try {
      const asked = { model: this.#model, input: [...texts], encoding_format: 'float' as const };
      const { data } = await this.#client.embeddings.create(asked, { signal });
      return data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => Float32Array.from(embedding));
    } catch (error) {
      signal.throwIfAborted();
      throw categorised(error, this.#model);
    }
  }
}
