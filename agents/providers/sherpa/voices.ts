/** Voices that somebody has: their files, in the form that sherpa-onnx reads. */
import fs from 'node:fs';
import { z } from 'zod';
import type { SpeechCapabilities } from '../../speak/ports.ts';

const files = {
  /** `model.onnx` */
  model: z.string().min(1),
  /** `tokens.txt` */
  tokens: z.string().min(1),
  /** The folder `espeak-ng-data`: how words sound. */
  data: z.string().min(1),
  /** Of a model that has several. */
  speaker: z.number().int().min(0).default(0),
};
export const OwnVoice = z.discriminatedUnion('family', [
  z.strictObject({ family: z.literal('piper'), ...files }),
  /** `voices`: the file `voices.bin`. */
  z.strictObject({ family: z.literal('kitten'), ...files, voices: z.string().min(1) }),
]);
export type OwnVoice = z.output<typeof OwnVoice>;

export const SpeechSettings = z.strictObject({
  /** By the names that personas use; the first is the usual one. */
  voices: z.record(z.string().regex(/^[\w-]{1,40}$/), OwnVoice).default({}),
  /** What they speak, BCP 47. */
  languages: z.array(z.string().min(2)).min(1).default(['en']),
});
export type SpeechSettings = z.output<typeof SpeechSettings>;

export const speechCapabilities = ({ voices, languages }: SpeechSettings): SpeechCapabilities => ({
  phones: false,
  prosody: false,
  voices: { known: Object.keys(voices), closed: true },
  languages,
  // Figures are made into English words alone; of other languages eSpeak's own rules know more.
  reads: languages.every(language => /^en\b/.test(language)) ? 'words' : 'written',
  accents: true,
});

/** What is to be done before they can speak; undefined: nothing. */
export function missingOf({ voices }: SpeechSettings): string | undefined {
  const all = Object.entries(voices);
  if (all.length === 0) return 'name the files of a voice in `voices` (docs/vendors.md)';
  for (const [name, voice] of all)
    for (const key of ['model', 'tokens', 'data', 'voices'] as const) {
      const file = key === 'voices' ? (voice.family === 'kitten' ? voice.voices : undefined) : voice[key];
      if (file !== undefined && !fs.existsSync(file)) return `the voice ${name} has no ${key} at ${file}`;
    }
  return undefined;
}
