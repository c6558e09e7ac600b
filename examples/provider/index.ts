/** Acme, a vendor that does not exist: it writes answers, and speaks them. What a manifest has: docs/extending.md. */
import { z } from 'zod';
import type { ProviderHost, Variables, Vendor } from '../../agents/providers/manifest.ts';

const baseUrl = z.url().default('https://api.acme.example');
/** For the next piece of an answer. */
const patienceMs = z.number().int().min(100).max(60_000).default(4000);
const DialogueSettings = z.strictObject({ baseUrl, patienceMs, model: z.string().default('m-1') });
type DialogueSettings = z.output<typeof DialogueSettings>;
const SpeechSettings = z.strictObject({ baseUrl, patienceMs, voice: z.string().default('ada') });
type SpeechSettings = z.output<typeof SpeechSettings>;

/** What `ask` wants to know. */
const endpoint = (
  { baseUrl, patienceMs }: { baseUrl: string; patienceMs: number },
  { variables, clock }: ProviderHost,
) => ({
  name: 'acme',
  baseUrl,
  headers: { authorization: `Bearer ${variables.ACME_API_KEY}` },
  clock,
  patienceMs,
});
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
      async make(settings: DialogueSettings, host) {
        const { AcmeDialogue } = await import('./dialogue.ts');
        return new AcmeDialogue({ ...endpoint(settings, host), model: settings.model, used: host.used });
      },
    },
    speech: {
      settings: SpeechSettings,
      capabilities: speaks,
      missing,
      async make(settings: SpeechSettings, host) {
        const { AcmeSpeech } = await import('./speech.ts');
        return new AcmeSpeech(endpoint(settings, host), speaks(settings));
      },
    },
  },
};
export default acme;
