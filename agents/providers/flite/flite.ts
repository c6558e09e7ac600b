import type { Phone } from '../../../protocol/timeline.ts';
import { ProviderError } from '../../base/errors.ts';
import { WorkerQueue } from '../../base/worker-queue.ts';
import { gainOfDb, levelled } from '../../speak/level.ts';
import { pieces } from '../../speak/pieces.ts';
import type { Prosody, Speech, TextToSpeech } from '../../speak/ports.ts';
import type { FliteAnswer } from './flite-program.ts';
import { FLITE_VOICES } from './voices.ts';

/** Silence kept before the first phone and after the last. flite pads with up to 250 ms, which a listener would wait for. */
const LEAD_MS = 15;
const TRAIL_MS = 120;
const HUNG_MS = 10_000;
/** A longer sentence is spoken in pieces, so that its beginning and other conversations do not wait for all of it. */
const MAX_PIECE = 300;

/** flite in a worker thread: English, three recorded voices and one robot, phones with times. */
export class Flite implements TextToSpeech {
  readonly capabilities = {
    phones: true,
    prosody: true,
    voices: { known: Object.keys(FLITE_VOICES), closed: true },
    languages: ['en'],
    reads: 'words' as const,
  };
  readonly #thread: WorkerQueue<string[], FliteAnswer>;

  /** @param lost told when its thread has failed */
  constructor(lost?: () => void) {
    const file = new URL('./flite-thread.ts', import.meta.url);
    this.#thread = new WorkerQueue(file, { name: 'synthesizer', hungMs: HUNG_MS, lost });
  }

  get waiting(): number {
    return this.#thread.waiting;
  }

  async *speak(
    sentence: string,
    { voice, prosody, signal }: { voice: string; prosody: Prosody; signal: AbortSignal },
  ): AsyncGenerator<Speech> {
    signal.throwIfAborted();
    for (const text of pieces(sentence, MAX_PIECE)) {
      const { wav, segments } = await this.#thread.run(arguments_(text, voice, prosody), { signal });
      const { pcm, ...rest } = trimmed(readWav(wav), segments);
      yield { text, ...rest, pcm: louder(pcm, gainOfDb(FLITE_VOICES[voice]!.gainDb) * (prosody.energy ?? 1)) };
    }
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}

function arguments_(sentence: string, voice: string, prosody: Prosody): string[] {
  const known = FLITE_VOICES[voice];
  if (known === undefined)
    throw new ProviderError(
      'bad-input',
      `flite has no voice ${JSON.stringify(voice)}; it has ${Object.keys(FLITE_VOICES).join(', ')}`,
      { retryable: false },
    );
  const set = (feature: string, value: number) => ['--setf', `${feature}=${value.toFixed(3)}`];
  return [
    '-voice',
    voice,
    '-psdur',
    ...(prosody.rate === 1 ? [] : set('duration_stretch', 1 / prosody.rate)),
    ...(prosody.pitch === 1 ? [] : set('int_f0_target_mean', known.meanHz * prosody.pitch)),
    ...(prosody.range === 1 ? [] : set('int_f0_target_stddev', known.spreadHz * prosody.range)),
    '-t',
    // A text without a space would be taken for a file name.
    ` ${sentence} `,
  ];
}

const louder = (pcm: Int16Array, gain: number) =>
  gain === 1
    ? pcm
    : levelled(
        Float32Array.from(pcm, sample => sample / 32_768),
        gain,
      );

function readWav(wav: Uint8Array): { pcm: Int16Array; sampleRate: number } {
  const HEADER = 44;
  const view = new DataView(wav.buffer, wav.byteOffset, wav.byteLength);
  const samples = wav.slice(HEADER, wav.byteLength - (wav.byteLength % 2));
  return { sampleRate: view.getUint32(24, true), pcm: new Int16Array(samples.buffer) };
}

/** "pau:0.164 hh:0.255 …": each phone's end in seconds. */
function readPhones(segments: string, sampleRate: number, total: number): Phone[] {
  let startSample = 0;
  return segments
    .trim()
    .split(/\s+/)
    .flatMap(item => {
      const [phone, endSeconds] = item.split(':');
      if (phone === undefined || endSeconds === undefined) return [];
      const endSample = Math.min(total, Math.round(Number(endSeconds) * sampleRate));
      const read = { phone, startSample, endSample };
      startSample = endSample;
      return endSample > read.startSample ? [read] : [];
    });
}

/** Cuts the padding off both ends and moves the phones along. */
function trimmed({ pcm, sampleRate }: { pcm: Int16Array; sampleRate: number }, segments: string): Omit<Speech, 'text'> {
  const phones = readPhones(segments, sampleRate, pcm.length);
  const spoken = phones.filter(({ phone }) => phone !== 'pau');
  const first = spoken[0];
  const last = spoken.at(-1);
  if (first === undefined || last === undefined) return { pcm: new Int16Array(0), sampleRate, phones: [] };
  const from = Math.max(0, first.startSample - Math.round((LEAD_MS / 1000) * sampleRate));
  const to = Math.min(pcm.length, last.endSample + Math.round((TRAIL_MS / 1000) * sampleRate));
  return {
    pcm: pcm.slice(from, to),
    sampleRate,
    phones: phones.flatMap(phone => {
      const startSample = Math.max(from, phone.startSample) - from;
      const endSample = Math.min(to, phone.endSample) - from;
      return endSample > startSample ? [{ ...phone, startSample, endSample }] : [];
    }),
  };
}
