import type { WireError } from '../../protocol/errors.ts';
import type { Rating } from '../../protocol/ratings.ts';
import { at } from '../place/at.ts';
import { t } from '../words/words.ts';

/**
 * Tells the server what somebody thinks of the call that they have left. Rejects, with a sentence for them, where it was
 * not taken.
 * @param token the one that they joined with
 */
export async function sendRating(room: string, token: string, rating: Rating): Promise<void> {
  const response = await fetch(at(`/api/rooms/${encodeURIComponent(room)}/rating`), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(rating),
  }).catch(() => {
    throw new Error(t('unreachable'));
  });
  if (response.ok) return;
  const body = (await response.json().catch(() => ({}))) as { error?: WireError };
  throw new Error(body.error?.message ?? t('rating.failed'));
}
