/** The voices that people make for avatars of their own. */
import type { OwnVoice } from '../protocol/own-voice.ts';
import type { PortraitVoice } from '../protocol/portraits.ts';
import { NEUTRAL_PROSODY, type TextToSpeech, type VoiceChoice } from './speak/ports.ts';
import { type Voiced, voiceOf } from './speak/voiced.ts';
import { wavOf } from './speak/wav.ts';
import type { Persona } from './think/ports.ts';

const HELLO = 'Hello! This is how I sound when I talk to you.';
/** Calls use the same voice: no more than this are said at once [C2]. */
const AT_ONCE = 2;

/** How an avatar of somebody's own sounds: designed, or with their own voice. */
export interface Wished {
  voice?: PortraitVoice | undefined;
  own?: OwnVoice | undefined;
}

export class OwnVoices {
  readonly #first: TextToSpeech;
  readonly #voiced: readonly Voiced[];
  /** What is designed; absent: nothing can be. */
  readonly #designed: VoiceChoice | undefined;
  #saying = 0;

  /**
   * @param first who speaks first: where that one cannot be designed, no voice is made
   * @param voiced all that speak, the first first
   */
  constructor(first: TextToSpeech, voiced: readonly Voiced[]) {
    this.#first = first;
    this.#voiced = voiced;
    const [mine] = voiced;
    const usual = mine?.capabilities.voices.known[0];
    if (mine?.capabilities.design === true && usual !== undefined)
      this.#designed = Object.fromEntries(mine.names.map(name => [name, usual]));
  }

  /** Voices can be designed here. */
  get possible(): boolean {
    return this.#designed !== undefined;
  }

  /** The persona with the voice of the avatar that it is seen as. */
  as(persona: Persona, { voice: design, own }: Wished): Persona {
    const theirs = this.#named(own);
    // Whoever speaks where that vendor fails, speaks as the persona does.
    if (theirs !== undefined) return { ...persona, voice: { ...this.#all(persona.voice), ...theirs }, ownVoice: true };
    if (design === undefined || this.#designed === undefined) return persona;
    return { ...persona, voice: this.#designed, design, speed: 1, pitch: 1 };
  }

  /** A greeting in that voice as a WAV file; undefined where too many are being said, or it cannot be. Rejects with a ProviderError. */
  async hello({ voice: design, own }: Wished, signal: AbortSignal): Promise<Buffer | undefined> {
    const voice = own === undefined ? this.#designed : this.#named(own);
    if (voice === undefined || this.#saying >= AT_ONCE) return undefined;
    this.#saying += 1;
    try {
      const pieces: Int16Array[] = [];
      let rate = 0;
      const options = { voice, prosody: NEUTRAL_PROSODY, ...(design && { design }), signal };
      for await (const { pcm, sampleRate } of this.#first.speak(HELLO, options)) {
        pieces.push(pcm);
        rate = sampleRate;
      }
      return wavOf(Int16Array.from(pieces.flatMap(pcm => [...pcm])), rate);
    } finally {
      this.#saying -= 1;
    }
  }

  /** Undefined where its vendor is not the one that speaks first. */
  #named(own: OwnVoice | undefined): Record<string, string> | undefined {
    const names = this.#voiced[0]?.names ?? [];
    if (own === undefined || !names.includes(own.vendor)) return undefined;
    return Object.fromEntries(names.map(name => [name, own.voice]));
  }

  /** A choice by everybody's names. */
  #all(choice: VoiceChoice): Record<string, string> {
    const named = (each: Voiced) => each.names.map(name => [name, voiceOf(choice, each, this.#voiced)]);
    return Object.fromEntries(this.#voiced.flatMap(named));
  }
}
