import { ProviderError } from '../../base/errors.ts';
import { childProcess } from '../../base/peers.ts';
import { WorkerQueue, type WorkerReply } from '../../base/worker-queue.ts';
import { pieces } from '../../speak/pieces.ts';
import type { SpeakOptions, Speech, TextToSpeech } from '../../speak/ports.ts';
import type { KokoroAnswer, KokoroRequest } from './messages.ts';
import { KOKORO_VOICES, kokoroCapabilities } from './voices.ts';

const SAMPLE_RATE = 24_000;
/** The model takes about as long as what it says: a beginning of a sentence is heard while the rest is made. */
const FIRST_PIECE = 60;
const MAX_PIECE = 120;
const HUNG_MS = 120_000;
/** As far as the model follows. */
const SLOWEST = 0.5;
const FASTEST = 2;

/** Kokoro-82M in a process of its own, whose runtime would take ours with it. */
export class Kokoro implements TextToSpeech {
  readonly capabilities: TextToSpeech['capabilities'];
  readonly #process: WorkerQueue<KokoroRequest, KokoroAnswer>;

  /**
   * @param models folder of all models
   * @param lost told when its process has failed
   */
  constructor(settings: { voice: string }, models: string, lost?: () => void) {
    this.capabilities = kokoroCapabilities(settings);
    const start = childProcess<WorkerReply<KokoroAnswer>>(new URL('./kokoro-main.ts', import.meta.url), [models]);
    this.#process = new WorkerQueue(start, { name: 'synthesizer', hungMs: HUNG_MS, lost });
  }

  get pids(): number[] {
    return this.#process.pid === undefined ? [] : [this.#process.pid];
  }

  get waiting(): number {
    return this.#process.waiting;
  }

  async *speak(sentence: string, { voice, prosody, signal }: SpeakOptions): AsyncGenerator<Speech> {
    signal.throwIfAborted();
    const name = String(voice);
    if (!KOKORO_VOICES.includes(name))
      throw new ProviderError(
        'bad-input',
        `kokoro has no voice ${JSON.stringify(name)}; it has ${KOKORO_VOICES.join(', ')}`,
        {
          retryable: false,
        },
      );
    const rate = Math.min(FASTEST, Math.max(SLOWEST, prosody.rate));
    for (const text of inPieces(sentence)) {
      const words = text.split(/\s+/).filter(Boolean);
      const { pcm } = await this.#process.run({ words, voice: name, rate }, { signal });
      yield { text, pcm, sampleRate: SAMPLE_RATE };
    }
  }

  close(): Promise<void> {
    return this.#process.close();
  }
}

/** The first is cut at a comma, where it has one early enough. */
function inPieces(sentence: string): string[] {
  const comma = sentence.slice(0, FIRST_PIECE).lastIndexOf(', ') + 1;
  if (comma < FIRST_PIECE / 4) return pieces(sentence, MAX_PIECE);
  return [sentence.slice(0, comma), ...pieces(sentence.slice(comma), MAX_PIECE)];
}
