import { Counter, type Registry } from 'prom-client';
import type { DangerKind } from '../../protocol/dangers.ts';

/** How often people seemed to be in danger; not a word of what they said. */
export function safetyMetrics(registers: Registry[]) {
  const dangers = new Counter({
    name: 'visavis_safety_total',
    help: 'Times somebody seemed to be in danger by what they said, by kind',
    labelNames: ['kind'],
    registers,
  });
  const webhooks = new Counter({
    name: 'visavis_safety_webhooks_total',
    help: 'Times the operator was to be told of somebody in danger, by what became of it',
    labelNames: ['outcome'],
    registers,
  });
  return {
    danger: (kind: DangerKind) => dangers.inc({ kind }),
    safetyWebhook: (outcome: 'ok' | 'failed') => webhooks.inc({ outcome }),
  };
}
