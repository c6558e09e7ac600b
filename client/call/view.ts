import type { Person } from './tile.tsx';

/** How the stage is set: somebody large and the others beside, or all alike. */
export type View = 'speaker' | 'grid';

/** What the person has chosen. */
export type Wish = { view: View; pinned?: string };

/** A shared screen's place on the stage is its own, beside that of who shares it. */
export const screenOf = (identity: string): string => `${identity}/screen`;

/** Who is where: `lead` is large, `rest` is beside it. */
export type Seating = { lead?: Person; rest: Person[] };

/**
 * Seats everybody. Large is who was pinned; else a shared screen, the newest first; else the avatar; else, where there
 * is none, nobody: all are alike.
 * @param people in the order in which they came, screens included
 */
export function seated(people: readonly Person[], { view, pinned }: Wish): Seating {
  const lead =
    people.find(({ identity }) => identity === pinned) ??
    (view === 'speaker'
      ? (people.findLast(({ screen }) => screen) ?? people.find(({ kind }) => kind === 'avatar'))
      : undefined);
  return { ...(lead && { lead }), rest: people.filter(person => person !== lead) };
}
