import { ProviderError, type ProviderErrorCategory, saysNoModel } from '../../../base/errors.ts';
import type { Usage } from '../../../base/meter.ts';
import type { Problem, ServerEvent } from './events.ts';

/** Of what is told about something that has ended by itself: nobody needs to do anything. */
const HARMLESS =
  /response_cancel_not_active|item_truncate|item_delete|already shorter|no active response|cancellation failed|input_audio_buffer_commit_empty/i;
const MESSAGE_LENGTH = 300;

const problem = (category: ProviderErrorCategory, message: string, retryable: boolean) =>
  new ProviderError(category, message.slice(0, MESSAGE_LENGTH), { retryable });

/** An `error` event as a ProviderError; undefined for one that means nothing. */
export function ofProblem({ type = '', code, message = '' }: Problem = {}): ProviderError | undefined {
  const told = `${type} ${code ?? ''}`;
  const all = `${told} ${message}`;
  if (HARMLESS.test(all)) return undefined;
  if (/insufficient_quota|billing|credit/.test(told)) return problem('quota', all, false);
  if (/rate_limit/.test(told)) return problem('quota', all, true);
  if (/invalid_api_key|authentication|permission/.test(told)) return problem('auth', all, false);
  if (saysNoModel(all)) return problem('model', all, false);
  if (/session_expired/.test(told)) return problem('network', all, true);
  if (/server_error|internal/.test(told)) return problem('network', all, true);
  return problem('bad-input', all, false);
}

/** What became of a response; undefined: it is whole, or as long as it may be. */
export function ofResponse(response: ServerEvent['response']): ProviderError | undefined {
  const { status, status_details: details } = response ?? {};
  if (status === 'failed') return ofProblem(details?.error) ?? problem('network', 'the answer failed', true);
  if (status === 'cancelled') return problem('network', 'the answer was called off by the server', true);
  if (status === 'incomplete' && details?.reason === 'content_filter')
    return problem('bad-input', 'the answer was held back by a filter', false);
  return undefined;
}

/** What a response took. */
export function usageOf(usage: Record<string, unknown> | undefined): Usage | undefined {
  const { input_tokens: inputTokens, output_tokens: outputTokens } = usage ?? {};
  return typeof inputTokens === 'number' && typeof outputTokens === 'number'
    ? { inputTokens, outputTokens }
    : undefined;
}
