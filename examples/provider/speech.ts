import { ask, type Endpoint } from '../../agents/base/ask.ts';
import { ProviderError } from '../../agents/base/errors.ts';
import type { SpeakOptions, Speech, SpeechCapabilities, TextToSpeech } from '../../agents/speak/ports.ts';
import { SoundReader } from '../../agents/speak/sound-reader.ts';

/** Four minutes of the rate at which acme speaks. */
const MOST_BYTES = 8_000_000;
/** Samples per second. */
const ACME_RATE = 16_000;

/** Speaks by `POST /speech`, which answers with a WAV file: a sentence is one piece. */
export class AcmeSpeech implements TextToSpeech {
  readonly capabilities: SpeechCapabilities;
  readonly #acme: Endpoint;
  readonly #closed = new AbortController();

  constructor(acme: Endpoint, capabilities: SpeechCapabilities) {
    this.#acme = acme;
    this.capabilities = capabilities;
  }

  async *speak(text: string, { voice, signal }: SpeakOptions): AsyncGenerator<Speech> {
    const stop = AbortSignal.any([signal, this.#closed.signal]);
    const sound = new SoundReader(ACME_RATE);
    const question = { body: { text, voice }, mostBytes: MOST_BYTES, signal: stop };
    for await (const bytes of ask(this.#acme, '/speech', question)) sound.add(bytes);
    sound.end();
    const pcm = sound.take(0);
    // A page that says that something is wrong would be noise.
    if (sound.plain || pcm.length === 0)
      throw new ProviderError('internal', 'the answer is no sound', { retryable: true });
    yield { text, pcm, sampleRate: sound.sampleRate! };
  }

  /** Ends what is being asked. */
  async close(): Promise<void> {
    this.#closed.abort(new ProviderError('internal', 'the voice is closed', { retryable: false }));
  }
}
