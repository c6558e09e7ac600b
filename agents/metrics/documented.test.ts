import { expect, it } from 'vitest';
import { documentedIn, registeredIn } from '../../telemetry/documented.ts';
import { createAgentMetrics } from './metrics.ts';

it('the agent hosts’ figures are those of docs/metrics.md, no more and no less', async () => {
  const registered = await registeredIn(createAgentMetrics().registry);
  expect(registered.length).toBeGreaterThan(30);
  expect(documentedIn('Of agent hosts')).toEqual(registered);
});
