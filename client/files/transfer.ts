import type { WireError } from '../../protocol/errors.ts';
import { at } from '../place/at.ts';
import { t } from '../words/words.ts';

/** Where a call's files are, for who sits in it. */
export type FilePlace = { room: string; token: string };

const addressOf = ({ room }: FilePlace, rest: string) => at(`/api/rooms/${encodeURIComponent(room)}/files${rest}`);
const bearer = ({ token }: FilePlace) => ({ authorization: `Bearer ${token}` });

async function asked(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init).catch(() => {
    throw new Error(t('unreachable'));
  });
  if (response.ok) return response;
  if (response.status === 404) throw new Error(t('files.gone'));
  const body = (await response.json().catch(() => ({}))) as { error?: WireError };
  throw new Error(body.error?.message ?? t('files.failed'));
}

/** Shows a file to the people in the call. Rejects with a sentence for who sends it. */
export async function sendFile(place: FilePlace, file: File): Promise<void> {
  const url = addressOf(place, `?name=${encodeURIComponent(file.name)}`);
  const headers = { ...bearer(place), 'content-type': 'application/octet-stream' };
  await asked(url, { method: 'POST', headers, body: file });
}

/** A file that was sent. Rejects with a sentence where it is not there any more. */
export const readFile = async (place: FilePlace, id: string, signal?: AbortSignal): Promise<Blob> =>
  (await asked(addressOf(place, `/${id}`), { headers: bearer(place), ...(signal && { signal }) })).blob();
