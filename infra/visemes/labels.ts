import type { Label } from '../../agents/speak/estimate/labels.ts';

/** Speech at 16 kHz with its labels, one per 10 ms. */
export interface Labelled {
  voice: string;
  pcm: Int16Array;
  labels: Label[];
}
