import { ProviderError } from '../../base/errors.ts';
import { childProcess } from '../../base/peers.ts';
import { WorkerQueue, type WorkerReply } from '../../base/worker-queue.ts';
import { pieces } from '../../speak/pieces.ts';
import type { SpeakOptions, Speech, TextToSpeech, VoiceDesign } from '../../speak/ports.ts';
import type { HibariAnswer, HibariRequest } from './messages.ts';
import type { Plan } from './model.ts';
import { rises } from './questions.ts';
import { HOP, SAMPLE_RATE } from './synth/rates.ts';
import { type Cut, cutsOf, phonesIn, quietHead } from './timing.ts';
import { HIBARI_VOICES } from './voices.ts';

const FRAME_MS = (1000 * HOP) / SAMPLE_RATE;
const framesOf = (ms: number) => Math.round(ms / FRAME_MS);
/** Silence kept before the first phone and after the last. */
const LEAD = framesOf(12);
const TRAIL = framesOf(120);
/** The first piece is this long at least, so that it plays while the next is made. */
const LEAST = framesOf(700);
/** Later pieces are no longer, as far as words allow: between them a sentence can be called off, and others get their turn. */
const MOST = framesOf(4000);
/** A piece is wanted so long before the one in front of it has been heard. */
const AHEAD_MS = 250;
const HUNG_MS = 20_000;
/** A longer sentence is planned in pieces. */
const MAX_PIECE = 300;
/** As far as the model follows. */
const SLOWEST = 0.4;
const FASTEST = 2.5;

/** hibari in a process of its own, because its runtime takes the process with it where it is ended in the middle of something: English, one learned voice and others by design, phones with times. */
export class Hibari implements TextToSpeech {
  readonly capabilities = {
    phones: true,
    prosody: true,
    design: true,
    voices: { known: Object.keys(HIBARI_VOICES), closed: true },
    languages: ['en'],
    reads: 'words' as const,
    accents: true,
  };
  readonly #process: WorkerQueue<HibariRequest, HibariAnswer>;

  /**
   * @param folder its models
   * @param lost told when its process has failed
   */
  constructor(folder: string, lost?: () => void) {
    const start = childProcess<WorkerReply<HibariAnswer>>(new URL('./hibari-main.ts', import.meta.url), [folder]);
    this.#process = new WorkerQueue(start, { name: 'synthesizer', hungMs: HUNG_MS, lost });
  }

  get pids(): number[] {
    return this.#process.pid === undefined ? [] : [this.#process.pid];
  }

  get waiting(): number {
    return this.#process.waiting;
  }

  async *speak(sentence: string, { voice, prosody, design: own, signal }: SpeakOptions): AsyncGenerator<Speech> {
    signal.throwIfAborted();
    const { energy = 1, breath = 0 } = prosody;
    const voiced = { ...designOf(String(voice)), ...own };
    const design = { ...voiced, breath: Math.min(1, voiced.breath + breath) };
    const rate = Math.min(FASTEST, Math.max(SLOWEST, prosody.rate * design.pace));
    for (const text of pieces(sentence, MAX_PIECE)) {
      const words = text.split(/\s+/).filter(Boolean);
      const { pitch, range, pauses = 1 } = prosody;
      const request = { ask: 'plan', words, manner: { rate, pitch, range, pauses, rises: rises(words) } } as const;
      const { plan } = (await this.#process.run(request, { signal })) as { plan: Plan | undefined };
      if (plan === undefined) yield { text, pcm: new Int16Array(0), sampleRate: SAMPLE_RATE, phones: [] };
      else yield* this.#spoken(words, plan, { design, energy }, signal);
    }
  }

  close(): Promise<void> {
    return this.#process.close();
  }

  async *#spoken(
    words: readonly string[],
    { spans, ...plan }: Plan,
    manner: { design: VoiceDesign; energy: number },
    signal: AbortSignal,
  ): AsyncGenerator<Speech> {
    const from = spans[0]!.startFrame;
    const to = Math.min(plan.frames, spans.findLast(({ phone }) => phone !== 'pau')!.endFrame + TRAIL);
    // Who waits for a first sound comes before those who still hear one.
    let dueMs = performance.now();
    for (const cut of cutsOf(spans, words.length, { from, to, least: LEAST, most: MOST })) {
      const request = { ask: 'sound', plan, from: cut.fromFrame, to: cut.toFrame, ...manner } as const;
      const made = (await this.#process.run(request, { signal, dueMs })) as { pcm: Int16Array };
      const early = cut.fromFrame === from ? Math.max(0, quietHead(made.pcm) - LEAD) : 0;
      const piece = { ...cut, fromFrame: cut.fromFrame + early };
      const pcm = made.pcm.subarray(early * HOP);
      const heardMs = (1000 * pcm.length) / SAMPLE_RATE;
      dueMs = cut.fromFrame === from ? performance.now() + heardMs - AHEAD_MS : dueMs + heardMs;
      yield {
        text: words.slice(cut.fromWord, cut.toWord).join(' '),
        pcm,
        sampleRate: SAMPLE_RATE,
        phones: phonesIn(spans, piece, pcm),
        words: wordsIn(words, spans, piece),
      };
    }
  }
}

function designOf(voice: string): VoiceDesign {
  if (Object.hasOwn(HIBARI_VOICES, voice)) return HIBARI_VOICES[voice]!;
  throw new ProviderError(
    'bad-input',
    `hibari has no voice ${JSON.stringify(voice)}; it has ${Object.keys(HIBARI_VOICES).join(', ')}`,
    { retryable: false },
  );
}

/** When the words of a piece are said; one without a sound is said with the one before. */
function wordsIn(words: readonly string[], spans: Plan['spans'], cut: Cut): NonNullable<Speech['words']> {
  let said = 0;
  return words.slice(cut.fromWord, cut.toWord).map((text, i) => {
    const own = spans.filter(({ word, phone }) => word === cut.fromWord + i && phone !== 'pau');
    const startSample = Math.max(said, ((own[0]?.startFrame ?? cut.fromFrame) - cut.fromFrame) * HOP);
    said = Math.max(said, ((own.at(-1)?.endFrame ?? cut.fromFrame) - cut.fromFrame) * HOP);
    return { text, startSample: Math.min(startSample, said), endSample: said };
  });
}
