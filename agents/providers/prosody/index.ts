import { z } from 'zod';
import type { Vendor } from '../manifest.ts';

/** How lively a voice is, against its own usual way, from pitch, loudness and pace; on this machine. */
const prosody: Vendor = {
  name: 'prosody',
  variables: [],
  makes: {
    feelings: {
      settings: z.strictObject({}),
      capabilities: () => ({}),
      async make(_settings, host) {
        const { VoiceSensor } = await import('./voice-sensor.ts');
        const sensor = new VoiceSensor(() => host.lost('voice-sensor'));
        host.queue('voice-sensor', () => sensor.waiting);
        return sensor;
      },
    },
  },
};
export default prosody;
