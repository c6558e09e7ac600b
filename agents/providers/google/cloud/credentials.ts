import { createSign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Clock } from '../../../base/clock.ts';
import { ProviderError } from '../../../base/errors.ts';

export interface CloudConfig {
  apiKey?: string | undefined;
  /** Path of a service account's key, as Google's console gives it. */
  keyFile?: string | undefined;
  clock: Clock;
}

const ServiceAccount = z.object({
  client_email: z.string(),
  private_key: z.string(),
  private_key_id: z.string(),
  project_id: z.string(),
});
type ServiceAccount = z.infer<typeof ServiceAccount>;

/** A token is good for an hour, and made anew a while before. */
const [GOOD_FOR_S, RENEWED_AFTER_MS] = [3600, 3_000_000];

/** Who asks Google's Cloud: by an API key, or by a service account that signs its own tokens. */
export class CloudCredentials {
  readonly #config: CloudConfig;
  #account: Promise<ServiceAccount> | undefined;
  readonly #tokens = new Map<string, { text: string; madeMs: number }>();

  constructor(config: CloudConfig) {
    this.#config = config;
  }

  /** Of the account; undefined where an API key is all there is. */
  async project(): Promise<string | undefined> {
    return this.#config.keyFile === undefined ? undefined : (await this.#read()).project_id;
  }

  /**
   * What gives the headers of a question whenever one is asked.
   * @param service its host: `speech.googleapis.com`
   */
  async headers(service: string): Promise<() => Record<string, string>> {
    const { apiKey, keyFile } = this.#config;
    if (keyFile === undefined) {
      const known: Record<string, string> = apiKey === undefined ? {} : { 'x-goog-api-key': apiKey };
      return () => known;
    }
    const account = await this.#read();
    const token = () => ({ authorization: `Bearer ${this.#token(account, service)}` });
    // A key that cannot be used is found now.
    token();
    return token;
  }

  #token(account: ServiceAccount, service: string): string {
    const { clock } = this.#config;
    const made = this.#tokens.get(service);
    if (made !== undefined && clock.nowMs() - made.madeMs < RENEWED_AFTER_MS) return made.text;
    const text = signed(account, `https://${service}/`, Math.floor(clock.unixMs() / 1000));
    this.#tokens.set(service, { text, madeMs: clock.nowMs() });
    return text;
  }

  async #read(): Promise<ServiceAccount> {
    this.#account ??= readFile(this.#config.keyFile ?? '', 'utf8').then(text => ServiceAccount.parse(JSON.parse(text)));
    try {
      return await this.#account;
    } catch (cause) {
      // It may be put in place while this runs.
      this.#account = undefined;
      const message = 'GOOGLE_APPLICATION_CREDENTIALS names no service account’s key (a JSON file)';
      throw new ProviderError('auth', message, { retryable: false, cause });
    }
  }
}

/** A token of its own making (RFC 7519, RS256), which Google's services take: no other service is asked for one. */
function signed({ client_email, private_key, private_key_id }: ServiceAccount, audience: string, nowS: number): string {
  const claims = { iss: client_email, sub: client_email, aud: audience, iat: nowS, exp: nowS + GOOD_FOR_S };
  const parts = [{ alg: 'RS256', typ: 'JWT', kid: private_key_id }, claims];
  const text = parts.map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  try {
    return `${text}.${createSign('RSA-SHA256').update(text).sign(private_key, 'base64url')}`;
  } catch (cause) {
    throw new ProviderError('auth', 'the service account’s private key cannot be used', { retryable: false, cause });
  }
}
