/** How people of a LiveKit room sit in the room of ours that mirrors it. */
import { createHash } from 'node:crypto';
import type { RemoteParticipant } from '../../livekit/participants.ts';
import { AVATAR_IDENTITY } from '../../protocol/agents.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { DisplayName } from '../../protocol/text.ts';
import type { Admission } from '../auth/tokens.ts';
import { ATTRIBUTE, type Wishes, wishesOf } from './wishes.ts';

/** Under which name our room mirrors one of LiveKit's, always the same, and no other's; no token of ours can name it. */
export function mirrorOf(room: string): string {
  const name = `livekit:${room}`;
  if (name.length <= LIMITS.roomLength) return name;
  const digest = createHash('sha256').update(room).digest('base64url').slice(0, 22);
  return `${name.slice(0, LIMITS.roomLength - digest.length - 1)}~${digest}`;
}

/** What somebody may, and whom they wish for; `wishes`: of the job, where they have none. */
export function admissionOf(
  { identity, name, attributes }: RemoteParticipant,
  room: string,
  wishes: Wishes,
): Admission {
  const shown = DisplayName.safeParse(name === '' ? identity : name);
  // LiveKit vouches for the identity: its token was signed.
  const remember = attributes[ATTRIBUTE.memory] === 'on';
  const seated = seatedAs(identity);
  return {
    identity: seated,
    name: shown.success ? shown.data : 'Guest',
    room: mirrorOf(room),
    canPublish: true,
    canSubscribe: true,
    canPublishData: true,
    ...wishes,
    ...wishesOf(attributes),
    ...(remember && { person: `livekit:${seated}`.slice(0, LIMITS.identityLength) }),
    remember,
    resume: remember,
  };
}

/** Nobody sits here under the avatar's identity, and no identity is longer than ours may be. */
function seatedAs(identity: string): string {
  const seated = identity.slice(0, LIMITS.identityLength - 8);
  return seated.toLowerCase() === AVATAR_IDENTITY ? `${seated} (person)` : seated;
}
