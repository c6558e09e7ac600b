import type { ConversationSummary } from '../../protocol/conversations.ts';
import { allOf } from '../words/format.ts';
import { t } from '../words/words.ts';

/** "Ann and Ollie" */
export const whoWas = ({ participants, personas }: Pick<ConversationSummary, 'participants' | 'personas'>): string =>
  allOf([...new Set([...participants, ...personas].map(({ name }) => name))]) || t('kept.nobody');

const ENDINGS = { left: 'kept.left', idle: 'kept.idle', lost: 'kept.lost' } as const;

/** "12 minutes; everybody left" */
export function lengthOf({
  startedAt,
  lastAt,
  endedAt,
  ending,
}: Pick<ConversationSummary, 'startedAt' | 'lastAt' | 'endedAt' | 'ending'>): string {
  if (endedAt === null) return t('kept.goesOn');
  const minutes = Math.round((Date.parse(lastAt) - Date.parse(startedAt)) / 60_000);
  const length = minutes < 1 ? t('kept.short') : t('kept.minutes', { count: minutes });
  const end = ENDINGS[ending as keyof typeof ENDINGS];
  return end === undefined ? length : `${length}; ${t(end)}`;
}
