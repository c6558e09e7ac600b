/** Turns texts into vectors that lie close together where they mean the same. */
export interface Embedder {
  /** What its vectors depend on: those of another are of no use. */
  readonly identity: string;
  /** How alike a question and a passage that answers it are at least, cosine. */
  readonly near: number;
  /** One vector for each text. Rejects with a ProviderError, or the signal's reason. */
  embed(texts: readonly string[], options: { signal: AbortSignal }): Promise<Float32Array[]>;
}
