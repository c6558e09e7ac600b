import type { WireError } from '../../protocol/errors.ts';
import type { TokenResponse } from '../../protocol/rest.ts';
import { at } from '../place/at.ts';
import { RoomFailure } from './failures.ts';

/** What an open room wants to know before it gives a token. */
export type Profile = {
  name: string;
  persona?: string;
  avatar?: string;
  /** That avatar is a portrait of theirs: it may speak with their own voice. */
  avatarSecret?: string;
  /** Who they are from call to call, where they wish to be known again. */
  personKey?: string;
  remember?: boolean;
  resume?: boolean;
};

/** Tokens this close to their end are not used any more. */
const MARGIN_MS = 10_000;

/**
 * Where the token for a room comes from: given by an integrator's page, or asked of the server where rooms are
 * open. Asking may begin before it is needed.
 */
export class TokenSource {
  readonly #room: string;
  readonly #given: string | undefined;
  readonly #fetch: typeof fetch;
  #asked: { profile: string; token: Promise<TokenResponse> } | undefined;

  constructor(room: string, given?: string, fetcher: typeof fetch = (...args) => fetch(...args)) {
    this.#room = room;
    this.#given = given;
    this.#fetch = fetcher;
  }

  /** Takes a token that was had before for this profile. */
  have(profile: Profile, token: string): void {
    if (this.#given === undefined)
      this.#asked = {
        profile: keyOf(profile),
        token: Promise.resolve({ token, expiresAtMs: Number.POSITIVE_INFINITY } as TokenResponse),
      };
  }

  /** Whether a new token can be had when one has expired. */
  get renewable(): boolean {
    return this.#given === undefined;
  }

  /** The same profile gets the same token, and so the same identity, for as long as it is good. */
  async get(profile: Profile): Promise<string> {
    if (this.#given !== undefined) return this.#given;
    const key = keyOf(profile);
    if (this.#asked?.profile === key) {
      const known = await this.#asked.token.catch(() => undefined);
      if (known && known.expiresAtMs - MARGIN_MS > Date.now()) return known.token;
    }
    const token = this.#ask(profile);
    this.#asked = { profile: key, token };
    return (await token).token;
  }

  /** Asks ahead of time; what goes wrong is met again when the token is needed. */
  prefetch(profile: Profile): void {
    void this.get(profile).catch(() => {});
  }

  /** The server did not like the token: the next one is new. */
  forget(): void {
    this.#asked = undefined;
  }

  async #ask(profile: Profile): Promise<TokenResponse> {
    let response: Response;
    try {
      response = await this.#fetch(at(`/api/rooms/${encodeURIComponent(this.#room)}/token`), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(profile),
      });
    } catch {
      throw new RoomFailure('unreachable', 'the server cannot be reached', true);
    }
    if (response.ok) return (await response.json()) as TokenResponse;
    const body = (await response.json().catch(() => ({}))) as { error?: WireError };
    if (body.error) throw new RoomFailure(body.error.code, body.error.message, body.error.retryable);
    throw new RoomFailure(response.status >= 500 ? 'internal' : 'bad-request', `HTTP ${response.status}`, false);
  }
}

const keyOf = ({ name, persona, avatar, avatarSecret, personKey, remember, resume }: Profile): string =>
  JSON.stringify([name, persona, avatar, avatarSecret, personKey, remember, resume]);
