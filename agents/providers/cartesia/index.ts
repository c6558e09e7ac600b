import { z } from 'zod';
import type { SpeechCapabilities } from '../../speak/ports.ts';
import type { Variables, Vendor } from '../manifest.ts';

const SpeechSettings = z.strictObject({
  baseUrl: z.url().default('https://api.cartesia.ai'),
  version: z.string().min(1).default('2026-08-14'),
  model: z.string().min(1).default('sonic-3'),
  /** A voice's id, of personas that name none. */
  voice: z.string().min(1).default('694f9389-aac1-45b6-b726-9d9369183238'),
  language: z.string().min(2).default('en'),
  firstSoundTimeoutMs: z.number().int().min(100).default(4000),
});
type SpeechSettings = z.output<typeof SpeechSettings>;

/** Cartesia. */
const cartesia: Vendor = {
  name: 'cartesia',
  variables: ['CARTESIA_API_KEY'],
  makes: {
    speech: {
      settings: SpeechSettings,
      capabilities: ({ voice }: SpeechSettings): SpeechCapabilities => ({
        phones: false,
        prosody: false,
        voices: { known: [voice], closed: false },
        reads: 'written',
      }),
      missing: (_: object, { CARTESIA_API_KEY }: Variables) =>
        CARTESIA_API_KEY === undefined ? 'set CARTESIA_API_KEY' : undefined,
      model: ({ model }: SpeechSettings) => model,
      async make(settings: SpeechSettings, { variables, clock }) {
        const { cartesiaSpeech } = await import('./speech.ts');
        return cartesiaSpeech({ ...settings, apiKey: variables.CARTESIA_API_KEY ?? '', clock });
      },
    },
  },
};
export default cartesia;
