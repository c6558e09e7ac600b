import fs from 'node:fs';
import path from 'node:path';
import { type ESTree, parseSync } from 'vite';
import { describe, expect, it } from 'vitest';
import english from './en.json' with { type: 'json' };

const CLIENT = path.resolve(import.meta.dirname, '..');
/** Names, and what is typed as it stands. */
const ALLOWED = new Set(['Visavis', 'AI', 'npm run models -- list', '(H)']);
/** Attributes that people read or hear; `name`, `label` and the like only of our own components. */
const READ = /^(?:aria-(?:label|description|valuetext|roledescription)|title|placeholder|alt)$/;
const READ_OF_OURS = /^(?:name|label|wide|sure|question|title)$/;

type Node = ESTree.Node & Record<string, unknown>;
const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === 'string';
const childrenOf = (node: Node): Node[] => Object.values(node).flat().filter(isNode);
const hasLetters = (text: string): boolean => /\p{L}/u.test(text);

/** The texts that an expression may come to; what a function makes of its arguments is its own. */
function textsOf(node: Node): string[] {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? [node.value] : [];
    case 'TemplateLiteral':
      return [...node.quasis.map(quasi => quasi.value.cooked ?? ''), ...(node.expressions as Node[]).flatMap(textsOf)];
    case 'ConditionalExpression':
      return [node.consequent, node.alternate].flatMap(each => textsOf(each as Node));
    case 'LogicalExpression':
      return [...(node.operator === '&&' ? [] : textsOf(node.left as Node)), ...textsOf(node.right as Node)];
    case 'BinaryExpression':
      return node.operator === '+' ? [node.left, node.right].flatMap(each => textsOf(each as Node)) : [];
    case 'JSXExpressionContainer':
    case 'ParenthesizedExpression':
      return textsOf(node.expression as Node);
    case 'JSXText':
      return [node.value];
    default:
      return [];
  }
}

/** What is written into a page instead of being a message. */
function literalsIn(source: string, file = 'page.tsx'): string[] {
  const found: string[] = [];
  const visit = (node: Node, owner: string): void => {
    if (node.type === 'JSXOpeningElement') owner = source.slice(node.name.start, node.name.end);
    if (node.type === 'JSXAttribute') {
      const name = source.slice(node.name.start, node.name.end);
      if (READ.test(name) || (/^[A-Z]/.test(owner) && READ_OF_OURS.test(name)))
        found.push(...(node.value === null ? [] : textsOf(node.value as Node)));
    }
    if (node.type === 'JSXElement' || node.type === 'JSXFragment')
      for (const child of node.children as Node[]) found.push(...textsOf(child));
    for (const child of childrenOf(node)) visit(child, owner);
  };
  visit(parseSync(file, source).program as unknown as Node, '');
  return found.map(text => text.trim()).filter(text => hasLetters(text) && !ALLOWED.has(text));
}

const files = fs
  .readdirSync(CLIENT, { recursive: true, encoding: 'utf8' })
  .filter(file => /\.tsx?$/.test(file) && !/\.test\.tsx?$|^dist|(?:^|\/)testing\.ts$/.test(file));
const sourceOf = (file: string): string => fs.readFileSync(path.join(CLIENT, file), 'utf8');

describe('what is written on the page', () => {
  it.each([
    ['<p>Hello</p>', ['Hello']],
    ["<p>{late ? 'Late' : t('early')}</p>", ['Late']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is one in the page
    ['<p>{late && `${n} minutes late`}</p>', ['minutes late']],
    ['<b title="Bold" className="strong" data-kind="x">{name} · {t(key)}</b>', ['Bold']],
    ["<Button name={on ? 'On' : t('off')} kind=\"round\" />", ['On']],
    ['<input name="avatar" placeholder={t("type")} />', []],
    ['<p>Visavis <abbr>AI</abbr> — 12</p>', []],
  ])('%s is found out', (source, literals) => {
    expect(literalsIn(source)).toEqual(literals);
  });

  it('is a message everywhere', () => {
    const pages = files.filter(file => file.endsWith('x'));
    expect(pages.length).toBeGreaterThan(40);
    const wrong = pages.flatMap(file => literalsIn(sourceOf(file), file).map(text => `${file}: ${text}`));
    expect(wrong).toEqual([]);
  });

  it('puts into each message what is named in it', () => {
    const wrong: string[] = [];
    for (const file of files) {
      const visit = (node: Node): void => {
        if (node.type === 'CallExpression' && /^(?:t|rich)$/.test(String((node.callee as unknown as Node).name))) {
          const [key, values] = node.arguments as unknown as (Node | undefined)[];
          const given = values?.type === 'ObjectExpression' ? values : undefined;
          const names = ((given?.properties ?? []) as Node[]).map(({ key: name }) => String((name as Node).name));
          for (const text of key === undefined || (values && !given) ? [] : textsOf(key)) {
            const message: unknown = (english as Record<string, unknown>)[text];
            const wanted = new Set(JSON.stringify(message ?? '').match(/(?<=\{)\w+(?=\})/g));
            const missing = [...wanted].filter(name => !names.includes(name));
            if (missing.length > 0) wrong.push(`${file}: ${text} lacks ${missing}`);
          }
        }
        for (const child of childrenOf(node)) visit(child);
      };
      visit(parseSync(file, sourceOf(file)).program as unknown as Node);
    }
    expect(wrong).toEqual([]);
  });

  it('leaves no message unused', () => {
    /** What stands before and after what is filled in; of a text without any both are the same. */
    const ends = files.flatMap(file => {
      const found: [string, string][] = [];
      const visit = (node: Node): void => {
        if (node.type === 'Literal' && typeof node.value === 'string') found.push([node.value, node.value]);
        if (node.type === 'TemplateLiteral' && node.quasis.some(({ value }) => value.raw.includes('.')))
          found.push([node.quasis[0]!.value.raw, node.quasis.at(-1)!.value.raw]);
        for (const child of childrenOf(node)) visit(child);
      };
      visit(parseSync(file, sourceOf(file)).program as unknown as Node);
      return found.filter(([first]) => first !== '');
    });
    // `ending` adds it to each of its keys.
    const shown = (key: string) => key.replace(/^(failure|closing|left)(.*)\.title$/, '$1$2');
    const isUsed = (key: string) =>
      ends.some(([first, last]) => (first === last ? key === first : key.startsWith(first) && key.endsWith(last)));
    const unused = Object.keys(english).filter(key => !isUsed(shown(key)));
    expect(unused).toEqual([]);
  });
});
