/** The documents of a folder, as text. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { type Passage, passagesOf } from './passages.ts';

/** Larger files, and more of them, are not read [C2]. */
const MOST_BYTES = 20 * 1024 * 1024;
const MOST_FILES = 2000;
const MOST_PAGES = 1000;
/** Of one document. */
const MOST_CHARACTERS = 4_000_000;

const READERS: Readonly<Record<string, (bytes: Buffer) => Promise<string>>> = {
  '.md': async bytes => bytes.toString('utf8').replace(/^---\r?\n[\s\S]*?\n---\r?\n/, ''),
  '.txt': async bytes => bytes.toString('utf8'),
  '.html': async bytes => markdownOf(bytes.toString('utf8')),
  '.htm': async bytes => markdownOf(bytes.toString('utf8')),
  '.pdf': textOfPdf,
};

/** A file of the folder, and what tells whether it has changed. */
export interface DocumentFile {
  /** Relative to the folder, with `/`. */
  name: string;
  stamp: string;
}

/** Files that can be read, in their order; hidden ones and links are left out. Throws where the folder cannot be read. */
export async function filesIn(folder: string): Promise<{ files: DocumentFile[]; leftOut: string[] }> {
  const files: DocumentFile[] = [];
  const leftOut: string[] = [];
  const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
  const named = entries
    .filter(entry => entry.isFile())
    .map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .filter(name => !name.split('/').some(part => part.startsWith('.')))
    .toSorted();
  for (const name of named) {
    if (READERS[path.extname(name).toLowerCase()] === undefined) continue;
    const { mtimeMs, size } = await fs.stat(path.join(folder, name));
    if (size > MOST_BYTES || files.length >= MOST_FILES) leftOut.push(name);
    else files.push({ name, stamp: `${mtimeMs}/${size}` });
  }
  return { files, leftOut };
}

/** What a document is called: its first heading, or its file. */
export interface Document {
  title: string;
  passages: Passage[];
}

/** Reads one. Throws where it is not what its name says. */
export async function readDocument(folder: string, name: string): Promise<Document> {
  const read = READERS[path.extname(name).toLowerCase()]!;
  const text = (await read(await fs.readFile(path.join(folder, name)))).slice(0, MOST_CHARACTERS);
  const passages = passagesOf(text);
  const first = passages[0]?.heading.split(' > ')[0];
  return { title: first || path.parse(name).name.replaceAll(/[-_]+/g, ' '), passages };
}

/** Headings, paragraphs and lists of a page; what is not for readers is left out. */
async function markdownOf(html: string): Promise<string> {
  const { NodeHtmlMarkdown } = await import('node-html-markdown');
  return NodeHtmlMarkdown.translate(html, {
    ignore: ['head', 'title', 'script', 'style', 'nav', 'noscript', 'template', 'svg'],
  });
}

async function textOfPdf(bytes: Buffer): Promise<string> {
  const { extractText, getDocumentProxy } = await import('unpdf');
  const pdf = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
  try {
    if (pdf.numPages > MOST_PAGES) throw new Error(`it has more than ${MOST_PAGES} pages`);
    const { text } = await extractText(pdf, { mergePages: false });
    return text.join('\n\n');
  } finally {
    await pdf.loadingTask.destroy();
  }
}
