import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');
const read = (name: string) => fs.readFileSync(path.join(ROOT, name), 'utf8');

const threats = read('docs/security.md')
  .split('\n')
  .filter(line => /^\| (?!threat|---)/.test(line))
  .map(line => {
    const [, threat = '', mitigation = '', shown = ''] = line.split(/(?<!\\)\|/).map(cell => cell.trim());
    return { threat, mitigation, shown };
  });

describe('the page on security', () => {
  it('names a mitigation for each threat', () => {
    expect(threats.length).toBeGreaterThan(20);
    for (const { threat, mitigation } of threats) expect(mitigation, threat).not.toBe('');
  });

  it.each(threats)('cites a test that there is: $threat', ({ shown }) => {
    const [, file = '', name = ''] = /^`([^`]+\.test\.ts)`: (.+)$/.exec(shown) ?? [];
    expect(name.length, shown).toBeGreaterThan(10);
    // As a title, or a row of `it.each`: between quotes.
    const titles = [...read(file).matchAll(/(['`])((?:(?!\1).)*)\1/g)].map(match => match[2]!);
    expect(
      titles.some(title => title.includes(name)),
      `${file} has no test "${name}"`,
    ).toBe(true);
  });
});

describe('packages', () => {
  it('are of exact versions, whose contents are known, and run no script when they are installed', () => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json'));
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }))
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { integrity?: string }> };
    for (const [name, { integrity }] of Object.entries(packages))
      if (name !== '') expect(integrity, name).toMatch(/^sha512-/);
    expect(read('infra/setup/packages.mjs')).toContain("'--ignore-scripts'");
  });
});
