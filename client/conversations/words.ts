import type { ConversationSummary } from '../../protocol/conversations.ts';

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const exact = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export const dateOf = (time: string): string => day.format(new Date(time));
export const clockOf = (time: string): string => clock.format(new Date(time));
export const exactClockOf = (time: string): string => exact.format(new Date(time));

const listed = new Intl.ListFormat('en', { type: 'conjunction' });

/** "Ann and Ollie" */
export const whoWas = ({ participants, personas }: Pick<ConversationSummary, 'participants' | 'personas'>): string =>
  listed.format([...new Set([...participants, ...personas].map(({ name }) => name))]) || 'Nobody';

const ENDINGS: Record<string, string> = {
  left: 'everybody left',
  idle: 'nobody said anything any more',
  lost: 'it was cut off',
};

/** "12 minutes; everybody left" */
export function lengthOf({
  startedAt,
  lastAt,
  endedAt,
  ending,
}: Pick<ConversationSummary, 'startedAt' | 'lastAt' | 'endedAt' | 'ending'>): string {
  if (endedAt === null) return 'it goes on';
  const minutes = Math.round((Date.parse(lastAt) - Date.parse(startedAt)) / 60_000);
  const length = minutes < 1 ? 'less than a minute' : minutes === 1 ? '1 minute' : `${minutes} minutes`;
  return [length, ENDINGS[ending ?? '']].filter(Boolean).join('; ');
}
