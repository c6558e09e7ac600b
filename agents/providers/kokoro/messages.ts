/** What the process is asked: words, in a voice, at a speed. */
export interface KokoroRequest {
  words: readonly string[];
  voice: string;
  rate: number;
}
/** 24 kHz. */
export interface KokoroAnswer {
  pcm: Int16Array;
}
