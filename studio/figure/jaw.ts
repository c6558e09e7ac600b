import type { Viseme } from '../../protocol/timeline.ts';

/**
 * How far the jaw is open in each viseme of a timeline, 0..1: in its widest sound (speak/visemes.ts). What a shape
 * does beyond a jaw this far open is done by the lips.
 */
export const JAW: Record<Viseme, number> = {
  sil: 0,
  PP: 0,
  FF: 0.08,
  TH: 0.2,
  DD: 0.2,
  kk: 0.3,
  CH: 0.2,
  SS: 0.12,
  nn: 0.25,
  RR: 0.3,
  aa: 0.95,
  E: 0.55,
  I: 0.35,
  O: 0.6,
  U: 0.35,
};
