/** Acme, a vendor that does not exist: it writes answers, and speaks them. What a manifest has: docs/extending.md. */
import { z } from 'zod';
import type { Variables, Vendor } from '../../agents/providers/manifest.ts';

const baseUrl = z.url().default('https://api.acme.example');
/** For the next piece of an answer. */
const patienceMs = z.number().int().min(100).max(60_000).default(4000);
const DialogueSettings = z.strictObject({ baseUrl, patienceMs, model: z.string().default('m-1') });
type DialogueSettings = z.output<typeof DialogueSettings>;
const SpeechSettings = z.strictObject({ baseUrl, patienceMs, voice: z.string().default('ada') });
type SpeechSettings = z.output<typeof SpeechSettings>;

const missing = (_settings: object, { ACME_API_KEY }: Variables) => (ACME_API_KEY ? undefined : 'set ACME_API_KEY');
const speaks = ({ voice }: SpeechSettings) => ({
  phones: false,
  prosody: false,
  voices: { known: [voice], closed: false },
});

const acme: Vendor = {
  name: 'acme',
  variables: ['ACME_API_KEY'],
  makes: {
    dialogue: {
      settings: DialogueSettings,
      capabilities: () => ({ pictures: false, tools: false, scripted: false }),
      missing,
      model: ({ model }: DialogueSettings) => model,
      async make(settings: DialogueSettings, { variables, clock, used }) {
        const { AcmeDialogue } = await import('./dialogue.ts');
        return new AcmeDialogue({ ...settings, apiKey: variables.ACME_API_KEY!, clock, used });
      },
    },
    speech: {
      settings: SpeechSettings,
      capabilities: speaks,
      missing,
      async make(settings: SpeechSettings, { variables, clock }) {
        const { AcmeSpeech } = await import('./speech.ts');
        return new AcmeSpeech({ ...settings, apiKey: variables.ACME_API_KEY!, clock }, speaks(settings));
      },
    },
  },
};
export default acme;
