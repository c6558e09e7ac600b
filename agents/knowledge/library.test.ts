import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Library } from './library.ts';

let folder: string;
let kept: string;
let problems: string[];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-documents-'));
  kept = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-index-'));
  problems = [];
});
afterEach(() => {
  for (const each of [folder, kept]) fs.rmSync(each, { recursive: true, force: true });
});

const write = (name: string, content: string | Buffer) => {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), content);
};
const open = async () => {
  const library = new Library(folder, kept, problem => problems.push(problem));
  await library.refresh();
  return library;
};
const HOURS = '# Opening hours\nWe are open from nine to five on weekdays.\n\nOn Sundays the shop is closed.';
const RETURNS = '# Returns\nYou can send a candle back within thirty days. The refund takes a week.';

/** A page of PDF with one line. */
function pdf(line: string): Buffer {
  const stream = `BT /F1 12 Tf 72 720 Td (${line}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, i) => {
    const at = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const at = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

describe('a folder of documents', () => {
  it('answers with the passage, its source and the sentence that fits', async () => {
    write('hours.md', HOURS);
    write('returns.md', RETURNS);
    const [best] = (await open()).find('When are you open on weekdays?');
    expect(best).toMatchObject({
      source: { title: 'Opening hours', file: 'hours.md' },
      quote: 'We are open from nine to five on weekdays.',
    });
    expect(best!.covers).toBeGreaterThan(0.9);
  });

  it('finds a word in another form', async () => {
    write('returns.md', RETURNS);
    const [found] = (await open()).find('And how long does the refund take?');
    expect(found).toMatchObject({ covers: 1, quote: 'The refund takes a week.' });
  });

  it('knows how little of a question it answers', async () => {
    write('hours.md', HOURS);
    write('returns.md', RETURNS);
    const library = await open();
    expect(library.find('Are you married on Sundays?')[0]?.covers ?? 0).toBeLessThan(0.6);
    expect(library.find('What is your favourite colour?')).toEqual([]);
    expect(library.find('')).toEqual([]);
  });

  it('reads text, pages and PDF', async () => {
    write('a.txt', 'The lighthouse was built in 1870.');
    write('b.html', '<title>x</title><script>lighthouse()</script><h1>Boats</h1><p>The ferry leaves at noon.</p>');
    write('deep/c.pdf', pdf('Dogs are welcome on the beach.'));
    const library = await open();
    expect(problems).toEqual([]);
    expect(library.find('When was the lighthouse built?')[0]).toMatchObject({ source: { title: 'a', file: 'a.txt' } });
    expect(library.find('When does the ferry leave?')[0]).toMatchObject({
      source: { title: 'Boats', heading: 'Boats' },
      quote: 'The ferry leaves at noon.',
    });
    expect(library.find('Are dogs welcome?')[0]!.source.file).toBe('deep/c.pdf');
  });

  it('is kept on disk, and read anew only where it has changed', async () => {
    write('hours.md', HOURS);
    write('returns.md', RETURNS);
    await open();
    const [file] = fs.readdirSync(kept);
    const before = fs.readFileSync(path.join(kept, file!), 'utf8');
    await open();
    expect(fs.readFileSync(path.join(kept, file!), 'utf8')).toBe(before);

    write('hours.md', '# Opening hours\nWe are open all night.');
    fs.rmSync(path.join(folder, 'returns.md'));
    const library = await open();
    expect(library.find('When are you open?')[0]!.quote).toBe('We are open all night.');
    expect(library.find('Is there a refund?')).toEqual([]);
  });

  it('does without what is kept where that is broken', async () => {
    write('hours.md', HOURS);
    await open();
    const [file] = fs.readdirSync(kept);
    fs.writeFileSync(path.join(kept, file!), '{"files":');
    expect((await open()).find('When are you open?')).toHaveLength(1);
  });

  it('names what cannot be read, and reads the rest', async () => {
    write('broken.pdf', 'no PDF at all');
    write('hours.md', HOURS);
    expect((await open()).find('When are you open?')).toHaveLength(1);
    expect(problems).toEqual([expect.stringMatching(/broken\.pdf cannot be read/)]);
  });

  it('leaves out hidden files and links', async () => {
    write('.secret.md', 'The password is swordfish.');
    fs.symlinkSync('/etc/hostname', path.join(folder, 'link.txt'));
    expect((await open()).find('What is the password?')).toEqual([]);
  });

  it('throws where there is no folder', async () => {
    fs.rmSync(folder, { recursive: true });
    await expect(open()).rejects.toThrow(/ENOENT/);
  });
});
