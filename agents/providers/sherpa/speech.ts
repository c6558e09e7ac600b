import { ProviderError } from '../../base/errors.ts';
import { childProcess } from '../../base/peers.ts';
import { WorkerQueue, type WorkerReply } from '../../base/worker-queue.ts';
import { pieces } from '../../speak/pieces.ts';
import type { SpeakOptions, Speech, TextToSpeech } from '../../speak/ports.ts';
import type { SpeechAnswer, SpeechRequest } from './messages.ts';
import { type SpeechSettings, speechCapabilities } from './voices.ts';

/** Some twelve seconds of speech, which take a second or three. */
const MAX_PIECE = 180;
const HUNG_MS = 60_000;
const SLOWEST = 0.5;
const FASTEST = 2;

/** Piper's and Kitten's voices, through sherpa-onnx in a process of its own: a bad model file ends its process. */
export class SherpaSpeech implements TextToSpeech {
  readonly capabilities: TextToSpeech['capabilities'];
  readonly #settings: SpeechSettings;
  readonly #process: WorkerQueue<SpeechRequest, SpeechAnswer>;

  /** @param lost told when its process has failed */
  constructor(settings: SpeechSettings, lost?: () => void) {
    this.capabilities = speechCapabilities(settings);
    this.#settings = settings;
    const start = childProcess<WorkerReply<SpeechAnswer>>(new URL('./speech-main.ts', import.meta.url), []);
    this.#process = new WorkerQueue(start, { name: 'synthesizer', hungMs: HUNG_MS, lost });
  }

  get pids(): number[] {
    return this.#process.pid === undefined ? [] : [this.#process.pid];
  }

  get waiting(): number {
    return this.#process.waiting;
  }

  async *speak(sentence: string, { voice: name, prosody, signal }: SpeakOptions): AsyncGenerator<Speech> {
    signal.throwIfAborted();
    const { voices } = this.#settings;
    const voice = Object.hasOwn(voices, String(name)) ? voices[String(name)] : undefined;
    if (voice === undefined)
      throw new ProviderError(
        'bad-input',
        `sherpa has no voice ${JSON.stringify(name)}; it has ${Object.keys(voices).join(', ')}`,
        { retryable: false },
      );
    const rate = Math.min(FASTEST, Math.max(SLOWEST, prosody.rate));
    for (const text of pieces(sentence, MAX_PIECE))
      if (text !== '') yield { text, ...(await this.#process.run({ text, voice, rate }, { signal })) };
  }

  close(): Promise<void> {
    return this.#process.close();
  }
}
