/**
 * Why a provider failed, as metrics and fallbacks see it. `model`: it does not offer that model, or no longer. `asleep`:
 * it is being started, and is no worse for it.
 */
export type ProviderErrorCategory = 'auth' | 'quota' | 'network' | 'bad-input' | 'model' | 'asleep' | 'internal';

/** What a provider could not do. Its message may repeat what was said: logs get the category only [P1]. */
export class ProviderError extends Error {
  override name = 'ProviderError';
  readonly category: ProviderErrorCategory;
  /** The same may succeed if it is tried again. */
  readonly retryable: boolean;
  constructor(category: ProviderErrorCategory, message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.category = category;
    this.retryable = options.retryable;
  }
}

/** An endpoint says so of a model that it does not know, or that it has retired. */
const NO_MODEL =
  /model_not_found|model_deprecated|model_decommissioned|model\b.{0,120}\b(?:does not exist|not found|retired|shut ?down|decommissioned|deprecated)/is;

/** Whether an endpoint's words for a refusal are about the model. */
export const saysNoModel = (words: string): boolean => NO_MODEL.test(words);
