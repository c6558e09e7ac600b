/** The image generator's port. */

export interface ImageRequest {
  prompt: string;
  /** The same seed and words give the same picture where the generator can do that. */
  seed: number;
  steps: number;
  /** Width and height, pixels. */
  size: number;
  signal: AbortSignal;
}

/**
 * Makes a picture from words. Errors are ProviderErrors: `bad-input` when the words are refused; an aborted signal
 * ends it at once with its reason.
 */
export interface ImageGenerator {
  /** Provider and model, as it goes into the cache's key. */
  readonly name: string;
  /** An encoded picture, unchecked. */
  generate(request: ImageRequest): Promise<Uint8Array>;
}
