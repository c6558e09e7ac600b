import { expect, it } from 'vitest';
import { documentedIn, registeredIn } from '../../telemetry/documented.ts';
import { createMetrics } from './metrics.ts';

it('the server’s figures are those of docs/metrics.md, no more and no less', async () => {
  const registered = await registeredIn(createMetrics().registry);
  expect(registered.length).toBeGreaterThan(30);
  expect(documentedIn('Of the server')).toEqual(registered);
});
