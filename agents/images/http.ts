import { PORTRAIT_LIMITS } from '../../protocol/portraits.ts';
import { systemClock } from '../base/clock.ts';
import { ProviderError, type ProviderErrorCategory, saysNoModel } from '../base/errors.ts';
import { heldFetch } from '../base/held-fetch.ts';

/** Base64 takes a third more; the rest is for what stands around it. */
const MAX_ANSWER_BYTES = PORTRAIT_LIMITS.uploadBytes * 2;
const REFUSED = /content_policy|moderation|safety/i;

/** A picture takes a while anyhow. */
const patient = heldFetch({ clock: systemClock, waitMs: 30_000 });

export interface ImageAsked {
  headers?: Record<string, string>;
  signal: AbortSignal;
  /** What a refusal means, where that is not plain: by its text, of which nothing is kept. */
  means?(status: number, text: string): ProviderErrorCategory | undefined;
}

/** Posts JSON, reads JSON; nothing where the answer is to be `empty`. Throws ProviderError; an aborted signal rejects with its reason. */
export async function postJson(
  url: string,
  body: object,
  { headers = {}, empty = false, ...asked }: ImageAsked & { empty?: boolean },
): Promise<unknown> {
  const json = { ...headers, 'content-type': 'application/json' };
  const bytes = await answered(url, { method: 'POST', headers: json, body: JSON.stringify(body) }, asked);
  return empty ? undefined : parsed(bytes);
}

/** The same of what is there to be fetched. */
export const getJson = async (url: string, { headers = {}, ...asked }: ImageAsked): Promise<unknown> =>
  parsed(await answered(url, { headers }, asked));

/** The same of what is no JSON. */
export const getBytes = (url: string, { headers = {}, ...asked }: ImageAsked): Promise<Uint8Array> =>
  answered(url, { headers }, asked);

async function answered(
  url: string,
  request: { method?: 'POST'; headers: Record<string, string>; body?: string },
  { signal, means }: Pick<ImageAsked, 'signal' | 'means'>,
): Promise<Buffer> {
  let response: Response;
  let bytes: Buffer;
  try {
    response = await patient(url, { ...request, signal });
    bytes = await readBounded(response);
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof ProviderError) throw cause;
    throw new ProviderError('network', 'the image endpoint cannot be reached', { retryable: true, cause });
  }
  if (response.ok) return bytes;
  // Not what it answered: endpoints repeat there what was asked for [P1].
  const text = bytes.toString();
  throw new ProviderError(
    means?.(response.status, text) ?? categoryOf(response.status, text),
    `the image endpoint answered with status ${response.status}`,
    { retryable: response.status === 429 || response.status >= 500 },
  );
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch (cause) {
    throw unusable(cause);
  }
}

/** The bytes of a base64 picture, also behind a `data:` prefix; whether they are a picture is not looked at here. */
export function pictureOf(base64: unknown): Uint8Array {
  if (typeof base64 !== 'string') throw unusable();
  const bytes = Buffer.from(base64.replace(/^data:[^,]*,/, ''), 'base64');
  if (bytes.length === 0) throw unusable();
  return bytes;
}

/** What it sent is not what it should be. */
export const unusable = (cause?: unknown): ProviderError =>
  new ProviderError('internal', 'the image endpoint sent something that is not its format', { retryable: true, cause });

function categoryOf(status: number, text: string): ProviderErrorCategory {
  if (status === 401 || status === 403) return 'auth';
  if (status === 429 || status === 402) return 'quota';
  if (status < 500 && saysNoModel(text)) return 'model';
  if (status >= 500) return 'network';
  return REFUSED.test(text) ? 'bad-input' : 'internal';
}

async function readBounded(response: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > MAX_ANSWER_BYTES)
      throw new ProviderError('internal', 'the image endpoint sends more than a picture', { retryable: false });
    parts.push(part);
  }
  return Buffer.concat(parts);
}
