import { APIConnectionError, APIError, APIUserAbortError } from 'openai';
import { ProviderError, saysNoModel } from '../../base/errors.ts';

/** Of what an endpoint says of its problem, characters. */
const MESSAGE_LENGTH = 500;

const REDIRECTED = 'the endpoint leads elsewhere, where nothing is sent: set the address that is meant';

/**
 * What the client threw, as a {@link ProviderError}. A request that it gave up by itself was too slow.
 * @param model that was asked for
 */
export function categorised(error: unknown, model?: string): ProviderError {
  if (error instanceof ProviderError) return error;
  const message = String((error as Error).message).slice(0, MESSAGE_LENGTH);
  if (error instanceof APIUserAbortError)
    return new ProviderError('network', 'the endpoint sent no answer in time', { retryable: true, cause: error });
  if (error instanceof APIConnectionError)
    return new ProviderError('network', message, { retryable: true, cause: error });
  if (error instanceof APIError && error.status === undefined && error.code)
    return failedMidway(error.code, message, error);
  if (error instanceof APIError) {
    if (error.status !== undefined && error.status >= 300 && error.status < 400)
      return new ProviderError('bad-input', REDIRECTED, { retryable: false, cause: error });
    if (error.status === 401 || error.status === 403)
      return new ProviderError('auth', message, { retryable: false, cause: error });
    if (
      (error.status === 404 || error.status === 400 || error.status === 410) &&
      saysNoModel(`${error.code ?? ''} ${error.message}`)
    )
      return new ProviderError(
        'model',
        `the endpoint has no model ${model ?? ''} (any more): name another in the settings`,
        {
          retryable: false,
          cause: error,
        },
      );
    if (error.status === 402 || error.code === 'insufficient_quota')
      return new ProviderError('quota', message, { retryable: false, cause: error });
    if (error.status === 429) return new ProviderError('quota', message, { retryable: true, cause: error });
    if (error.status !== undefined && error.status < 500)
      return new ProviderError('bad-input', message, { retryable: false, cause: error });
  }
  return new ProviderError('network', message, { retryable: true, cause: error });
}

/** What an answer says that broke off after it had begun: there is no status then. */
export function failedMidway(code: string, message: string, cause?: unknown): ProviderError {
  const told = `the endpoint failed: ${code} ${message}`.slice(0, MESSAGE_LENGTH);
  if (code === 'insufficient_quota') return new ProviderError('quota', told, { retryable: false, cause });
  if (code === 'rate_limit_exceeded') return new ProviderError('quota', told, { retryable: true, cause });
  const isRefused = /invalid|content|policy|image/.test(code);
  return new ProviderError(isRefused ? 'bad-input' : 'network', told, { retryable: !isRefused, cause });
}
