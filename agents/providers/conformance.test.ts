/** Every vendor keeps the promises of its ports. Speech and images run their suites beside their own tests. */
import fs from 'node:fs';
import path from 'node:path';
import { describe } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { ProviderError } from '../base/errors.ts';
import { batched } from '../listen/batched.ts';
import { fallbackRecognizer } from '../listen/fallback.ts';
import type { SpeechToText } from '../listen/ports.ts';
import { NEUTRAL_PROSODY } from '../speak/ports.ts';
import { activityConformance } from '../testing/activity-conformance.ts';
import { ChatEndpoint } from '../testing/chat-endpoint.ts';
import { dialogueConformance } from '../testing/dialogue-conformance.ts';
import { voiceSenseConformance } from '../testing/feelings-conformance.ts';
import { type RecognizerBehaviour, recognizerConformance, type Saying } from '../testing/recognizer-conformance.ts';
import { ConciseDialogue } from '../think/concise.ts';
import { FallbackDialogue } from '../think/fallback.ts';
import { InnerVoiceFilter } from '../think/inner-voice.ts';
import { Flite } from './flite/flite.ts';
import { LlamaDialogue } from './llama/dialogue.ts';
import { LocalModel } from './llama/local-model.ts';
import { OpenAiDialogue } from './openai/dialogue.ts';
import { VoiceSensor } from './prosody/voice-sensor.ts';
import { RiveScriptDialogue } from './rivescript/dialogue.ts';
import { SherpaRecognizer } from './sherpa/recognizer.ts';

const model = (name: string) => path.resolve(import.meta.dirname, '../../models', name);
const FILES = {
  vad: model('silero-vad.onnx'),
  encoder: model('moonshine-encoder.onnx'),
  decoder: model('moonshine-decoder-bytes.onnx'),
  tokens: model('moonshine-tokens.txt'),
};
const MODELS = Object.values(FILES).every(file => fs.existsSync(file));

/** What the embedded voice says, 16 kHz. */
async function spoken(text: string): Promise<Int16Array> {
  const flite = new Flite();
  const parts: number[] = [];
  const options = { voice: 'slt', prosody: NEUTRAL_PROSODY, signal: new AbortController().signal };
  for await (const { pcm } of flite.speak(text, options)) for (const sample of pcm) parts.push(sample);
  await flite.close();
  return Int16Array.from(parts);
}
const sayings = async (): Promise<[Saying, Saying]> => [
  { pcm: await spoken('I have a small dog.'), word: /\bdog\b/i },
  { pcm: await spoken('The sun is shining today.'), word: /\bsun\b/i },
];

describe.skipIf(!MODELS)('sherpa (skipped where the models are not set up)', () => {
  const ready = (recognizer: SherpaRecognizer) =>
    new Promise<void>(resolve => {
      const check = () => recognizer.ready && resolve();
      recognizer.onChange(check);
      check();
    });
  const open = async () => {
    const recognizer = new SherpaRecognizer(FILES, { restarted: () => {}, ready: () => {} });
    await ready(recognizer);
    return recognizer;
  };
  const failing: SpeechToText = {
    transcribe: async (_pcm, { signal }) => {
      signal.throwIfAborted();
      throw new ProviderError('auth', 'no', { retryable: false });
    },
  };
  const hanging: SpeechToText = {
    transcribe: (_pcm, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
  };
  const subject = (asr: SpeechToText) => ({ recognizer: batched(asr, systemClock), close: async () => {} });
  const make = async (does: RecognizerBehaviour) => {
    if (does !== 'hears') return subject(does === 'fails' ? failing : hanging);
    const recognizer = await open();
    return { recognizer: batched(recognizer, systemClock), close: () => recognizer.close() };
  };
  recognizerConformance('sherpa, made a stream,', make, sayings);
  recognizerConformance(
    'sherpa behind one that fails',
    async does => {
      const { recognizer, close } = await make(does);
      const first = batched(failing, systemClock);
      return { recognizer: fallbackRecognizer(first, recognizer, systemClock, () => {}), close };
    },
    sayings,
  );
  activityConformance(
    'sherpa',
    async () => {
      const recognizer = await open();
      return { provider: recognizer, close: () => recognizer.close() };
    },
    () => spoken('The quick brown fox jumps over the lazy dog, and runs away into the woods.'),
  );
});

const SENTENCES = ['I have a dog.', 'The sun is shining.', 'How are you today?', 'We went to the sea.', 'It is late.'];
voiceSenseConformance(
  'the voice sensor',
  async () => {
    const sense = new VoiceSensor();
    return { sense, close: () => sense.close() };
  },
  () => Promise.all([...SENTENCES, ...SENTENCES].map((text, i) => spoken(`${text} ${i}`))),
);

dialogueConformance('rivescript', async does =>
  does === 'answers' ? { dialogue: new RiveScriptDialogue(), close: async () => {} } : undefined,
);

const LLAMA = model('llama/smollm2-135m.gguf');
describe.skipIf(!fs.existsSync(LLAMA))('llama (skipped where its test model could not be fetched)', () =>
  dialogueConformance('llama', async does => {
    if (does === 'hangs' || does === 'stalls') return undefined;
    const settings = { contextTokens: 1024, maxTokens: 16, temperature: 0, feelings: false, firstWordTimeoutMs: 9000 };
    const file = does === 'answers' ? LLAMA : model('silero-vad.onnx');
    const local = new LocalModel(
      { file, conversations: 2, threads: 0, gpu: false, ...settings },
      { clock: systemClock, loaded: () => {}, lost: () => {} },
    );
    const dialogue = new LlamaDialogue(local, settings, { used: () => {} });
    return { dialogue, close: () => dialogue.close() };
  }),
);

const openai = async (does: string) => {
  const endpoint = new ChatEndpoint();
  await endpoint.open();
  const never = new Promise<string>(() => {});
  endpoint.answer = () => {
    if (does === 'fails') return { status: 401, problem: 'wrong key' };
    if (does === 'hangs') return never;
    return does === 'stalls' ? { stalled: 'Well, ' } : 'My name is Ollie. And yours?';
  };
  return {
    dialogue: new OpenAiDialogue({
      baseUrl: endpoint.baseUrl,
      model: 'm',
      maxTokens: 100,
      firstTokenTimeoutMs: 5000,
    }),
    close: () => endpoint.close(),
  };
};
dialogueConformance('openai', openai);
dialogueConformance('openai, filtered and cut short,', async does => {
  const { dialogue, close } = await openai(does);
  return { dialogue: new ConciseDialogue(new InnerVoiceFilter(dialogue)), close };
});
dialogueConformance('openai behind one that fails', async does => {
  const [first, second] = await Promise.all([openai('fails'), openai(does)]);
  return {
    dialogue: new FallbackDialogue(first.dialogue, second.dialogue, () => {}, systemClock),
    close: async () => {
      await Promise.all([first.close(), second.close()]);
    },
  };
});
