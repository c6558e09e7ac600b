import { FILE_NAME_LENGTH, type FileType } from '../../protocol/files.ts';
import { cleanText } from '../../protocol/text.ts';

/** How files begin, in Latin-1. */
const BEGINNINGS: readonly (readonly [FileType, string])[] = [
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/png', '\x89PNG\r\n\x1a\n'],
  ['image/gif', 'GIF87a'],
  ['image/gif', 'GIF89a'],
  ['application/pdf', '%PDF-'],
];
const EXTENSIONS: Record<FileType, readonly [string, ...string[]]> = {
  'image/jpeg': ['jpg', 'jpeg'],
  'image/png': ['png'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
  'application/pdf': ['pdf'],
  'text/plain': ['txt', 'md', 'csv', 'log', 'json', 'yaml', 'srt', 'vtt'],
};
/** No text has these: control characters but tab, line feed, form feed and carriage return. */
const NO_TEXT = /[\0-\x08\x0b\x0e-\x1f\x7f]/;

/** What a file is by its bytes; undefined for what may not be sent. */
export function fileTypeOf(data: Uint8Array): FileType | undefined {
  const head = Buffer.from(data.buffer, data.byteOffset, Math.min(data.byteLength, 16)).toString('latin1');
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return 'image/webp';
  return (
    BEGINNINGS.find(([, beginning]) => head.startsWith(beginning))?.[0] ?? (isText(data) ? 'text/plain' : undefined)
  );
}

function isText(data: Uint8Array): boolean {
  if (data.byteLength === 0) return false;
  try {
    return !NO_TEXT.test(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch {
    return false;
  }
}

/** A name as a person may show it to others, with an ending that says what the file is: text is not saved as a page. */
export function fileNameOf(name: string, type: FileType): string {
  const clean = cleanText(name)
    .replace(/[/\\:*?"<>|]/g, '_')
    .replace(/^\.+/, '');
  const [usual, ...others] = EXTENSIONS[type];
  const ending = clean.slice(clean.lastIndexOf('.') + 1).toLowerCase();
  const right = clean.includes('.') && [usual, ...others].includes(ending);
  const stem = right ? clean.slice(0, clean.lastIndexOf('.')) : clean;
  const kept = stem.slice(0, FILE_NAME_LENGTH - 10).toWellFormed() || 'file';
  return `${kept}.${right ? ending : usual}`;
}
