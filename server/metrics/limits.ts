import { Counter, type Registry } from 'prom-client';

export type LimitMetrics = ReturnType<typeof limitMetrics>;

/** Who came too often. */
export function limitMetrics(registers: Registry[]) {
  const limited = new Counter({
    name: 'visavis_rate_limited_total',
    help: 'Requests refused because somebody came too often, by whom the limit counts',
    labelNames: ['scope', 'surface'],
    registers,
  });
  return { refused: ({ scope, surface }: { scope: string; surface: string }) => limited.inc({ scope, surface }) };
}
