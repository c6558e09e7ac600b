import fs from 'node:fs';
import path from 'node:path';
import type { Registry } from 'prom-client';

/** A figure as an operator reads of it. */
export interface Documented {
  name: string;
  type: string;
  labels: string[];
}

/** prom-client's own, which it documents itself. */
const OWN = /^visavis_(server|agent)_(process|nodejs)_/;

/** The table of one section of docs/metrics.md. For tests. */
export function documentedIn(section: string): Documented[] {
  const text = fs.readFileSync(path.resolve(import.meta.dirname, '../docs/metrics.md'), 'utf8');
  const [, after = ''] = text.split(`\n## ${section}\n`);
  const rows = after
    .split('\n## ')[0]!
    .split('\n')
    .filter(line => line.startsWith('| `'));
  return rows.map(row => {
    const [, name = '', type = '', labels = ''] = row.split('|').map(cell => cell.trim());
    return {
      name: name.replaceAll('`', ''),
      type,
      labels: [...labels.matchAll(/`(\w+)`/g)].map(match => match[1]!).toSorted(),
    };
  });
}

/** What a registry really has. */
export async function registeredIn(registry: Registry): Promise<Documented[]> {
  const types = new Map((await registry.getMetricsAsJSON()).map(({ name, type }) => [name, String(type)]));
  return registry.getMetricsAsArray().flatMap(metric => {
    const { name, labelNames = [] } = metric as unknown as { name: string; labelNames?: string[] };
    return OWN.test(name) ? [] : [{ name, type: types.get(name) ?? '', labels: labelNames.toSorted() }];
  });
}
