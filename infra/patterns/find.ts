import fs from 'node:fs';
import path from 'node:path';
import { parseSync } from 'vite';

/** A regular expression, and where it is written. */
export interface Pattern {
  source: string;
  flags: string;
  /** From the root of the project, with the line. */
  file: string;
}

/** What runs: here patterns meet what strangers send. */
const FOLDERS = [
  'agents',
  'client',
  'examples',
  'infra',
  'protocol',
  'rehearse',
  'server',
  'settings',
  'livekit',
  'studio',
  'telemetry',
];
const SOURCE = /\.(?:tsx?|mjs)$/;
/** What only tests run. */
const TEST = /\.test\.tsx?$|^agents\/testing\//;

/** Every regular expression of the sources, and every place where one is put together from text. */
export function patternsOf(root: string): { literals: Pattern[]; built: string[] } {
  const literals: Pattern[] = [];
  const built: string[] = [];
  for (const folder of FOLDERS)
    for (const entry of fs.readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })) {
      const file = path.relative(root, path.join(entry.parentPath, entry.name));
      if (!entry.isFile() || !SOURCE.test(file) || TEST.test(file) || /(?:^|\/)(?:node_modules|dist)\//.test(file))
        continue;
      const found = patternsIn(file, fs.readFileSync(path.join(root, file), 'utf8'));
      literals.push(...found.literals);
      built.push(...found.built);
    }
  return { literals, built };
}

/** Those of one source. */
export function patternsIn(file: string, text: string): { literals: Pattern[]; built: string[] } {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]!.message}`);
  const literals: Pattern[] = [];
  const built: string[] = [];
  const at = (offset: number) => `${file}:${text.slice(0, offset).split('\n').length}`;
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    const { type, start, regex, callee } = node as Partial<Syntax>;
    if (regex) literals.push({ source: regex.pattern, flags: regex.flags, file: at(start!) });
    const { name } = callee?.type === 'MemberExpression' ? (callee.property ?? {}) : (callee ?? {});
    if ((type === 'NewExpression' || type === 'CallExpression') && name === 'RegExp') built.push(at(start!));
    for (const child of Object.values(node)) visit(child);
  };
  visit(program);
  return { literals, built };
}

/** What is looked at in a syntax tree (ESTree). */
interface Syntax {
  type: string;
  start: number;
  regex: { pattern: string; flags: string } | null;
  callee: { type: string; name?: string; property?: { name?: string } };
}
