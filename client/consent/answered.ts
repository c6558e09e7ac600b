import type { Consent } from '../../protocol/feelings.ts';
import type { Prefs } from '../room/prefs.ts';

/** What is answered once and for all calls; to be recorded is said in each. */
export type Lasting = Pick<Consent, 'feelings' | 'sight'>;

/** They have said yes or no, here or in the settings: they are not asked again. */
export const hasAnswered = ({ consent }: Prefs): boolean => consent?.feelings !== undefined;

/** As it stands; who has not answered has said no. */
export const lastingOf = ({ consent }: Prefs): Lasting => ({
  feelings: consent?.feelings === true,
  sight: consent?.sight === true,
});
