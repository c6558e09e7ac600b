import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createAgentMetrics } from '../../agents/metrics/metrics.ts';
import { createMetrics } from '../../server/metrics/metrics.ts';
import { BOARDS } from './boards.ts';
import { dashboard } from './panels.ts';

/** Every figure that a scrape may hold, and the labels it is told apart by. */
async function figures(): Promise<Map<string, Set<string>>> {
  const agents = createAgentMetrics();
  agents.eyes({ framesDecoded: 0, framesDropped: 0, facesRead: 0, faceReadMs: 0, restarts: 0 });
  const found = new Map<string, Set<string>>([['up', new Set(['job', 'instance'])]]);
  for (const { registry } of [createMetrics(), agents])
    for (const { name } of await registry.getMetricsAsJSON()) {
      const { labelNames = [] } = registry.getSingleMetric(name) as unknown as { labelNames?: string[] };
      found.set(name, new Set(labelNames));
      for (const part of ['bucket', 'sum', 'count'])
        found.set(`${name}_${part}`, new Set([...labelNames, ...(part === 'bucket' ? ['le'] : [])]));
    }
  return found;
}

const NAME = /\b(?:visavis_\w+|up)\b/g;
/** In matchers, in `by (…)`, and in legends. */
const labelsIn = (text: string): string[] => [
  ...[...text.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(match => match[1]!),
  ...[...text.matchAll(/\b(?:by|on|without)\s*\(([^)]*)\)/g)].flatMap(match => match[1]!.split(/\s*,\s*/)),
  ...[...text.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(match => match[1]!),
];

async function expectKnown(expression: string, legend = ''): Promise<void> {
  const known = await figures();
  const names = expression.match(NAME) ?? [];
  expect(names, expression).not.toEqual([]);
  for (const name of names) expect([...known.keys()], expression).toContain(name);
  const labels = new Set(names.flatMap(name => [...known.get(name)!]));
  for (const label of labelsIn(`${expression} ${legend}`).filter(each => each !== ''))
    expect([...labels], `${expression} ${legend}`).toContain(label);
}

describe('dashboards', () => {
  it.each(BOARDS)('$title asks for figures and labels that there are', async ({ panels }) => {
    for (const { queries } of panels) for (const [expression, legend] of queries) await expectKnown(expression, legend);
  });

  it.each(BOARDS)('$title lies in its file as it is written here (else: node infra/grafana/make.ts)', board => {
    const file = path.join(import.meta.dirname, 'dashboards', `${board.uid}.json`);
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual(dashboard(board));
  });

  it('use the data source that is provided, and each panel says what to make of it', () => {
    const { datasources } = parse(
      fs.readFileSync(path.join(import.meta.dirname, 'provisioning/datasources/prometheus.yml'), 'utf8'),
    );
    for (const { panels } of BOARDS.map(dashboard))
      for (const { datasource, description } of panels) {
        expect(datasource.uid).toBe(datasources[0].uid);
        expect(description).not.toBe('');
      }
  });
});

describe('alerts', () => {
  const { groups } = parse(fs.readFileSync(path.join(import.meta.dirname, '../prometheus/alerts.yml'), 'utf8'));
  const rules = groups.flatMap((group: { rules: unknown[] }) => group.rules) as {
    alert: string;
    expr: string;
    annotations: { summary: string };
  }[];
  it.each(rules)('$alert asks for figures and labels that there are', async ({ expr, annotations }) => {
    await expectKnown(expr, annotations.summary);
  });
});
