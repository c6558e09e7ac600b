import { escaped } from '../../speak/xml.ts';

/** Silence that the service adds on its own is no part of a sentence here. */
const SILENCES = ['Leading-exact', 'Tailing-exact']
  .map(type => `<mstts:silence type="${type}" value="50ms"/>`)
  .join('');

/** A sentence for Azure. @param rate 1 is as the voice speaks */
export function ssmlOf(text: string, voice: string, rate: number): string {
  const language = /^[a-z]{2,3}-[A-Za-z]{2,8}/.exec(voice)?.[0] ?? 'en-US';
  const percent = Math.round(Math.min(2, Math.max(0.5, rate)) * 100 - 100);
  const said =
    percent === 0 ? escaped(text) : `<prosody rate="${percent > 0 ? '+' : ''}${percent}%">${escaped(text)}</prosody>`;
  const names = 'xmlns="http://www.w3.org/2001/10/synthesis" xmlns:mstts="https://www.w3.org/2001/mstts"';
  return `<speak version="1.0" ${names} xml:lang="${language}"><voice name="${escaped(voice)}">${SILENCES}${said}</voice></speak>`;
}
