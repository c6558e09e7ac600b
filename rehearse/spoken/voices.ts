import path from 'node:path';
import { Flite } from '../../agents/providers/flite/flite.ts';
import { Hibari } from '../../agents/providers/hibari/hibari.ts';
import hibari from '../../agents/providers/hibari/index.ts';
import type { TextToSpeech, VoiceChoice } from '../../agents/speak/ports.ts';
import { OperatorError } from '../../telemetry/operator-error.ts';
import { sayLine } from '../../test/harness/spoken-line.ts';

/** For callers, the best understood first; the next is for those who call somebody of the same voice. */
const USUAL = { hibari: ['heart', 'sarah'], flite: ['rms', 'slt'] } as const;

/** Says callers' lines with the embedded voice, each once: what was said before is kept. */
export class CallerVoices {
  readonly #tts: TextToSpeech;
  readonly #vendor: 'hibari' | 'flite';
  readonly #said = new Map<string, Promise<Int16Array>>();

  /** @param models the folder in which the neural voice is looked for */
  constructor(models: string) {
    const isHere = hibari.makes.speech?.missing?.({}, {}, models) === undefined;
    this.#vendor = isHere ? 'hibari' : 'flite';
    this.#tts = isHere ? new Hibari(path.join(models, 'hibari')) : new Flite();
  }

  /**
   * A voice for a caller.
   * @param wanted throws an {@link OperatorError} where there is none of this name
   * @param avatar whom they call
   */
  voiceFor(wanted: string | undefined, avatar: VoiceChoice): string {
    const { known } = this.#tts.capabilities.voices;
    if (wanted === undefined) {
      const theirs = typeof avatar === 'string' ? avatar : avatar[this.#vendor];
      return USUAL[this.#vendor].find(voice => voice !== theirs)!;
    }
    // The neural voices are not there where only the other vendor is.
    if (this.#vendor === 'flite' && !known.includes(wanted)) return this.voiceFor(undefined, avatar);
    if (!known.includes(wanted))
      throw new OperatorError(`sound.voice: there is no voice ${wanted}; there are ${known.join(', ')}`);
    return wanted;
  }

  /** A line, 16 kHz; `|900|` is a pause in it. */
  say(voice: string, line: string, signal: AbortSignal): Promise<Int16Array> {
    const key = `${voice} ${line}`;
    const before = this.#said.get(key);
    if (before !== undefined) return before;
    const said = sayLine(this.#tts, voice, line, signal);
    this.#said.set(key, said);
    said.catch(() => this.#said.delete(key));
    return said;
  }

  close(): Promise<void> {
    return this.#tts.close();
  }
}
