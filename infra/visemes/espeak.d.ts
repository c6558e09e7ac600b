/** The part of espeak-ng's Emscripten module that is used here; the package has no types. */
declare module '@echogarden/espeak-ng-emscripten' {
  interface Worker {
    /** 0 when there is such a voice. */
    set_voice(name: string): number;
    set_rate(wordsPerMinute: number): void;
    set_pitch(percent: number): void;
    get_samplerate(): number;
    /** Synchronous; the callback gets 16-bit mono, and events whose positions are in ms. True ends it. */
    synthesize(
      text: string,
      onAudio: (
        pcm: Int16Array | null,
        events: { type: string; audio_position: number; id?: string | number }[],
      ) => boolean,
    ): void;
  }
  export default function createModule(): Promise<{ eSpeakNGWorker: new () => Worker }>;
}
