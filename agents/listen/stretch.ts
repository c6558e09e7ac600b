import type { LeftOver } from './left-over.ts';

/** One stretch of speech, from its start to its endpoint. */
export interface Stretch {
  id: string;
  /** Where its sound begins: before `startSample`, where it goes on with something. */
  fromSample: number;
  startSample: number;
  /** The utterance that it goes on with, if it brings words of its own. */
  continues?: LeftOver | undefined;
  /** Ends with each pause that turns out not to be the end. */
  abort: AbortController;
  /** Where the present pause began. */
  silentFrom?: number | undefined;
  /** The reading of the present pause, so that an earlier one's answer is not taken for it. */
  reading?: symbol | undefined;
  /** How often the present pause was read. */
  readings: number;
  /** What the end-of-turn model said of the present pause. */
  sound?: number | undefined;
  /** What a recognizer that hears ends says of it. */
  told?: number | undefined;
  /** Something is known of the present pause that was not when it was judged. */
  rejudge?: (() => void) | undefined;
  /** Nothing more will come. */
  finishing?: boolean;
  cancelEndpoint?: (() => void) | undefined;
}
