import { Gauge, type Registry } from 'prom-client';

/** Voices that were made of people's own. */
export function ownVoiceMetrics(registers: Registry[]) {
  return new Gauge({
    name: 'visavis_own_voices',
    help: 'Voices of people’s own that are at vendors: in use, or still to be removed there',
    labelNames: ['state'],
    registers,
  });
}
