import { PORTRAIT_LIMITS } from '../../protocol/limits.ts';
import type { ConsentSentence } from '../../protocol/own-voice.ts';
import type {
  AvatarEntry,
  AvatarList,
  PortraitMade,
  PortraitsReady,
  PortraitVoice,
  PortraitWireError,
} from '../../protocol/portraits.ts';
import { at } from '../place/at.ts';
import { t } from '../words/words.ts';

/** Why there is no portrait; the message is for people. */
export class PortraitFailure extends Error {
  override name = 'PortraitFailure';
}

const unreachable = () => new PortraitFailure(t('unreachable'));

/** What can be chosen: everything shipped, and those portraits that still exist. */
export async function listAvatars(portraits: string[], signal: AbortSignal): Promise<AvatarList> {
  const response = await fetch(at(`/api/avatars?portraits=${portraits.join(',')}`), { signal });
  if (!response.ok) throw new PortraitFailure(`HTTP ${response.status}`);
  return (await response.json()) as AvatarList;
}

/** Has the server get ready; tells whether it can draw from words. */
export const warmPortraits = (token: string): Promise<PortraitsReady> => post('/api/portraits/warm', token);

/** The server refuses the same, but only when all of it has been sent. */
export const isTooLarge = ({ size }: File): boolean => size > PORTRAIT_LIMITS.uploadBytes;

/** @param onSent called with the share of the picture that is on its way, 0..1 */
export function uploadPortrait(file: File, token: string, onSent: (share: number) => void): Promise<PortraitMade> {
  const { promise, resolve, reject } = Promise.withResolvers<PortraitMade>();
  // `fetch` does not tell how far an upload has come.
  const request = new XMLHttpRequest();
  request.open('POST', at(`/api/portraits?name=${encodeURIComponent(nameOf(file))}`));
  request.setRequestHeader('authorization', `Bearer ${token}`);
  request.setRequestHeader('content-type', 'application/octet-stream');
  request.responseType = 'json';
  request.upload.onprogress = ({ loaded, total }) => onSent(total > 0 ? loaded / total : 0);
  request.onload = () =>
    request.status === 201 ? resolve(request.response as PortraitMade) : reject(refusal(request.response));
  request.onerror = () => reject(unreachable());
  request.send(file);
  return promise;
}

export const drawPortrait = (prompt: string, seed: number, token: string): Promise<PortraitMade> =>
  post('/api/portraits/generate', token, { prompt, seed });

export async function removePortrait(id: string, secret: string): Promise<void> {
  const response = await fetch(at(`/api/portraits/${id}`), {
    method: 'DELETE',
    headers: { authorization: `Bearer ${secret}` },
  }).catch(() => {
    throw unreachable();
  });
  // Gone is gone.
  if (!response.ok && response.status !== 404) throw refusal(await response.json().catch(() => undefined));
}

/** A greeting in that voice, to be played. */
export async function sayHello(voice: PortraitVoice, token: string): Promise<Blob> {
  return (await answered('POST', '/api/portraits/hello', token, voice)).blob();
}

export async function giveVoice(id: string, voice: PortraitVoice, secret: string): Promise<AvatarEntry> {
  return (await answered('PATCH', `/api/portraits/${id}/voice`, secret, voice)).json();
}

const ownVoiceOf = (id: string): string => `/api/portraits/${id}/own-voice`;

/** What is to be read aloud for a voice of one's own. */
export const askSentence = (id: string, language: string, secret: string): Promise<ConsentSentence> =>
  post(`${ownVoiceOf(id)}/sentence`, secret, { language });

/** @param wav in which the sentence of this id is read */
export async function makeOwnVoice(id: string, sentence: string, wav: Blob, secret: string): Promise<AvatarEntry> {
  return (await answered('POST', `${ownVoiceOf(id)}?sentence=${sentence}`, secret, wav)).json();
}

/** A greeting in one's own voice, to be played. */
export async function sayHelloAsOwn(id: string, secret: string): Promise<Blob> {
  return (await answered('POST', `${ownVoiceOf(id)}/hello`, secret)).blob();
}

export async function removeOwnVoice(id: string, secret: string): Promise<void> {
  await answered('DELETE', ownVoiceOf(id), secret);
}

const post = async <T>(url: string, token: string, body?: object): Promise<T> =>
  (await answered('POST', url, token, body)).json();

async function answered(
  method: 'POST' | 'PATCH' | 'DELETE',
  url: string,
  token: string,
  body?: object | Blob,
): Promise<Response> {
  const response = await fetch(at(url), {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': body instanceof Blob ? body.type : 'application/json' }),
    },
    body: body === undefined || body instanceof Blob ? body : JSON.stringify(body),
  }).catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw refusal(await response.json().catch(() => undefined));
  return response;
}

const refusal = (answer: unknown): PortraitFailure => {
  const { error } = (answer ?? {}) as { error?: PortraitWireError };
  return new PortraitFailure(error?.message ?? t('portrait.failed'));
};

/** "IMG_2041.jpeg" says nothing about who it is. */
function nameOf({ name }: File): string {
  const stem = name
    .replace(/\.[^.]*$/, '')
    .replace(/[_-]+/g, ' ')
    .trim();
  return /^(img|dsc|image|photo|picture|screenshot|pxl|p)?[\d ]*$/i.test(stem) ? t('portrait.mine') : stem.slice(0, 40);
}
