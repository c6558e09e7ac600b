import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { AccessToken, type ClaimGrants, TokenVerifier, type VideoGrant } from 'livekit-server-sdk';
import type { z } from 'zod';
import { AVATAR_IDENTITY } from '../../protocol/agents.ts';
import { RequestError } from '../../protocol/errors.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { TokenRequest } from '../../protocol/rest.ts';
import type { Source } from '../../protocol/signaling.ts';
import { cleanText, DisplayName, RoomName } from '../../protocol/text.ts';
import { looksLike } from './names.ts';

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
  /** That avatar is a portrait of theirs (attribute `avatarOwner: on`): it may speak with their own voice. */
  ownsAvatar?: true;
  /** Who this is from call to call (attribute `person`); absent: nobody that is known again. */
  person?: string;
  /** They asked to be remembered (attribute `memory: on`). */
  remember: boolean;
  /** The last conversation is to be taken up again (attribute `resume: last`). */
  resume: boolean;
  /** They moderate the room (grant `roomAdmin`). */
  host?: true;
  /** They may change their name (grant `canUpdateOwnMetadata`). */
  canRename?: true;
  /** Microphone and camera may start without a click (attribute `devices: on`): whoever signed this vouches for it. */
  devices?: true;
  /** Nobody vouches for them: they asked for this token themselves, for an open room. */
  guest?: true;
}

/** Whose a token is, be it expired or not. */
export interface Holder {
  identity: string;
  room: string;
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

/** Clocks of servers that sign differ by so much. */
const LEEWAY_SECONDS = 60;
/** A token that has just expired is taken all the same. */
const EXPIRED_LEEWAY_SECONDS = 10;
/** The one algorithm of these tokens: another of the family is nothing that an integrator's library makes. */
const ALGORITHM = 'HS256';
/** Of 32 bytes, in base64url. */
const SIGNATURE_LENGTH = 43;

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
  async issue(
    person: { name: string; room: string; ownsAvatar?: boolean } & Omit<
      z.infer<typeof TokenRequest>,
      'name' | 'avatarSecret'
    >,
  ) {
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
        ...(person.ownsAvatar === true && { avatarOwner: 'on' }),
        ...(known !== undefined && { person: known }),
        ...(known !== undefined && person.remember === true && { memory: 'on' }),
        ...(known !== undefined && person.resume === true && { resume: 'last' }),
        guest: 'on',
      },
    });
    token.addGrant({
      roomJoin: true,
      room: person.room,
      canPublish: true,
      canSubscribe: true,
      canPublishData: true,
      canUpdateOwnMetadata: true,
    });
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
    if (cleanText(identity) !== identity)
      throw new RequestError(
        'unauthorized',
        'This identity has control or invisible characters: choose another "sub".',
      );
    if (looksLike(identity, AVATAR_IDENTITY))
      throw new RequestError('forbidden', `The identity "${AVATAR_IDENTITY}" is the avatar’s: choose another.`);
    const name = DisplayName.safeParse(claims.name ?? identity);
    const { persona, avatar, avatarOwner, person, memory, resume, devices, guest } = (claims.attributes ??
      {}) as Record<string, unknown>;
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
      ...(avatarOwner === 'on' && { ownsAvatar: true }),
      ...(known && { person }),
      remember: known && memory === 'on',
      resume: known && resume === 'last',
      ...(grant.roomAdmin === true && { host: true }),
      ...(grant.canUpdateOwnMetadata === true && { canRename: true }),
      ...(devices === 'on' && { devices: true }),
      ...(guest === 'on' && { guest: true }),
    };
  }

  /** Whose token this is, though it may have expired since. Throws `unauthorized`. */
  async holder(jwt: string): Promise<Holder> {
    const { sub, video } = await this.#signed(jwt);
    return { identity: sub ?? '', room: (video as VideoGrant | undefined)?.room ?? '' };
  }

  /** Something that stands for a text, always the same, and tells nobody else which it was. */
  pseudonym(text: string): string {
    return createHmac('sha256', this.#keys.apiSecret).update(`pseudonym ${text}`).digest('base64url').slice(0, 22);
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
    const claims = await this.#signed(jwt);
    if (claims.exp! + EXPIRED_LEEWAY_SECONDS < Date.now() / 1000)
      throw new RequestError('token-expired', 'This invitation has expired: ask for a new one.');
    return claims;
  }

  /** What this server's key has signed; it may have expired. */
  async #signed(jwt: string) {
    // Written in one way only: what counts how often a token comes tells it by its text.
    if (!isPlain(jwt) || algorithmOf(jwt) !== ALGORITHM)
      throw new RequestError('unauthorized', `This token was not signed by this server’s key with ${ALGORITHM}.`);
    try {
      return await this.#verifier.verify(jwt, LEEWAY_SECONDS);
    } catch (error) {
      const { code, claim, payload } = error as { code?: unknown; claim?: unknown; payload?: ClaimGrants };
      // The signature was good.
      if (code === 'ERR_JWT_EXPIRED' && payload !== undefined) return payload;
      const reason = typeof claim === 'string' ? FAULTS[claim] : undefined;
      throw new RequestError('unauthorized', reason ?? 'This token was not signed by this server’s key.');
    }
  }
}

/** What is wrong with a token whose signature is good, by the claim that is at fault. */
const FAULTS: Partial<Record<string, string>> = {
  exp: 'This token never expires: give it an expiry time ("exp").',
  nbf: 'This token is not valid yet ("nbf"): wait, or set the clock of the machine that made it.',
  iss: 'This token was made for another server: its "iss" is not this server’s API key.',
};

/** Three parts in base64url without anything beside or around it, the last of them as long as its signature is. */
function isPlain(jwt: string): boolean {
  const parts = jwt.split('.', 4);
  return (
    parts.length === 3 &&
    parts[2]!.length === SIGNATURE_LENGTH &&
    parts.every(part => Buffer.from(part, 'base64url').toString('base64url') === part)
  );
}

/** The algorithm that a token names; undefined where it is none. */
function algorithmOf(jwt: string): unknown {
  try {
    return (JSON.parse(Buffer.from(jwt.split('.', 1)[0]!, 'base64url').toString()) as { alg?: unknown }).alg;
  } catch {
    return undefined;
  }
}
