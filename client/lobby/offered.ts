import type { AvatarEntry } from '../../protocol/portraits.ts';
import type { PersonaList } from '../../protocol/rest.ts';
import { t } from '../words/words.ts';

/** What a link asks for that there is not, as far as it is known what there is; one sentence each, for people. */
export function lackingOf(
  asked: { persona?: string; avatar?: string },
  personas: PersonaList | undefined,
  avatars: readonly AvatarEntry[] | undefined,
): string[] {
  const said: string[] = [];
  if (asked.persona !== undefined && personas !== undefined && personas.personas.length > 0) {
    const known = personas.personas.some(({ id }) => id === asked.persona);
    const instead = personas.personas.find(({ id }) => id === personas.defaultPersona);
    if (!known) said.push(t('lobby.noPersona', { asked: asked.persona, name: instead?.name ?? t('theAvatar') }));
  }
  if (asked.avatar !== undefined && avatars !== undefined && avatars.length > 0)
    if (!avatars.some(({ id }) => id === asked.avatar)) said.push(t('lobby.noFace'));
  return said;
}
