import { z } from 'zod';
import type { Vendor } from '../manifest.ts';

/** SoundSwallower: finds the words of a sentence in its sound, English, on this machine. */
const soundswallower: Vendor = {
  name: 'soundswallower',
  variables: [],
  makes: {
    alignment: {
      settings: z.strictObject({}),
      capabilities: () => ({}),
      async make(_settings, host) {
        const { SoundSwallowerAligner } = await import('./aligner.ts');
        const aligner = new SoundSwallowerAligner(() => host.lost('aligner'));
        host.queue('aligner', () => aligner.waiting);
        return aligner;
      },
    },
  },
};
export default soundswallower;
