/** Voices that are made of people's own: with their consent, which is in the recording. */
import { OWN_VOICE } from '../../protocol/limits.ts';
import type { OwnVoiceAsked, OwnVoiceMade } from '../../protocol/own-voice.ts';
import { ProviderError } from '../base/errors.ts';
import { LISTEN_RATE } from '../base/rates.ts';
import type { Recognizer } from '../listen/ports.ts';
import { wavOf } from '../speak/wav.ts';
import { wordErrorRate } from './consent.ts';
import type { VoiceCloning } from './port.ts';
import { type Recording, readRecording } from './recording.ts';

/** Of the sentence's words, this share at most was misheard; of those that are in no other sentence, one in three. */
const MOST_ERRORS = 0.34;
/** Calls are heard by the same recognizer, and a recording takes it seconds [C2]. */
const AT_ONCE = 1;
const FRAME = LISTEN_RATE / 50;
/** Frames that a recognizer is given before others have their turn. */
const FRAMES_AT_ONCE = 100;

export interface CloningParts {
  /** By vendor. */
  vendors: ReadonlyMap<string, VoiceCloning>;
  /** The one whose voices are spoken with first; absent: no new ones are made. */
  speaks?: string;
  /** Reads whether somebody has said that they agree. */
  recognizer: Recognizer;
}

export class Cloning {
  readonly #parts: CloningParts;
  #making = 0;

  constructor(parts: CloningParts) {
    this.#parts = parts;
  }

  /** The vendor that makes voices here; undefined: none does. */
  get vendor(): string | undefined {
    const { speaks, vendors } = this.#parts;
    return speaks !== undefined && vendors.has(speaks) ? speaks : undefined;
  }

  /** Nothing of the recording is kept, whatever comes of it. Rejects with the signal's reason, or what is a fault here. */
  async make({ name, sentence, words, language, wav }: OwnVoiceAsked, signal: AbortSignal): Promise<OwnVoiceMade> {
    const { vendor } = this;
    if (vendor === undefined || this.#making >= AT_ONCE) return { made: false, why: 'busy' };
    this.#making += 1;
    try {
      const recording = await readRecording(wav, { ...OWN_VOICE, signal });
      if (typeof recording === 'string') return { made: false, why: recording };
      const heard = await this.#heard(recording, language, signal);
      if (Math.max(wordErrorRate(sentence, heard), wordErrorRate(words, heard)) > MOST_ERRORS)
        return { made: false, why: 'not-consented' };
      const file = wavOf(recording.pcm, recording.sampleRate);
      return {
        made: true,
        vendor,
        voice: await this.#parts.vendors.get(vendor)!.make({ name, wav: file }, { signal }),
      };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      return { made: false, why: WHY[error.category] ?? 'failed' };
    } finally {
      this.#making -= 1;
    }
  }

  /** Removes a voice at its vendor. Rejects with ProviderError where it may still be there. */
  async forget({ vendor, ...which }: { vendor: string; name: string; voice?: string }, signal: AbortSignal) {
    const cloning = this.#parts.vendors.get(vendor);
    if (cloning === undefined)
      throw new ProviderError('auth', `agent.voiceCloning does not name ${vendor}`, { retryable: false });
    await cloning.forget(which, { signal });
  }

  async #heard({ listened }: Recording, language: string, signal: AbortSignal): Promise<string> {
    const stream = this.#parts.recognizer.open('a voice of their own', { partial: () => {}, language });
    try {
      for (let frame = 0; frame * FRAME < listened.length; frame++) {
        if (frame % FRAMES_AT_ONCE === FRAMES_AT_ONCE - 1) {
          await new Promise(resolve => setImmediate(resolve));
          signal.throwIfAborted();
        }
        // Nobody reads the words so far.
        stream.push(listened.slice(frame * FRAME, (frame + 1) * FRAME), false);
      }
      return (await stream.settle({ signal })).text;
    } finally {
      stream.close();
    }
  }
}

const WHY: Partial<Record<ProviderError['category'], 'refused' | 'full'>> = { 'bad-input': 'refused', quota: 'full' };
