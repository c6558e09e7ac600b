import { z } from 'zod';
import type { Vendor } from '../manifest.ts';

const Common = {
  /** The package's name, e.g. `@livekit/agents-plugin-xai`. */
  plugin: z.string().regex(/^(?:@[\w.-]+\/)?[\w.-]+$/, 'the name of a package'),
  /** Given to the plugin's class as they are; what it is called there the plugin's own page says. */
  options: z.record(z.string(), z.unknown()).default({}),
};
const DialogueSettings = z.strictObject({
  ...Common,
  firstTokenTimeoutMs: z.number().int().min(100).default(4000),
});
type DialogueSettings = z.output<typeof DialogueSettings>;
const SpeechSettings = z.strictObject({
  ...Common,
  /** Of personas that name none. Absent: the plugin's. */
  voice: z.string().default(''),
  /** What the plugin calls it among its options. */
  voiceOption: z.string().min(1).default('voice'),
  firstSoundTimeoutMs: z.number().int().min(100).default(4000),
});
type SpeechSettings = z.output<typeof SpeechSettings>;
const RecognitionSettings = z.strictObject({
  ...Common,
  /** `stream`: of plugins that take no whole utterances. */
  how: z.enum(['whole', 'stream']).default('whole'),
  timeoutMs: z.number().int().min(100).default(5000),
});
type RecognitionSettings = z.output<typeof RecognitionSettings>;

const modelOf = ({ plugin, options }: { plugin: string; options: Record<string, unknown> }) =>
  typeof options.model === 'string' ? options.model : plugin;

/** Vendors by plugins of LiveKit's agents-js. Keys are the plugins' own affair: they read them from the environment. */
const agentsjs: Vendor = {
  name: 'agentsjs',
  variables: [],
  makes: {
    dialogue: {
      settings: DialogueSettings,
      capabilities: () => ({ pictures: false, tools: false, scripted: false }),
      model: modelOf,
      async make({ plugin, options, firstTokenTimeoutMs }: DialogueSettings, { clock, used }) {
        const { PluginDialogue } = await import('./dialogue.ts');
        return PluginDialogue.create({ plugin, options, firstTokenTimeoutMs, clock, used });
      },
    },
    speech: {
      settings: SpeechSettings,
      capabilities: ({ voice }: SpeechSettings) => ({
        phones: false,
        prosody: false,
        voices: { known: [voice], closed: false },
        reads: 'written',
      }),
      model: modelOf,
      async make({ firstSoundTimeoutMs: timeoutMs, ...settings }: SpeechSettings, { clock }) {
        const { pluginSpeech } = await import('./speech.ts');
        return pluginSpeech({ ...settings, timeoutMs, clock });
      },
    },
    recognition: {
      settings: RecognitionSettings,
      capabilities: () => ({ partials: 'paid', words: false }),
      model: modelOf,
      async make(settings: RecognitionSettings) {
        const { PluginRecognition } = await import('./recognizer.ts');
        return PluginRecognition.create(settings);
      },
    },
  },
};
export default agentsjs;
