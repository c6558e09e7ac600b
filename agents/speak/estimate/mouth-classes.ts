import type { Viseme } from '../../../protocol/timeline.ts';

/**
 * What a viewer tells apart at a glance, and what the estimator decides first:
 * - `rest`: silence, the mouth at rest;
 * - `closed`: the lips touch (p b m);
 * - `lip`: the teeth touch the lip (f v);
 * - `narrow`: the tongue works behind a narrow mouth (t d n l s z th ch sh k g);
 * - `open`: spread and open vowels;
 * - `round`: rounded lips (o u w) and r.
 */
export const MOUTH_CLASSES = ['rest', 'closed', 'lip', 'narrow', 'open', 'round'] as const;
export type MouthClass = (typeof MOUTH_CLASSES)[number];

export const CLASS_OF: Record<Viseme, MouthClass> = {
  sil: 'rest',
  PP: 'closed',
  FF: 'lip',
  TH: 'narrow',
  DD: 'narrow',
  kk: 'narrow',
  CH: 'narrow',
  SS: 'narrow',
  nn: 'narrow',
  RR: 'round',
  aa: 'open',
  E: 'open',
  I: 'open',
  O: 'round',
  U: 'round',
};
