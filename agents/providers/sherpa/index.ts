import { z } from 'zod';
import type { ProviderHost, Vendor } from '../manifest.ts';
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

/** sherpa-onnx: Silero voice activity and Moonshine recognition of English; voices that somebody has, Piper's and Kitten's. In processes of this machine. */
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
      settings: z.strictObject({}),
      capabilities: () => ({ partials: 'cheap', words: false, languages: ['en'] }),
      model: () => 'moonshine-tiny',
      make: (_settings, host) => shared(host),
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
