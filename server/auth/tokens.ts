import { createHash, randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { AccessToken, TokenVerifier, type VideoGrant } from 'livekit-server-sdk';
import type { z } from 'zod';
import { AVATAR_IDENTITY } from '../../protocol/agents.ts';
import { RequestError } from '../../protocol/errors.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { TokenRequest } from '../../protocol/rest.ts';
import type { Source } from '../../protocol/signaling.ts';
import { DisplayName, RoomName } from '../../protocol/text.ts';

export interface Keys {
  apiKey: string;
  apiSecret: string;
}

/** What a checked token lets its bearer do [S1]. */
export interface Admission {
  identity: string;
  name: string;
  room: string;
  canPublish: boolean;
  canSubscribe: boolean;
  canPublishData: boolean;
  /** Only these may be published; absent: all. */
  sources?: Source[];
  persona?: string;
  avatar?: string;
  /** Who this is from call to call (attribute `person`); absent: nobody that is known again. */
  person?: string;
  /** They asked to be remembered (attribute `memory: on`). */
  remember: boolean;
  /** The last conversation is to be taken up again (attribute `resume: last`). */
  resume: boolean;
}

/** What a checked token lets its bearer read and delete of what was kept [S1]. */
export interface Reader {
  /** Everybody's conversations (grant `roomList`). */
  readAll: boolean;
  /** Deletes for everybody (grant `roomAdmin` beside it): in all rooms, or in the one that is named. */
  removes: false | { room?: string };
  /** Whose own conversations and memories these are (attribute `person`). */
  person?: string;
}

/** The development key: made once, readable by this user only, so that a local backend can sign with it too. */
export function developmentKeys(dataDir: string): Keys {
  const file = path.join(dataDir, 'development-key.json');
  try {
    const { apiKey, apiSecret } = JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<Keys>;
    if (typeof apiKey === 'string' && typeof apiSecret === 'string' && apiSecret.length >= 32)
      return { apiKey, apiSecret };
  } catch {
    // none yet, or damaged: a new one is as good
  }
  // A mode is given to a new file only.
  fs.rmSync(file, { force: true });
  const keys = { apiKey: 'development', apiSecret: randomBytes(32).toString('base64url') };
  fs.mkdirSync(dataDir, { recursive: true });
  fs.writeFileSync(file, JSON.stringify(keys), { mode: 0o600 });
  return keys;
}

const SOURCES: Record<string, Source> = { microphone: 'microphone', camera: 'camera', screen_share: 'screen' };

/** A grant's sources, which a token names by LiveKit's words; unknown ones allow nothing. */
const sourcesOf = (names: unknown): Source[] =>
  Array.isArray(names) ? names.flatMap(name => SOURCES[String(name).toLowerCase()] ?? []) : [];

/** Who the bearer of a person key is, from call to call; the key cannot be found out from it. */
export const personOf = (personKey: string): string =>
  `p-${createHash('sha256').update(personKey).digest('base64url').slice(0, 32)}`;

const isPerson = (person: unknown): person is string =>
  typeof person === 'string' && person !== '' && person.length <= LIMITS.identityLength;

/** Tokens for one's own things are asked for by a page, again and again. */
const PERSON_TOKEN_MS = 3600_000;

/** Makes and checks LiveKit-format join tokens (JWT, HS256). */
export class Tokens {
  readonly #keys: Keys;
  readonly #ttlMs: number;
  readonly #verifier: TokenVerifier;

  constructor(keys: Keys, ttlMs: number) {
    this.#keys = keys;
    this.#ttlMs = ttlMs;
    this.#verifier = new TokenVerifier(keys.apiKey, keys.apiSecret);
  }

  /** A token for one person in one open room, with a fresh identity. */
  async issue(person: { name: string; room: string } & Omit<z.infer<typeof TokenRequest>, 'name'>) {
    const known = person.personKey === undefined ? undefined : personOf(person.personKey);
    const identity = `guest-${randomUUID().slice(0, 12)}`;
    const expiresAtMs = Date.now() + this.#ttlMs;
    const token = new AccessToken(this.#keys.apiKey, this.#keys.apiSecret, {
      identity,
      name: person.name,
      ttl: Math.ceil(this.#ttlMs / 1000),
      attributes: {
        ...(person.persona !== undefined && { persona: person.persona }),
        ...(person.avatar !== undefined && { avatar: person.avatar }),
        ...(known !== undefined && { person: known }),
        ...(known !== undefined && person.remember === true && { memory: 'on' }),
        ...(known !== undefined && person.resume === true && { resume: 'last' }),
      },
    });
    token.addGrant({ roomJoin: true, room: person.room, canPublish: true, canSubscribe: true, canPublishData: true });
    return { token: await token.toJwt(), identity, expiresAtMs };
  }

  /** Throws `token-expired`, `unauthorized` or `forbidden`. */
  async check(jwt: string): Promise<Admission> {
    const claims = await this.#verify(jwt);
    const grant: VideoGrant = claims.video ?? {};
    const room = RoomName.safeParse(grant.room);
    if (grant.roomJoin !== true || !room.success)
      throw new RequestError('forbidden', 'This token does not allow joining a room.');
    const identity = claims.sub;
    if (identity === undefined || identity === '' || identity.length > LIMITS.identityLength)
      throw new RequestError('unauthorized', 'This token names nobody: its "sub" must be the participant’s identity.');
    if (identity === AVATAR_IDENTITY)
      throw new RequestError('forbidden', `The identity "${AVATAR_IDENTITY}" is the avatar’s: choose another.`);
    if (claims.exp === undefined)
      throw new RequestError('unauthorized', 'This token never expires: give it an expiry time ("exp").');
    const name = DisplayName.safeParse(claims.name ?? identity);
    const { persona, avatar, person, memory, resume } = (claims.attributes ?? {}) as Record<string, unknown>;
    const known = isPerson(person);
    return {
      identity,
      name: name.success ? name.data : 'Guest',
      room: room.data,
      canPublish: grant.canPublish ?? true,
      canSubscribe: grant.canSubscribe ?? true,
      canPublishData: grant.canPublishData ?? true,
      ...(grant.canPublishSources !== undefined && { sources: sourcesOf(grant.canPublishSources) }),
      ...(typeof persona === 'string' && { persona }),
      ...(typeof avatar === 'string' && { avatar }),
      ...(known && { person }),
      remember: known && memory === 'on',
      resume: known && resume === 'last',
    };
  }

  /** A token that lets one person read, correct and erase what is kept of them; it opens no room. */
  async issueForPerson(personKey: string): Promise<{ token: string; expiresAtMs: number }> {
    const expiresAtMs = Date.now() + PERSON_TOKEN_MS;
    const person = personOf(personKey);
    const token = new AccessToken(this.#keys.apiKey, this.#keys.apiSecret, {
      identity: person,
      ttl: PERSON_TOKEN_MS / 1000,
      attributes: { person },
    });
    return { token: await token.toJwt(), expiresAtMs };
  }

  /** Throws `token-expired`, `unauthorized` or `forbidden`. */
  async reader(jwt: string): Promise<Reader> {
    const claims = await this.#verify(jwt);
    if (claims.exp === undefined)
      throw new RequestError('unauthorized', 'This token never expires: give it an expiry time ("exp").');
    const { roomList, roomAdmin, room }: VideoGrant = claims.video ?? {};
    const { person } = (claims.attributes ?? {}) as Record<string, unknown>;
    const readAll = roomList === true;
    if (!readAll && !isPerson(person))
      throw new RequestError(
        'forbidden',
        'This token reads no conversations: it needs the grant "roomList", or the attribute "person" for one’s own.',
      );
    return {
      readAll,
      removes: readAll && roomAdmin === true && (room === undefined ? {} : { room }),
      ...(isPerson(person) && { person }),
    };
  }

  async #verify(jwt: string) {
    try {
      return await this.#verifier.verify(jwt);
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ERR_JWT_EXPIRED')
        throw new RequestError('token-expired', 'This invitation has expired: ask for a new one.');
      throw new RequestError('unauthorized', 'This token was not signed by this server’s key.');
    }
  }
}
