import { z } from 'zod';
import type { SpeechCapabilities } from '../../speak/ports.ts';
import type { Variables, Vendor } from '../manifest.ts';

const RecognitionSettings = z.strictObject({
  baseUrl: z.url().default('https://api.deepgram.com'),
  /** Those whose name begins with `flux-` hear the ends of turns. */
  model: z.string().min(1).default('nova-3'),
  /** BCP 47, or `multi`; Flux has it in the model's name. */
  language: z.string().min(1).default('en'),
  timeoutMs: z.number().int().min(100).default(3000),
});
type RecognitionSettings = z.output<typeof RecognitionSettings>;

const SpeechSettings = z.strictObject({
  baseUrl: z.url().default('https://api.deepgram.com'),
  /** Of personas that name none: a model of Aura. */
  voice: z.string().min(1).default('aura-2-thalia-en'),
  firstSoundTimeoutMs: z.number().int().min(100).default(4000),
});
type SpeechSettings = z.output<typeof SpeechSettings>;

const missing = (_: object, { DEEPGRAM_API_KEY }: Variables) =>
  DEEPGRAM_API_KEY === undefined ? 'set DEEPGRAM_API_KEY' : undefined;

/** Deepgram. */
const deepgram: Vendor = {
  name: 'deepgram',
  variables: ['DEEPGRAM_API_KEY'],
  makes: {
    recognition: {
      settings: RecognitionSettings,
      capabilities: () => ({ partials: 'cheap', words: false }),
      missing,
      model: ({ model }: RecognitionSettings) => model,
      async make(settings: RecognitionSettings, { variables, clock }) {
        const config = { ...settings, apiKey: variables.DEEPGRAM_API_KEY ?? '', clock };
        if (settings.model.startsWith('flux-')) return (await import('./flux.ts')).fluxRecognizer(config);
        return (await import('./recognizer.ts')).deepgramRecognizer(config);
      },
    },
    speech: {
      settings: SpeechSettings,
      capabilities: ({ voice }: SpeechSettings): SpeechCapabilities => ({
        phones: false,
        prosody: false,
        voices: { known: [voice], closed: false },
        reads: 'written',
      }),
      missing,
      model: ({ voice }: SpeechSettings) => voice,
      async make(settings: SpeechSettings, { variables, clock }) {
        const { deepgramSpeech } = await import('./speech.ts');
        return deepgramSpeech({ ...settings, apiKey: variables.DEEPGRAM_API_KEY ?? '', clock });
      },
    },
  },
};
export default deepgram;
