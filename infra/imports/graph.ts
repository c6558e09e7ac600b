/** What imports what, of files and of folders, and where that goes round in a circle. */
import fs from 'node:fs';
import path from 'node:path';

export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

const SPECIFIER = /(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;
/** Tests, and what only they use, may import from everywhere. */
const OF_TESTS = /\.test\.tsx?$|(?:^|\/)(?:testing|contract|harness)\//;

/** Files of these folders by what they import of each other; type imports count, tests do not. */
export function importsOf(root: string, folders: readonly string[]): Map<string, Set<string>> {
  const files = folders
    .flatMap(folder =>
      fs
        .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .map(file => path.join(folder, file)),
    )
    .filter(
      file => /(?<!\.d)\.tsx?$/.test(file) && !OF_TESTS.test(file) && !/(?:^|\/)(?:node_modules|dist)\//.test(file),
    );
  const known = new Set(files);
  return new Map(
    files.map(file => {
      const text = fs.readFileSync(path.join(root, file), 'utf8');
      const imported = [...text.matchAll(SPECIFIER)].map(match => path.join(path.dirname(file), match[1]!));
      return [file, new Set(imported.filter(each => known.has(each)))];
    }),
  );
}

/** The same of folders. */
export function byFolder(graph: Graph): Map<string, Set<string>> {
  const folders = new Map<string, Set<string>>();
  for (const [file, imported] of graph) {
    const from = path.dirname(file);
    const to = folders.get(from) ?? new Set();
    folders.set(from, to);
    for (const each of imported) if (path.dirname(each) !== from) to.add(path.dirname(each));
  }
  return folders;
}

/** One circle through each knot, `a → b → a`; empty where there is none. */
export function circlesIn(graph: Graph): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (node: string): void => {
    const at = way.indexOf(node);
    if (at >= 0) {
      circles.push([...way.slice(at), node].join(' → '));
      return;
    }
    if (done.has(node)) return;
    way.push(node);
    for (const next of graph.get(node) ?? []) visit(next);
    way.pop();
    done.add(node);
  };
  for (const node of graph.keys()) visit(node);
  return circles;
}
