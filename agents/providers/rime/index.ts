import { z } from 'zod';
import type { SpeechCapabilities } from '../../speak/ports.ts';
import type { Variables, Vendor } from '../manifest.ts';

const SpeechSettings = z.strictObject({
  baseUrl: z.url().default('https://users-ws.rime.ai'),
  model: z.string().min(1).default('coda'),
  /** Of personas that name none. */
  voice: z.string().min(1).default('astra'),
  /** ISO 639-2: `eng`, `spa`. */
  language: z.string().min(2).default('eng'),
  firstSoundTimeoutMs: z.number().int().min(100).default(4000),
});
type SpeechSettings = z.output<typeof SpeechSettings>;

/** Rime. */
const rime: Vendor = {
  name: 'rime',
  variables: ['RIME_API_KEY'],
  makes: {
    speech: {
      settings: SpeechSettings,
      capabilities: ({ voice }: SpeechSettings): SpeechCapabilities => ({
        phones: false,
        prosody: false,
        voices: { known: [voice], closed: false },
        reads: 'written',
      }),
      missing: (_: object, { RIME_API_KEY }: Variables) =>
        RIME_API_KEY === undefined ? 'set RIME_API_KEY' : undefined,
      model: ({ model }: SpeechSettings) => model,
      async make(settings: SpeechSettings, { variables, clock }) {
        const { rimeSpeech } = await import('./speech.ts');
        return rimeSpeech({ ...settings, apiKey: variables.RIME_API_KEY ?? '', clock });
      },
    },
  },
};
export default rime;
