import type { SpeakOptions, Speech, SpeechCapabilities, TextToSpeech, VoiceChoice } from './ports.ts';

/** One voice among those that may speak. */
export interface Voiced {
  /** Its names in a persona's list of voices: its own in the settings, its vendor's. */
  names: readonly string[];
  capabilities: SpeechCapabilities;
}

/**
 * Which of a vendor's voices is meant. A single name may be any vendor's: one that another knows is not tried here.
 * What nobody knows is this vendor's own where its list is open, else its usual one.
 */
export function voiceOf(choice: VoiceChoice, mine: Voiced, all: readonly Voiced[]): string {
  const { known, closed } = mine.capabilities.voices;
  const usual = known[0] ?? '';
  if (typeof choice !== 'string') {
    const name = mine.names.find(each => Object.hasOwn(choice, each));
    return name === undefined ? usual : choice[name]!;
  }
  if (known.includes(choice)) return choice;
  const others = all.some(each => each !== mine && each.capabilities.voices.known.includes(choice));
  return closed || others ? usual : choice;
}

/** What is wrong with a persona's choice, and under which of its names; undefined: nothing. */
export function voiceProblem(
  choice: VoiceChoice,
  all: readonly Voiced[],
): { name?: string; message: string } | undefined {
  if (typeof choice === 'string') {
    const open = all.some(({ capabilities: { voices } }) => !voices.closed || voices.known.includes(choice));
    const known = all.flatMap(({ capabilities }) => capabilities.voices.known);
    return open ? undefined : { message: `there is no ${choice}; there are ${known.join(', ')}` };
  }
  for (const [name, voice] of Object.entries(choice)) {
    const { voices } = all.find(({ names }) => names.includes(name))?.capabilities ?? {};
    // A vendor that is not set up here may be elsewhere: one folder of personas serves several servers.
    if (voices?.closed && !voices.known.includes(voice))
      return { name, message: `${name} has no ${voice}; it has ${voices.known.join(', ')}` };
  }
  return undefined;
}

/** A voice that is asked for one of its own, whatever the persona names. Owns it not. */
export class VoicedSpeech implements TextToSpeech {
  readonly capabilities: SpeechCapabilities;
  readonly #inner: TextToSpeech;
  readonly #mine: Voiced;
  readonly #all: readonly Voiced[];

  constructor(inner: TextToSpeech, mine: Voiced, all: readonly Voiced[]) {
    this.capabilities = inner.capabilities;
    this.#inner = inner;
    this.#mine = mine;
    this.#all = all;
  }

  speak(sentence: string, options: SpeakOptions): AsyncIterable<Speech> {
    return this.#inner.speak(sentence, { ...options, voice: voiceOf(options.voice, this.#mine, this.#all) });
  }

  async close(): Promise<void> {}
}
