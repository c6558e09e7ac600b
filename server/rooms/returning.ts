import type { Admission } from '../auth/tokens.ts';

/** Somebody who was in a room before it ended under them. */
export interface Before {
  identity: string;
  name: string;
  /** Null: nobody that is known from call to call. */
  person: string | null;
}

/** Whether this is them again: by identity, as a person, or, where nobody is known, by name. */
export const isAgain = (admission: Admission, { identity, name, person }: Before): boolean =>
  identity === admission.identity ||
  (person !== null && person === admission.person) ||
  (person === null && admission.person === undefined && name === admission.name);
