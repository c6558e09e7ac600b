import { z } from 'zod';
import type { Vendor } from '../manifest.ts';
import { FLITE_VOICES } from './voices.ts';

/** flite: English, three recorded voices and one robot, on this machine. */
const flite: Vendor = {
  name: 'flite',
  variables: [],
  makes: {
    speech: {
      settings: z.strictObject({}),
      capabilities: () => ({
        phones: true,
        prosody: true,
        voices: { known: Object.keys(FLITE_VOICES), closed: true },
        languages: ['en'],
        reads: 'words' as const,
      }),
      identity: () => 'flite',
      async make(_settings, host) {
        const { Flite } = await import('./flite.ts');
        const voice = new Flite(() => host.lost('synthesizer'));
        host.queue('synthesizer', () => voice.waiting);
        return voice;
      },
    },
  },
};
export default flite;
