import type { Admission } from '../auth/tokens.ts';

/** Somebody who was in a room before it ended under them. */
export interface Before {
  identity: string;
  /** Null: nobody that is known from call to call. */
  person: string | null;
}

/** Whether this is them again: by what their token is signed for, never by a name, which anybody may take. */
export const isAgain = (admission: Pick<Admission, 'identity' | 'person'>, { identity, person }: Before): boolean =>
  person !== null && admission.person !== undefined ? person === admission.person : identity === admission.identity;

/** Under what somebody who has heard something is known: they may come back under another identity, or as nobody known. */
export const earsOf = ({ identity, person }: { identity: string; person?: string | null }): string[] => [
  `identity ${identity}`,
  ...(typeof person === 'string' ? [`person ${person}`] : []),
];
