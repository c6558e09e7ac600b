import type { AvatarEntry } from '../../protocol/portraits.ts';
import type { PersonaList } from '../../protocol/rest.ts';

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
    if (!known)
      said.push(
        `There is nobody called “${asked.persona}” here. You meet ${instead?.name ?? 'somebody else'} instead.`,
      );
  }
  if (asked.avatar !== undefined && avatars !== undefined && avatars.length > 0)
    if (!avatars.some(({ id }) => id === asked.avatar))
      said.push('The face that this link asks for is not here any more. You see another one instead.');
  return said;
}
