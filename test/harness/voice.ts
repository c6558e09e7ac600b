import { Flite } from '../../agents/providers/flite/flite.ts';

/** Speaks sentences for tests with another voice than the avatar's: 16 kHz PCM. */
export class TestVoice {
  readonly #flite = new Flite();

  async say(text: string, voice = 'rms'): Promise<Int16Array> {
    for await (const speech of this.#flite.speak(text, {
      voice,
      prosody: { rate: 1, pitch: 1, range: 1 },
      signal: new AbortController().signal,
    })) {
      if (speech.sampleRate !== 16_000) throw new Error('expected a 16 kHz voice');
      // Without the synthesizer's own trailing silence: the last sample is speech.
      const last = speech.phones?.findLast(({ phone }) => phone !== 'pau')?.endSample ?? speech.pcm.length;
      return speech.pcm.slice(0, last);
    }
    throw new Error('the voice said nothing');
  }

  close(): Promise<void> {
    return this.#flite.close();
  }
}
