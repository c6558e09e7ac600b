import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findPromtool } from '../setup/promtool.mjs';

const PROMTOOL = findPromtool();
const HERE = import.meta.dirname;
const read = (name: string) => parse(fs.readFileSync(path.join(HERE, name), 'utf8'));

const promtool = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(PROMTOOL!, args, { cwd: HERE, encoding: 'utf8' });
  return { status, said: stdout + stderr };
};

interface Rule {
  alert: string;
  labels: { severity: string };
  annotations: { summary: string; runbook: string };
}
const rules = (): Rule[] => read('alerts.yml').groups.flatMap((group: { rules: Rule[] }) => group.rules);

describe.skipIf(PROMTOOL === undefined)('with promtool', () => {
  it('the configuration is right', () => {
    // The token's file is there in the container only.
    expect(promtool('check', 'config', '--syntax-only', 'prometheus.yml')).toMatchObject({ status: 0 });
  });

  it('the rules are right', () => {
    expect(promtool('check', 'rules', '--lint-fatal', 'alerts.yml')).toMatchObject({ status: 0 });
  });

  it('alerts fire when they should, and only then', () => {
    expect(promtool('test', 'rules', 'alerts.test.yml')).toMatchObject({ status: 0 });
  });
});

describe('alerts', () => {
  it('each have a severity, and a section in the operator’s page that says what to do', () => {
    const page = fs.readFileSync(path.resolve(HERE, '../../docs/operations.md'), 'utf8');
    expect(rules().length).toBeGreaterThan(10);
    for (const { alert, labels, annotations } of rules()) {
      expect(['page', 'ticket']).toContain(labels.severity);
      expect(annotations.summary).not.toBe('');
      expect(annotations.runbook).toBe(`docs/operations.md#${alert.toLowerCase()}`);
      expect(page, alert).toMatch(new RegExp(`^### ${alert}$`, 'm'));
    }
  });

  it('are each tested', () => {
    const tested = JSON.stringify(read('alerts.test.yml'));
    for (const { alert } of rules()) expect(tested).toContain(`"alertname":"${alert}","exp_alerts"`);
  });
});
