/** Cuts documents into passages that answer one question each. */

export interface Passage {
  /** Of the document, and the headings above it: `Prices > Delivery`. */
  heading: string;
  text: string;
}

/** About what one can say in half a minute, characters; no passage is longer than the second. */
const FULL = 600;
const MOST = 1200;

const HEADING = /^(#{1,6})\s+(.{1,200}?)\s*#*$/;
const UNDERLINE = /^(?:=+|-+)\s*$/;

/** Passages of a Markdown text, in its order: paragraphs under one heading together, as far as they fit. */
export function passagesOf(markdown: string): Passage[] {
  const passages: Passage[] = [];
  const headings: string[] = [];
  let paragraphs: string[] = [];
  let lines: string[] = [];
  const endParagraph = () => {
    const text = lines.join('\n').trim();
    lines = [];
    if (text !== '') paragraphs.push(text);
  };
  const endSection = () => {
    endParagraph();
    const heading = headings.filter(Boolean).join(' > ');
    for (const text of filled(paragraphs)) passages.push({ heading, text });
    paragraphs = [];
  };
  const source = markdown.replaceAll('\r', '').split('\n');
  for (const [i, line] of source.entries()) {
    const [, marks, title] = HEADING.exec(line) ?? [];
    const underlined = lines.length === 1 && UNDERLINE.test(line) && lines[0]!.trim() !== '';
    if (marks !== undefined || underlined) {
      const level = marks?.length ?? (line.startsWith('=') ? 1 : 2);
      const name = title ?? lines.pop()!;
      endSection();
      headings.length = level - 1;
      headings[level - 1] = plain(name);
    } else if (line.trim() === '') endParagraph();
    else lines.push(line);
    if (i === source.length - 1) endSection();
  }
  return passages;
}

/** Paragraphs put together until a passage is full; one that is too long is cut at its sentences. */
function filled(paragraphs: readonly string[]): string[] {
  const texts: string[] = [];
  let open = '';
  for (const paragraph of paragraphs.flatMap(pieces)) {
    if (open !== '' && open.length + paragraph.length > FULL) {
      texts.push(open);
      open = '';
    }
    open = open === '' ? paragraph : `${open}\n\n${paragraph}`;
  }
  return open === '' ? texts : [...texts, open];
}

function pieces(paragraph: string): string[] {
  if (paragraph.length <= MOST) return [paragraph];
  const cut: string[] = [];
  let open = '';
  for (const sentence of sentencesIn(paragraph)) {
    if (open !== '' && open.length + sentence.length > FULL) {
      cut.push(open);
      open = '';
    }
    // A sentence without an end is no sentence.
    for (let at = 0; at < sentence.length; at += MOST) open = `${open} ${sentence.slice(at, at + MOST)}`.trim();
  }
  return [...cut, open];
}

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

export const sentencesIn = (text: string): string[] =>
  [...segmenter.segment(text.replaceAll(/\s+/g, ' '))].map(({ segment }) => segment.trim()).filter(Boolean);

/** Markdown's own marks of emphasis, links and code are not for quoting. */
export const plain = (text: string): string =>
  text
    .replaceAll(/!?\[([^\]]{0,300})\]\([^)]{0,500}\)/g, '$1')
    .replaceAll(/[*_`~]{1,3}(?=\S)|(?<=\S)[*_`~]{1,3}/g, '')
    .replaceAll(/^[ \t]*(?:[-*+]|\d+\.|>)[ \t]+/gm, '')
    .trim();
