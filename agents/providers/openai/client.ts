import OpenAI from 'openai';

/** Where to ask. */
export interface EndpointConfig {
  /** Absent: the endpoint wants none. */
  apiKey?: string;
  /** Up to and with `/v1`; absent: OpenAI's own. */
  baseUrl?: string;
}

/** A client that keeps to itself what it is asked, and asks once unless told otherwise. */
export const clientOf = (
  { apiKey = 'none', baseUrl }: EndpointConfig,
  fetch: typeof globalThis.fetch,
  more: { maxRetries?: number; timeout?: number } = {},
): OpenAI =>
  new OpenAI({
    apiKey,
    ...(baseUrl !== undefined && { baseURL: baseUrl }),
    maxRetries: 0,
    fetch,
    // It would write what was said to the console [P1].
    logLevel: 'off',
    ...more,
  });
