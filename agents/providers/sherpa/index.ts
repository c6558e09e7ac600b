import { z } from 'zod';
import type { RecognitionCapabilities } from '../../listen/ports.ts';
import type { ProviderHost, Vendor } from '../manifest.ts';
import { EarModel, filesOf, languagesOf, missingEars } from './ears/models.ts';
import { missingOf, SpeechSettings, speechCapabilities } from './voices.ts';

/** One process does both. */
async function shared(host: ProviderHost, threshold?: number) {
  const { SherpaRecognizer } = await import('./recognizer.ts');
  const { modelFiles } = await import('./models.ts');
  return host.shared('recognizer', () => {
    const recognizer = new SherpaRecognizer(
      { ...modelFiles(host.models), threshold },
      { restarted: reason => host.lost('recognizer', reason), ready: loadMs => host.loaded(loadMs) },
      host.clock,
    );
    host.queue('recognizer', () => recognizer.waiting);
    host.child('recognizer', () => (recognizer.pid === undefined ? [] : [recognizer.pid]));
    return recognizer;
  });
}

const RecognitionSettings = z.strictObject({
  /** Absent: the embedded one, English. */
  model: EarModel.optional(),
  /** ISO 639, what is spoken; absent: the persona's language, else whatever is spoken. */
  language: z.string().min(2).max(3).optional(),
  /** What it hears, where that is not known. */
  languages: z.array(z.string().min(2).max(3)).min(1).optional(),
  threads: z.number().int().min(1).max(16).default(1),
});
type RecognitionSettings = z.output<typeof RecognitionSettings>;

const FeelingsSettings = z.strictObject({
  model: EarModel.default('sense-voice-small'),
  threads: z.number().int().min(1).max(16).default(1),
});
type FeelingsSettings = z.output<typeof FeelingsSettings>;

/** A model that somebody has: one process for all that use it. */
async function ears(model: EarModel, threads: number, host: ProviderHost) {
  const { Ears } = await import('./ears/ears.ts');
  const files = filesOf(model, host.models);
  return host.shared(`ears ${JSON.stringify([files, threads])}`, () => {
    const made = new Ears({ files, threads }, { clock: host.clock, lost: () => host.lost('recognizer') });
    host.queue('ears', () => made.waiting);
    host.child('ears', () => made.pids);
    return made;
  });
}

const hears = ({ model, language, languages }: RecognitionSettings): RecognitionCapabilities => {
  const heard = model === undefined ? ['en'] : language !== undefined ? [language] : (languages ?? languagesOf(model));
  return { partials: 'cheap', words: false, ...(heard !== undefined && { languages: heard }) };
};

/** sherpa-onnx: Silero voice activity and Moonshine recognition of English; recognizers and voices that somebody has, Piper's and Kitten's. In processes of this machine. */
const sherpa: Vendor = {
  name: 'sherpa',
  variables: [],
  makes: {
    activity: {
      settings: z.strictObject({ threshold: z.number().optional() }),
      capabilities: () => ({}),
      model: () => 'silero',
      make: ({ threshold }: { threshold?: number | undefined }, host) => shared(host, threshold),
    },
    recognition: {
      settings: RecognitionSettings,
      capabilities: hears,
      missing: ({ model }: RecognitionSettings, _variables, models) => model && missingEars(model, models),
      model: ({ model = 'moonshine-tiny' }: RecognitionSettings) => (typeof model === 'string' ? model : model.family),
      async make(settings: RecognitionSettings, host) {
        const { model, language, languages, threads } = settings;
        if (model === undefined) return shared(host);
        const made = await ears(model, threads, host);
        const { isStreaming } = await import('./ears/config.ts');
        return isStreaming(filesOf(model, host.models))
          ? made.streamed(hears(settings))
          : made.recognizer(language, languages ?? languagesOf(model));
      },
    },
    feelings: {
      settings: FeelingsSettings,
      capabilities: () => ({}),
      missing: ({ model }: FeelingsSettings, _variables, models) =>
        filesOf(model, models).family === 'sense-voice'
          ? missingEars(model, models)
          : 'only models of the family sense-voice hear feelings',
      model: ({ model }: FeelingsSettings) => (typeof model === 'string' ? model : model.family),
      make: async ({ model, threads }: FeelingsSettings, host) => (await ears(model, threads, host)).feelings,
    },
    speech: {
      settings: SpeechSettings,
      capabilities: speechCapabilities,
      missing: missingOf,
      async make(settings: SpeechSettings, host) {
        const { SherpaSpeech } = await import('./speech.ts');
        const voice = new SherpaSpeech(settings, () => host.lost('synthesizer'));
        host.queue('synthesizer', () => voice.waiting);
        host.child('synthesizer', () => voice.pids);
        return voice;
      },
    },
  },
};
export default sherpa;
