/** What a job's metadata and people's attributes in a LiveKit room say of the avatar. Strangers may have written them. */
import { z } from 'zod';
import { type Consent, DEFAULT_CONSENT } from '../../protocol/feelings.ts';
import { AvatarId } from '../../protocol/portraits.ts';

/** The largest metadata that are looked at. */
const MOST_LENGTH = 8192;

const PersonaId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
const Wishes = z.object({ persona: PersonaId.optional(), avatar: AvatarId.optional() });

/** Who is wanted. */
export type Wishes = z.infer<typeof Wishes>;

/** Attributes of ours that people may have. */
export const ATTRIBUTE = {
  persona: 'visavis.persona',
  avatar: 'visavis.avatar',
  /** What they let the avatar notice and keep, some of `feelings sight recording`. */
  consent: 'visavis.consent',
  /** `on`: they are told what the avatar’s face does. */
  animation: 'visavis.animation',
  /** `on`: they are to be remembered from call to call, under the identity that their token gives them. */
  memory: 'visavis.memory',
} as const;

/** What metadata of a job say; `wrong`: why they say nothing. */
export function wishesIn(metadata: string): Wishes & { wrong?: string } {
  if (metadata.trim() === '') return {};
  if (metadata.length > MOST_LENGTH) return { wrong: `they are longer than ${MOST_LENGTH} characters` };
  let value: unknown;
  try {
    value = JSON.parse(metadata);
  } catch {
    // Other agents' words.
    return { wrong: 'they are no JSON' };
  }
  const wishes = Wishes.safeParse(value);
  if (wishes.success) return wishes.data;
  const [issue] = wishes.error.issues;
  return { wrong: `${issue?.path.join('.') || 'they'}: ${issue?.message}` };
}

/** What somebody's attributes ask for; what is not well-formed is not there. */
export function wishesOf(attributes: Readonly<Record<string, string>>): Wishes {
  const persona = PersonaId.safeParse(attributes[ATTRIBUTE.persona]);
  const avatar = AvatarId.safeParse(attributes[ATTRIBUTE.avatar]);
  return { ...(persona.success && { persona: persona.data }), ...(avatar.success && { avatar: avatar.data }) };
}

/** Nothing, unless they say it: another program's page asks nobody on our behalf. */
export function consentOf(attributes: Readonly<Record<string, string>>): Consent {
  const given = new Set((attributes[ATTRIBUTE.consent] ?? '').slice(0, 200).split(/[ ,]/));
  return {
    ...DEFAULT_CONSENT,
    feelings: given.has('feelings'),
    sight: given.has('sight'),
    recording: given.has('recording'),
  };
}
