/** The voices that people make for avatars of their own. */
import type { PortraitVoice } from '../protocol/portraits.ts';
import { NEUTRAL_PROSODY, type TextToSpeech, type VoiceChoice } from './speak/ports.ts';
import type { Voiced } from './speak/voiced.ts';
import { wavOf } from './speak/wav.ts';
import type { Persona } from './think/ports.ts';

const HELLO = 'Hello! This is how I sound when I talk to you.';
/** Calls use the same voice: no more than this are said at once [C2]. */
const AT_ONCE = 2;

export class OwnVoices {
  readonly #tts: TextToSpeech;
  /** What is designed; absent: nothing can be. */
  readonly #voice: VoiceChoice | undefined;
  #saying = 0;

  /** @param voiced those that speak, the first first: where that cannot be designed, no voice is made */
  constructor(tts: TextToSpeech, voiced: readonly Voiced[]) {
    this.#tts = tts;
    const [first] = voiced;
    const usual = first?.capabilities.voices.known[0];
    if (first?.capabilities.design === true && usual !== undefined)
      this.#voice = Object.fromEntries(first.names.map(name => [name, usual]));
  }

  /** Voices can be made here. */
  get possible(): boolean {
    return this.#voice !== undefined;
  }

  /** The persona with the voice of the avatar that it is seen as. */
  as(persona: Persona, own: PortraitVoice | undefined): Persona {
    if (own === undefined || this.#voice === undefined) return persona;
    return { ...persona, voice: this.#voice, design: own, speed: 1, pitch: 1 };
  }

  /** A greeting in that voice as a WAV file; undefined where too many are being said. Rejects with a ProviderError. */
  async hello(design: PortraitVoice, signal: AbortSignal): Promise<Buffer | undefined> {
    if (this.#voice === undefined || this.#saying >= AT_ONCE) return undefined;
    this.#saying += 1;
    try {
      const pieces: Int16Array[] = [];
      let rate = 0;
      const options = { voice: this.#voice, prosody: NEUTRAL_PROSODY, design, signal };
      for await (const { pcm, sampleRate } of this.#tts.speak(HELLO, options)) {
        pieces.push(pcm);
        rate = sampleRate;
      }
      return wavOf(Int16Array.from(pieces.flatMap(pcm => [...pcm])), rate);
    } finally {
      this.#saying -= 1;
    }
  }
}
