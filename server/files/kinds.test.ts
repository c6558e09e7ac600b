import { describe, expect, it } from 'vitest';
import { fileNameOf, fileTypeOf } from './kinds.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('a file is', () => {
  it.each([
    ['\xff\xd8\xff\xe0more', 'image/jpeg'],
    ['\x89PNG\r\n\x1a\nmore', 'image/png'],
    ['GIF89amore', 'image/gif'],
    ['RIFF\x10\0\0\0WEBPVP8 ', 'image/webp'],
    ['%PDF-1.7 more', 'application/pdf'],
    ['Hello.\n\tTwo lines.', 'text/plain'],
    // Saved as text, and sent as text: it is read, not run.
    ['<script>alert(1)</script>', 'text/plain'],
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'text/plain'],
  ])('%j: %s', (content, type) => {
    expect(fileTypeOf(bytes(content))).toBe(type);
  });

  it.each([
    '',
    'MZ\x90\0',
    '\x7fELF',
    'PK\x03\x04',
    'half \xc3',
    'a\0b',
    '\x1b[2J',
  ])('nothing that may be sent: %j', content => {
    expect(fileTypeOf(bytes(content))).toBeUndefined();
  });
});

it.each([
  ['holiday.JPG', 'image/jpeg', 'holiday.jpg'],
  ['page.html', 'text/plain', 'page.html.txt'],
  ['notes.md', 'text/plain', 'notes.md'],
  ['photo.png.exe', 'image/png', 'photo.png.exe.png'],
  ['../../etc/passwd', 'text/plain', '_.._etc_passwd.txt'],
  ['in\u202eexe.gpj', 'image/jpeg', 'inexe.gpj.jpg'],
  ['', 'application/pdf', 'file.pdf'],
  ['.jpg', 'image/jpeg', 'jpg.jpg'],
] as const)('%j, which is %s, is called %j', (name, type, called) => {
  expect(fileNameOf(name, type)).toBe(called);
  expect(fileNameOf('x'.repeat(500), type).length).toBeLessThanOrEqual(120);
});
