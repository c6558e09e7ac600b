import { z } from 'zod';
import type { SpeechCapabilities } from '../../speak/ports.ts';
import type { Variables, Vendor } from '../manifest.ts';

const SpeechSettings = z.strictObject({
  baseUrl: z.url().default('https://api.elevenlabs.io'),
  model: z.string().min(1).default('eleven_flash_v2_5'),
  /** A voice's id, of personas that name none. */
  voice: z.string().min(1).default('21m00Tcm4TlvDq8ikWAM'),
  stability: z.number().min(0).max(1).default(0.5),
  similarity: z.number().min(0).max(1).default(0.75),
  firstSoundTimeoutMs: z.number().int().min(100).default(4000),
});
type SpeechSettings = z.output<typeof SpeechSettings>;

const RecognitionSettings = z.strictObject({
  baseUrl: z.url().default('https://api.elevenlabs.io'),
  model: z.string().min(1).default('scribe_v2_realtime'),
  /** ISO 639; absent: whatever is spoken. */
  language: z.string().min(2).optional(),
  timeoutMs: z.number().int().min(100).default(3000),
});
type RecognitionSettings = z.output<typeof RecognitionSettings>;

const CloningSettings = z.strictObject({
  baseUrl: z.url().default('https://api.elevenlabs.io'),
  /** Of recordings that are not quiet. */
  removeNoise: z.boolean().default(false),
  timeoutMs: z.number().int().min(100).default(60_000),
});
type CloningSettings = z.output<typeof CloningSettings>;

const missing = (_: object, { ELEVENLABS_API_KEY }: Variables) =>
  ELEVENLABS_API_KEY === undefined ? 'set ELEVENLABS_API_KEY' : undefined;

/** ElevenLabs. */
const elevenlabs: Vendor = {
  name: 'elevenlabs',
  variables: ['ELEVENLABS_API_KEY'],
  makes: {
    recognition: {
      settings: RecognitionSettings,
      capabilities: () => ({ partials: 'cheap', words: false }),
      missing,
      model: ({ model }: RecognitionSettings) => model,
      async make(settings: RecognitionSettings, { variables, clock }) {
        const { scribeRecognizer } = await import('./scribe.ts');
        return scribeRecognizer({ ...settings, apiKey: variables.ELEVENLABS_API_KEY ?? '', clock });
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
      model: ({ model }: SpeechSettings) => model,
      async make(settings: SpeechSettings, { variables, clock }) {
        const { elevenLabsSpeech } = await import('./speech.ts');
        return elevenLabsSpeech({ ...settings, apiKey: variables.ELEVENLABS_API_KEY ?? '', clock });
      },
    },
    voiceCloning: {
      settings: CloningSettings,
      capabilities: () => ({}),
      missing,
      async make(settings: CloningSettings, { variables, clock }) {
        const { ElevenLabsCloning } = await import('./cloning.ts');
        return new ElevenLabsCloning({ ...settings, apiKey: variables.ELEVENLABS_API_KEY ?? '', clock });
      },
    },
  },
};
export default elevenlabs;
