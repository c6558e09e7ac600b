import { systemClock } from '../../base/clock.ts';
import { knock, Sleeper } from '../../base/sleeper.ts';
import type { EndpointConfig } from './client.ts';

/** The endpoint as one that sleeps while nobody asks it; undefined where it is always there. It is woken by asking for its models. */
export function sleeperOf(
  { apiKey = 'none', baseUrl, coldStartMs = 0 }: EndpointConfig & { coldStartMs?: number | undefined },
  patienceMs: number,
): Sleeper | undefined {
  if (coldStartMs === 0 || baseUrl === undefined) return undefined;
  const headers = { authorization: `Bearer ${apiKey}` };
  return new Sleeper({
    clock: systemClock,
    coldStartMs,
    patienceMs,
    wake: signal => knock(`${baseUrl.replace(/(?<!\/)\/+$/, '')}/models`, { headers, clock: systemClock }, signal),
  });
}
